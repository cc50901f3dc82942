"""Shifts: opened with a float, closed with a count; cash moved in and out; the day closed; null receipts.

A receipt of type `receipt.opening` or `receipt.closing` marks each shift in the series of numbers, so that what lies
between two of them can be shown to be complete.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pos_client.features.shift.ports import (
    ChainRules,
    Ledger,
    Outbox,
    ShiftView,
    TerminalDay,
)
from pos_client.features.shift.state import CountRow, CountState, ShiftState, TenderTotal
from pos_client.ports import OpenShift, Place, Recording, Sale, Texts
from shared.errors import DomainError
from shared.money import currency, parse_amount
from shared.quantity import read_typed
from shared.receipt import Receipt
from shared.tender import denominations

# A drawer holds some thousand coins at most: more is a slip of the finger.
MOST_PIECES = 100_000
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
        rules: ChainRules,
    ) -> None:
        self._sale = sale
        self._ledger = ledger
        self._outbox = outbox
        self._recording = recording
        self._place = place
        self._texts = texts
        self._view = view
        self._rules = rules
        self._hand_ins = 0
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
            "receipt.opening",
            ("shift.opened", facts),
            note=self._texts.text("shift.float_note", amount=self._money(amount)),
        )
        return self._show(self._ledger.shift(), self.last_receipt)

    def on_close(self, counted: str, *, unsent_ok: bool = False) -> ShiftState:
        """End the shift with what was counted.

        `DomainError('shift_unsent')` while the centre lacks events, unless `unsent_ok`: a decision that becomes an
        event of its own.
        """
        self._recording.require_operator()
        return self._close(self._not_negative(counted), {}, unsent_ok=unsent_ok)

    def count(self, counts: Mapping[int, int | None]) -> CountState:
        """The drawer as far as it is counted: pieces by value in minor units. Says nothing about what it should hold.

        `DomainError('count_wrong')` for a number of pieces that cannot be.
        """
        code = self._place.currency
        rows = []
        for piece in denominations(code):
            number = counts.get(piece.value)
            if piece.rare and number is None:
                continue
            if number is not None and not 0 <= number <= MOST_PIECES:
                name = self._texts.coin(piece.value, code)
                raise DomainError("count_wrong", {"piece": name, "most": MOST_PIECES})
            amount = self._texts.amount(piece.value * number, code) if number is not None else ""
            text = self._texts.coin(piece.value, code)
            rows.append(CountRow(piece.value, text, piece.note, number, amount))
        counted = sum(row.count is not None for row in rows)
        notes, coins = (
            sum(row.value * (row.count or 0) for row in rows if row.note is note)
            for note in (True, False)
        )
        return CountState(
            rows=tuple(rows),
            notes_total=self._texts.money(notes, code),
            coins_total=self._texts.money(coins, code),
            total=self._texts.money(notes + coins, code),
            counted=counted,
            of=len(rows),
            complete=bool(rows) and counted == len(rows),
        )

    def on_close_counted(
        self, counts: Mapping[int, int | None], reason: str = "", *, unsent_ok: bool = False
    ) -> ShiftState:
        """End the shift with a count by denomination.

        `DomainError('count_incomplete')` while a row is missing; `('shift_difference')` for a difference beyond the
        chain's limit without a reason. How often a count was handed in goes on record with it: after the first time
        it is no longer blind.
        """
        self._recording.require_operator()
        state = self.count(counts)
        if not state.complete:
            raise DomainError("count_incomplete", {"count": state.of - state.counted})
        shift = self._require_shift()
        self._refuse_open_receipt()
        total = sum(row.value * (row.count or 0) for row in state.rows)
        self._hand_ins += 1
        difference = total - shift.cash
        limit = self._rules.difference_limit()
        if abs(difference) > limit and not reason.strip():
            code = self._place.currency
            params = {
                "difference": self._texts.money(difference, code),
                "limit": self._texts.money(limit, code),
            }
            raise DomainError("shift_difference", params)
        facts: dict[str, object] = {
            "counts": [{"value": row.value, "count": row.count} for row in state.rows],
            "hand_ins": self._hand_ins,
        }
        if reason.strip():
            facts["reason"] = reason.strip()[:200]
        return self._close(total, facts, unsent_ok=unsent_ok, over_limit=abs(difference) > limit)

    def expected(self) -> str:
        """What the drawer should hold, for scripts; never on the screen of somebody who has yet to count."""
        shift = self._ledger.shift()
        return "" if shift is None else self._texts.money(shift.cash, self._place.currency)

    def _close(
        self,
        amount: int,
        facts: Mapping[str, object],
        *,
        unsent_ok: bool,
        over_limit: bool = False,
    ) -> ShiftState:
        operator = self._recording.require_operator()
        shift = self._require_shift()
        self._refuse_open_receipt()
        before = []
        unsent = self._outbox.unsent()
        if unsent and not unsent_ok:
            raise DomainError("shift_unsent", {"count": unsent})
        if unsent:
            approval = {"what": "shift_unsent", "events": unsent, "approved_by": operator.staff_id}
            before.append(("approval.given", approval))
        closed = {
            "shift_id": shift.shift_id,
            "currency": self._place.currency,
            "float": shift.opening_float,
            "expected": shift.cash,
            "counted": amount,
            "difference": amount - shift.cash,
            "receipts": shift.receipts,
            **facts,
        }
        self.last_receipt = self._recording.record_control(
            "receipt.closing",
            *before,
            ("shift.closed", closed),
            note=self._texts.text("shift.counted_note", amount=self._money(amount)),
        )
        self._hand_ins = 0
        code = self._place.currency
        state = ShiftState(
            expected=self._texts.money(shift.cash, code),
            counted=self._texts.money(amount, code),
            difference=self._texts.money(amount - shift.cash, code),
            receipt_number=self.last_receipt.receipt_id.printed_number,
            notice=self._texts.text("shift.closed"),
            over_limit=over_limit,
            receipts=str(shift.receipts),
            cash_sales=self._texts.money(shift.cash_sales, code),
            by_tender=self._by_tender(shift),
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

    def on_terminal_day(self, day: TerminalDay) -> ShiftState:
        """The card terminal closed its day: journalled with what the journal has on cards, and said if they differ."""
        self._recording.require_operator()
        ours = self._ledger.card_sums()
        facts: dict[str, object] = {
            "amount": day.amount,
            "currency": day.currency,
            "journal_amount": ours.amount,
            "journal_count": ours.count,
            "from_seq": ours.from_seq,
            "by_card": [
                {"card": name[:40], "count": count, "amount": amount}
                for name, count, amount in day.by_card
            ],
        }
        if day.receipt:
            facts["rows"] = list(day.receipt)
            self._recording.record_printed("terminal.day_closed", facts, "slip")
        else:
            self._recording.record(("terminal.day_closed", facts))
        key = "shift.terminal_agrees" if day.amount == ours.amount else "shift.terminal_differs"
        notice = self._texts.text(
            key,
            terminal=self._texts.money(day.amount, day.currency),
            journal=self._money(ours.amount),
        )
        return replace(self._show(self._ledger.shift()), notice=notice)

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

    def _money(self, minor: int) -> str:
        return self._texts.money(minor, self._place.currency)

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
                receipt_number=number,
                receipts=str(shift.receipts),
                cash_sales=self._texts.money(shift.cash_sales, code),
                by_tender=self._by_tender(shift),
            )
        self._view.render(state)
        return state

    def _by_tender(self, shift: OpenShift) -> tuple[TenderTotal, ...]:
        return tuple(
            TenderTotal(
                kind=kind,
                text=self._texts.text(f"tender.{kind}"),
                count=str(count),
                amount=self._texts.amount(amount, self._place.currency),
            )
            for kind, count, amount in shift.tenders
        )
