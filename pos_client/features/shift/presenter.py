"""Shifts: opened with a float, closed with a count; cash moved in and out; the day closed; null receipts.

A receipt of type `receipt.opening` or `receipt.closing` marks each shift in the series of numbers, so that what lies
between two of them can be shown to be complete.
"""

from __future__ import annotations

from pos_client.features.shift.ports import Ledger, Outbox, ShiftView
from pos_client.features.shift.state import ShiftState
from pos_client.ports import OpenShift, Place, Recording, Sale, Texts
from shared.errors import DomainError
from shared.money import currency, parse_amount
from shared.quantity import read_typed
from shared.receipt import Receipt

MOVES = {"deposit": 1, "withdrawal": -1, "bank": -1, "expense": -1}


class ShiftPresenter:
    """Amounts come in as typed, in the form of the language at the till and the store's currency."""

    def __init__(
        self,
        sale: Sale,
        ledger: Ledger,
        outbox: Outbox,
        recording: Recording,
        place: Place,
        texts: Texts,
        view: ShiftView,
    ) -> None:
        self._sale = sale
        self._ledger = ledger
        self._outbox = outbox
        self._recording = recording
        self._place = place
        self._texts = texts
        self._view = view
        self.last_receipt: Receipt | None = None

    def on_open(self, opening_float: str = "0") -> ShiftState:
        """Begin a shift with this much cash in the drawer; the second copy is looked for again."""
        operator = self._recording.require_operator()
        amount = self._not_negative(opening_float)
        if self._ledger.shift() is not None:
            raise DomainError("shift_already_open")
        self._outbox.attach_second_copy()
        facts = {"float": amount, "currency": self._place.currency, "opened_by": operator.staff_id}
        self.last_receipt = self._recording.record_control(
            "receipt.opening", ("shift.opened", facts), note=f"float {amount}"
        )
        return self._show(self._ledger.shift(), self.last_receipt)

    def on_close(self, counted: str, *, unsent_ok: bool = False) -> ShiftState:
        """End the shift with what was counted.

        `DomainError('shift_unsent')` while the centre lacks events, unless `unsent_ok`: a decision that becomes an
        event of its own.
        """
        operator = self._recording.require_operator()
        amount = self._not_negative(counted)
        shift = self._require_shift()
        self._refuse_open_receipt()
        before = []
        unsent = self._outbox.unsent()
        if unsent and not unsent_ok:
            raise DomainError("shift_unsent", {"count": unsent})
        if unsent:
            facts = {"what": "shift_unsent", "events": unsent, "approved_by": operator.staff_id}
            before.append(("approval.given", facts))
        closed = {
            "shift_id": shift.shift_id,
            "currency": self._place.currency,
            "float": shift.opening_float,
            "expected": shift.cash,
            "counted": amount,
            "difference": amount - shift.cash,
            "receipts": shift.receipts,
        }
        self.last_receipt = self._recording.record_control(
            "receipt.closing", *before, ("shift.closed", closed), note=f"counted {amount}"
        )
        code = self._place.currency
        state = ShiftState(
            expected=self._texts.money(shift.cash, code),
            counted=self._texts.money(amount, code),
            difference=self._texts.money(amount - shift.cash, code),
            receipt_number=self.last_receipt.receipt_id.printed_number,
            notice=self._texts.text("shift.closed"),
        )
        self._view.render(state)
        return state

    def on_cash_move(self, kind: str, amount: str, reason: str) -> ShiftState:
        """Put cash into the drawer (`deposit`) or take some out (`withdrawal`, `bank`, `expense`)."""
        self._recording.require_operator()
        shift = self._require_shift()
        if kind not in MOVES:
            raise DomainError("cash_move_unknown", {"kind": kind[:40]})
        if not reason.strip():
            raise DomainError("reason_missing")
        minor = self._not_negative(amount)
        if minor == 0:
            raise DomainError("tender_zero")
        facts = {
            "shift_id": shift.shift_id,
            "kind": kind,
            "amount": MOVES[kind] * minor,
            "currency": self._place.currency,
            "reason": reason.strip()[:200],
        }
        self._recording.record_printed("cash.moved", facts, "slip")
        return self._show(self._ledger.shift())

    def on_close_day(self) -> ShiftState:
        """End the day: counts, sums and the head of the chain become an event."""
        self._recording.require_operator()
        if self._ledger.shift() is not None:
            raise DomainError("shift_still_open")
        self._refuse_open_receipt()
        self._recording.record(("day.closed", self._ledger.day_facts()))
        state = ShiftState(notice=self._texts.text("shift.day_closed"))
        self._view.render(state)
        return state

    def on_null_receipt(self) -> ShiftState:
        """A receipt about nothing: shows an inspector that the till records."""
        self._recording.require_operator()
        self.last_receipt = self._recording.record_control("receipt.null")
        return self._show(self._ledger.shift(), self.last_receipt)

    def refresh(self) -> ShiftState:
        """Show the shift as it stands."""
        return self._show(self._ledger.shift())

    def _require_shift(self) -> OpenShift:
        shift = self._ledger.shift()
        if shift is None:
            raise DomainError("shift_not_open")
        return shift

    def _refuse_open_receipt(self) -> None:
        if self._sale.basket is not None:
            raise DomainError("basket_open")

    def _not_negative(self, text: str) -> int:
        places = currency(self._place.currency).exponent
        amount = parse_amount(read_typed(text, self._texts.language, places), places)
        if amount < 0:
            raise DomainError("amount_negative")
        return amount

    def _show(self, shift: OpenShift | None, receipt: Receipt | None = None) -> ShiftState:
        number = receipt.receipt_id.printed_number if receipt else ""
        if shift is None:
            state = ShiftState(receipt_number=number)
        else:
            code = self._place.currency
            state = ShiftState(
                open=True,
                opened_at=self._texts.moment(shift.opened_at),
                opening_float=self._texts.money(shift.opening_float, code),
                expected=self._texts.money(shift.cash, code),
                receipt_number=number,
            )
        self._view.render(state)
        return state
