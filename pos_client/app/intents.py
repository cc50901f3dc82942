"""Recorded intents against a running till: what a cashier does, as data, and what came of it, as data.

Each intent gives one outcome with amounts in minor units and texts as shown. docs/headless.md lists them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import Any

from pos_client.app.arguments import Arguments
from pos_client.app.code_line import CodeLine
from pos_client.app.composition import Till
from pos_client.app.gift_cards import known_value, open_gift_cards
from pos_client.app.newcomers import NewcomerFacts
from pos_client.features.basket.state import BasketState
from pos_client.features.payment.state import PaymentState
from pos_client.features.shift.state import ShiftState
from shared.customers import read_purpose
from shared.errors import DomainError, EnvironmentProblem
from shared.journal.receipt_body import line_to_body, receipt_to_body
from shared.money import Money, currency, parse_amount
from shared.quantity import decimal_sign, format_quantity, parse_quantity
from shared.receipt import Receipt

Outcome = dict[str, Any]
_POLL_SECONDS = 0.05
_NUDGE_EVERY = 10
_LONGEST_WAIT = 3_600


class Intents:
    """The table of intents for one till. `pause(seconds)` waits."""

    def __init__(self, till: Till, pause: Callable[[float], object]) -> None:
        self._till = till
        self._pause = pause
        self._codes = CodeLine(till, None)
        self._table: dict[str, Callable[[Arguments], Outcome]] = {
            name.removeprefix("do_"): getattr(self, name)
            for name in dir(self)
            if name.startswith("do_")
        }

    def perform(self, arguments: Arguments) -> Outcome:
        """Do what the intent says. `DomainError('intent_unknown')` if there is none of that name, and everything the
        presenters raise; then nothing has changed.
        """
        name = arguments.text("do")
        intent = self._table.get(name)
        if intent is None:
            raise DomainError("intent_unknown", {"do": name[:40]})
        self._till.follow_business_clock()
        return intent(arguments)

    # --- log-in -------------------------------------------------------------------------------

    def do_login(self, given: Arguments) -> Outcome:
        """Log somebody in."""
        state = self._till.login.on_login(given.text("staff"), given.text("pin"))
        return {"event": "logged_in", "staff": state.staff_id, "text": state.greeting}

    def do_logout(self, _given: Arguments) -> Outcome:
        """Log out."""
        self._till.login.on_logout()
        return {"event": "logged_out"}

    # --- the basket ---------------------------------------------------------------------------

    def do_scan(self, given: Arguments) -> Outcome:
        """Scan a code."""
        return self._line("line_added", self._till.basket.on_scan(given.text("code")))

    def do_add(self, given: Arguments) -> Outcome:
        """Add by number, with quantity and perhaps a price by hand."""
        state = self._till.basket.on_add(
            given.text("code"),
            self._quantity(given.text("quantity", "1")),
            self._optional_amount(given.optional("price")),
            given.text("reason", ""),
            confirmed=True,
        )
        return self._line("line_added", state)

    def do_return(self, given: Arguments) -> Outcome:
        """Take goods back; with `receipt` and `from_line` those of an earlier receipt."""
        if receipt := given.text("receipt", ""):
            state = self._till.basket.on_return_of(
                receipt,
                given.integer("from_line"),
                self._quantity(given.text("quantity", "1")),
                given.text("reason", ""),
                given.text("area", ""),
            )
            return self._line("line_added", state)
        state = self._till.basket.on_return(
            given.text("code"),
            self._quantity(given.text("quantity", "1")),
            self._optional_amount(given.optional("price")),
            given.text("reason", ""),
            confirmed=True,
            area=given.text("area", ""),
        )
        return self._line("line_added", state)

    def do_sell_voucher(self, given: Arguments) -> Outcome:
        """Sell a voucher of one of the chain's types."""
        amount = self._amount(given.text("amount"))
        return self._line("line_added", self._till.basket.on_voucher(given.text("type"), amount))

    def do_sell_card(self, given: Arguments) -> Outcome:
        """Sell a gift card or top it up; the centre is asked first, and waited for."""
        found = open_gift_cards(self._till).balance(given.text("number"))
        amount = self._amount(given.text("amount"))
        state = self._till.basket.on_gift_card(known_value(found), amount)
        return self._line("line_added", state)

    def do_quantity(self, given: Arguments) -> Outcome:
        """Change a quantity."""
        state = self._till.basket.on_quantity(
            given.integer("line"), self._quantity(given.text("quantity")), confirmed=True
        )
        return self._line("line_changed", state)

    def do_price(self, given: Arguments) -> Outcome:
        """Set a price by hand."""
        state = self._till.basket.on_price(
            given.integer("line"), self._amount(given.text("price")), given.text("reason", "")
        )
        return self._line("line_changed", state)

    def do_note(self, given: Arguments) -> Outcome:
        """Note something on a line, or on the receipt."""
        state = self._till.basket.on_note(given.integer("line", 0), given.text("text"))
        return self._line("line_changed" if state.last else "receipt_noted", state)

    def do_void(self, given: Arguments) -> Outcome:
        """Take a line off."""
        number = given.integer("line")
        state = self._till.basket.on_void(number)
        return {**self._line("line_voided", state), "line": {"number": number}}

    def do_undo(self, _given: Arguments) -> Outcome:
        """Put the last voided line back."""
        return self._line("line_restored", self._till.basket.on_undo())

    def do_customer(self, given: Arguments) -> Outcome:
        """For whom the receipt counts; with a name and no number a new customer, without both nobody."""
        number, name = given.text("number", ""), given.text("name", "")
        if name and not number:
            phone, email, card = (given.text(field, "") for field in ("phone", "email", "card"))
            number = self._till.customers.take_down(NewcomerFacts(name, phone, email, card))
        basket = self._till.basket
        return self._line(
            "customer_set", basket.on_customer(number) if number else basket.on_no_customer()
        )

    def do_customer_said(self, given: Arguments) -> Outcome:
        """What a customer says: a `note`, another value of a `field`, a `consent` given or with `off` taken back."""
        number, customers = given.text("number"), self._till.customers
        if note := given.text("note", ""):
            customers.note(number, note)
        elif field := given.text("field", ""):
            customers.change(number, field, given.text("value"))
        else:
            purpose = read_purpose(given.text("consent"))
            customers.consent(number, purpose, given=not given.flag("off"))
        return {"event": "customer_said", "customer": number}

    def do_code(self, given: Arguments) -> Outcome:
        """A promotion code for the receipt; with `off` it is taken back."""
        code, basket = given.text("code"), self._till.basket
        state = basket.on_no_code(code) if given.flag("off") else basket.on_code(code)
        return self._line("code_set", state)

    def do_reference(self, given: Arguments) -> Outcome:
        """Another system's number for this receipt."""
        ref = given.text("ref")
        self._till.basket.on_reference(ref)
        return {"event": "reference_set", "ref": ref}

    def do_training(self, given: Arguments) -> Outcome:
        """Practise, or not."""
        on = given.flag("on", default=True)
        self._till.basket.on_training(on)
        return {"event": "training", "on": on}

    def do_park(self, given: Arguments) -> Outcome:
        """Lay the receipt aside."""
        basket = self._till.sale.basket
        self._till.basket.on_park(given.text("label", ""))
        return {"event": "parked", "basket": str(basket.basket_id) if basket else ""}

    def do_parked(self, _given: Arguments) -> Outcome:
        """List what is laid aside."""
        rows = [dataclasses.asdict(row) for row in self._till.basket.on_parked()]
        return {"event": "parked_list", "baskets": rows}

    def do_recall(self, given: Arguments) -> Outcome:
        """Take a parked receipt up again."""
        return self._line("recalled", self._till.basket.on_recall(given.text("basket", "")))

    def do_cancel(self, given: Arguments) -> Outcome:
        """Give the receipt up."""
        basket = self._till.sale.basket
        self._till.basket.on_cancel(given.text("reason", ""))
        return {"event": "cancelled", "basket": str(basket.basket_id) if basket else ""}

    # --- paying -------------------------------------------------------------------------------

    def do_tender(self, given: Arguments) -> Outcome:
        """Cash, or another means; without an amount exactly what is due."""
        kind = given.text("kind", "cash")
        amount = self._optional_amount(given.optional("amount"))
        return self._paid("tendered", self._till.payment.on_tender(kind, amount))

    def do_means(self, given: Arguments) -> Outcome:
        """The rest is to be paid by this means; without a kind it is open how."""
        kind = given.text("kind", "")
        if kind:
            return self._paid("means_chosen", self._till.payment.on_means(kind))
        self._till.payment.on_leave()
        return self._paid("means_chosen", self._till.payment.refresh())

    def do_take_back(self, given: Arguments) -> Outcome:
        """Forget what was given, or one tender of it."""
        place, payment = given.integer("place", -1), self._till.payment
        state = payment.on_take_back() if place < 0 else payment.on_take_back_one(place)
        return self._paid("tenders_taken_back", state)

    def do_finish(self, _given: Arguments) -> Outcome:
        """Complete the receipt."""
        state = self._till.payment.on_finish()
        receipt = self._till.payment.last_receipt
        outcome: Outcome = {"event": "finished", "change_text": state.change}
        if receipt is not None:
            outcome["receipt"] = _receipt(receipt)
            outcome["change"] = -sum(t.amount for t in receipt.tenders if t.kind == "change")
        return outcome

    # --- shift --------------------------------------------------------------------------------

    def do_open_shift(self, given: Arguments) -> Outcome:
        """Open a shift."""
        return self._shift(
            "shift_opened", self._till.shift.on_open(self._amount(given.text("float", "0")))
        )

    def do_close_shift(self, given: Arguments) -> Outcome:
        """Close the shift with a count."""
        state = self._till.shift.on_close(
            self._amount(given.text("counted")), unsent_ok=given.flag("unsent_ok")
        )
        return self._shift("shift_closed", state)

    def do_cash_move(self, given: Arguments) -> Outcome:
        """Cash into or out of the drawer."""
        state = self._till.shift.on_cash_move(
            given.text("kind"), self._amount(given.text("amount")), given.text("reason", "")
        )
        return self._shift("cash_moved", state)

    def do_close_day(self, _given: Arguments) -> Outcome:
        """Close the day."""
        return self._shift("day_closed", self._till.shift.on_close_day())

    def do_null_receipt(self, _given: Arguments) -> Outcome:
        """A receipt about nothing."""
        return self._shift("null_receipt", self._till.shift.on_null_receipt())

    # --- looking ------------------------------------------------------------------------------

    def do_receipt(self, given: Arguments) -> Outcome:
        """Show a receipt as text; the last one without a number."""
        state = self._till.receipts.on_find(self._number(given))
        return {"event": "receipt", "number": state.number, "text": state.text}

    def do_receipts(self, given: Arguments) -> Outcome:
        """List the last receipts."""
        rows = self._till.receipts.on_recent(given.integer("limit", 20)).rows
        return {"event": "receipts", "receipts": [dataclasses.asdict(row) for row in rows]}

    def do_reprint(self, given: Arguments) -> Outcome:
        """Print a receipt again."""
        state = self._till.receipts.on_reprint(self._number(given))
        return {"event": "reprinted", "number": state.number, "text": state.text}

    def do_search(self, given: Arguments) -> Outcome:
        """Find articles."""
        state = self._till.lookup.on_search(
            given.text("text"), given.integer("limit", 30), grouped=False
        )
        return {"event": "found", "articles": [dataclasses.asdict(row) for row in state.found]}

    def do_stock(self, given: Arguments) -> Outcome:
        """Stock of an article."""
        state = self._till.lookup.on_stock(given.text("code"))
        # A program reads this: the minus sign of a screen is none for it.
        levels = [
            {**dataclasses.asdict(row), "quantity": row.quantity.replace("\u2212", "-")}
            for row in state.levels
        ]
        return {"event": "stock", "levels": levels}

    def do_basket(self, _given: Arguments) -> Outcome:
        """The open receipt as it stands."""
        return self._line("basket", self._till.basket.refresh(), lines=True)

    def do_status(self, _given: Arguments) -> Outcome:
        """What the status bar says."""
        till = self._till
        status = till.outbox.status()
        operator = till.recorder.operator
        return {
            "event": "status",
            "till": till.identity.till_id,
            "incarnation": till.identity.incarnation,
            "store": till.identity.store.store_id,
            "mode": till.identity.mode,
            "operator": operator.staff_id if operator else "",
            "training": till.sale.training,
            "open_lines": len(till.sale.basket.lines) if till.sale.basket else 0,
            "next_receipt": till.store.next_receipt,
            "print_jobs": len(till.store.print_jobs()),
            "unsent": status.unsent,
            "oldest_unsent": _time(status.oldest_unsent),
            "processed_through": status.processed_through,
            "last_contact": _time(status.last_contact),
            "offline_reason": status.offline_reason,
            "stopped": status.stopped,
            "second_copy": status.second_copy,
            "second_copy_text": till.texts.text(f"second_copy.{status.second_copy}"),
            "reference_version": _reference_version(till),
        }

    # --- time ---------------------------------------------------------------------------------

    def do_clock(self, given: Arguments) -> Outcome:
        """Set the business clock to a moment, or with `run` let it go again; never in productive mode."""
        if self._till.identity.mode == "productive":
            raise DomainError("clock_fixed")
        if given.flag("run"):
            self._till.clock.stand_at(None)
        else:
            self._till.clock.stand_at(parse_moment(given.text("at")))
        return {"event": "clock", "shows": self._till.clock.now().isoformat()}

    def do_wait_synced(self, given: Arguments) -> Outcome:
        """Wait until the centre has everything, and if asked until it has booked it."""
        limit = given.integer("timeout_s", 30)
        if not 0 <= limit <= _LONGEST_WAIT:
            raise DomainError("intent_field_wrong", {"field": "timeout_s"})
        booked = given.flag("booked")
        deadline = monotonic() + limit
        polls = 0
        while True:
            status = self._till.outbox.status()
            done = status.unsent == 0
            if booked:
                done = done and status.processed_through >= self._till.journal.head.seq
            if done:
                return {"event": "synced", "processed_through": status.processed_through}
            if monotonic() >= deadline:
                raise EnvironmentProblem(
                    "sync_timeout", {"unsent": status.unsent, "reason": status.offline_reason}
                )
            if polls % _NUDGE_EVERY == 0:
                self._till.nudger.nudge()
            polls += 1
            self._pause(_POLL_SECONDS)

    def do_wait_printed(self, given: Arguments) -> Outcome:
        """Wait until nothing waits to be printed; what broke off is `held`."""
        limit = given.integer("timeout_s", 30)
        if not 0 <= limit <= _LONGEST_WAIT:
            raise DomainError("intent_field_wrong", {"field": "timeout_s"})
        deadline = monotonic() + limit
        while (counts := self._till.store.print_counts())[0]:
            if monotonic() >= deadline:
                raise EnvironmentProblem("print_timeout", {"count": counts[0]})
            self._pause(_POLL_SECONDS)
        return {"event": "printed", "held": counts[1]}

    # --- inside -------------------------------------------------------------------------------

    def _asked(self, state: BasketState) -> BasketState:
        """The receipt once the centre was asked for the codes on it that do not count yet. Nothing else is done
        meanwhile: a script knows what it gets.
        """
        while state.code_request is not None:
            self._codes.connect()
            state = self._till.basket.on_code_heard(self._codes.ask(state.code_request))
        return state

    # Scripts write decimals with a point whatever the till speaks; the presenters read what people type.

    def _quantity(self, text: str) -> str:
        return self._as_typed(format_quantity(parse_quantity(text)))

    def _amount(self, text: str) -> str:
        code = self._till.identity.store.currency
        return self._as_typed(Money(parse_amount(text, currency(code).exponent), code).plain())

    def _optional_amount(self, text: str | None) -> str | None:
        return None if text is None else self._amount(text)

    def _as_typed(self, plain: str) -> str:
        return plain.replace(".", decimal_sign(self._till.texts.language))

    def _number(self, given: Arguments) -> str:
        number = given.text("number", "")
        return number or str(self._till.store.next_receipt - 1)

    def _line(self, event: str, state: BasketState, *, lines: bool = False) -> Outcome:
        state = self._asked(state)
        basket = self._till.sale.basket
        outcome: Outcome = {"event": event}
        if basket is not None:
            outcome["basket"] = str(basket.basket_id)
            outcome["lines"] = len(basket.lines)
            outcome["total"] = self._till.sale.payment.total
            outcome["total_text"] = state.total
            outcome["ref"] = basket.external_ref
            outcome["discount"] = self._till.sale.totals.discount
            if basket.customer:
                outcome["customer"] = basket.customer
            if basket.codes or basket.coupons:
                outcome["codes"] = [*basket.codes, *(one.code for one in basket.coupons)]
        if state.last is not None and basket is not None:
            outcome["line"] = line_to_body(basket.line(state.last.number))
        if state.notice:
            outcome["notice"] = state.notice
        if lines and basket is not None:
            outcome["rows"] = [line_to_body(line) for line in basket.lines.values()]
        return outcome

    def _paid(self, event: str, state: PaymentState) -> Outcome:
        mix = self._till.sale.payment
        return {
            "event": event,
            "total": mix.total,
            "given": mix.given,
            "due": mix.due,
            "change": mix.change,
            "due_text": state.due,
            "change_text": state.change,
        }

    def _shift(self, event: str, state: ShiftState) -> Outcome:
        shown = {name: value for name, value in dataclasses.asdict(state).items() if value}
        if state.open:
            shown["expected"] = self._till.shift.expected()
        return {"event": event, **shown}


def parse_moment(text: str) -> datetime:
    """An RFC 3339 time with offset; `DomainError('intent_field_wrong')` for anything else."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise DomainError("intent_field_wrong", {"field": "at"}) from None
    if at.utcoffset() is None:
        raise DomainError("intent_field_wrong", {"field": "at"})
    return at


def _receipt(receipt: Receipt) -> Outcome:
    body = receipt_to_body(receipt)
    return {
        "id": str(receipt.receipt_id),
        "number": receipt.receipt_id.printed_number,
        "event_id": str(receipt.event_id),
        "total": receipt.total,
        "currency": receipt.currency,
        "lines": len(receipt.lines),
        "mode": str(receipt.mode),
        "business_date": receipt.business_date.isoformat(),
        "finished_at": receipt.finished_at.isoformat(),
        "vat": body["vat"],
        "tenders": body["tenders"],
        "ref": receipt.external_ref,
    }


def _time(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _reference_version(till: Till) -> str:
    try:
        return till.reference.version
    except EnvironmentProblem:
        return ""
