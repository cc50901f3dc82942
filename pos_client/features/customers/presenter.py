"""Finding somebody without a card at hand, and taking down somebody new: what is shown, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pos_client.features.customers.ports import CustomerLists, KnownCustomer
from pos_client.features.customers.state import (
    CustomerHitRow,
    FinderState,
    NewCustomer,
    SaidRow,
    SaidState,
    Statement,
)
from pos_client.ports import Texts
from shared.customers import CHANGED_FIELDS, ConsentPurpose, checked_field, checked_note

NOTE = "note"

# The first digits of numbers are the same for all; the last ones tell customers apart.
_SHOWN_OF_NUMBER = 12
_FIELDS = {
    "customer_name_missing": "name",
    "customer_phone_invalid": "phone",
    "customer_email_invalid": "email",
    "customer_card_invalid": "card",
    "customer_card_taken": "card",
    "note_empty": "note",
    "note_too_long": "note",
}


def consents(texts: Texts) -> tuple[tuple[str, str], ...]:
    """What a new customer may agree to: key and sentence."""
    return tuple((each.value, texts.text(f"customers.consent_{each}")) for each in ConsentPurpose)


def field_of(code: str) -> str:
    """The field that an error is about; the name for what is about none."""
    return _FIELDS.get(code, "name")


class CustomersPresenter:
    """Looks in the till's own lists; what the centre says of its own is shown with `found_at_centre`."""

    def __init__(self, lists: CustomerLists, texts: Texts) -> None:
        self._lists = lists
        self._texts = texts

    def on_search(self, text: str) -> FinderState:
        """Customers whom a text fits. Raises as `CustomerLists.fitting`."""
        found, more = self._lists.fitting(text)
        return FinderState(
            query=text.strip(),
            rows=tuple(self.row(each) for each in found),
            notice=self._notice(bool(found), more=more),
            asks=True,
        )

    def found_at_centre(
        self, text: str, found: Sequence[KnownCustomer], *, more: bool
    ) -> FinderState:
        """Customers of the whole chain."""
        return FinderState(
            query=text.strip(),
            rows=tuple(self.row(each) for each in found),
            notice=self._notice(bool(found), more=more),
        )

    def on_new(self, said: NewCustomer) -> str:
        """Take somebody down; the number. Raises as `CustomerLists.take_down`."""
        return self._lists.take_down(said)

    # --- what a customer says -----------------------------------------------------------------

    def on_hear(self, state: SaidState, statement: Statement) -> SaidState:
        """With one more statement, which can still be taken out again.

        `DomainError`: `login_required`, `note_empty`, `note_too_long`, and what is wrong with a name or contact.
        """
        if statement.kind == NOTE:
            statement = replace(statement, text=checked_note(statement.text))
        elif statement.kind in CHANGED_FIELDS:
            text = checked_field(statement.kind, statement.text)
            statement = replace(statement, text=text)
        at, by = self._lists.hearing()
        detail = self._texts.text("customers.heard", time=self._texts.time(at), by=by)
        rows = self._others(state, statement)
        return replace(state, rows=(*rows, SaidRow(statement, self._spoken(statement), detail)))

    def on_forget(self, state: SaidState, place: int) -> SaidState:
        """Without the statement at a place: nobody ever hears of it."""
        return replace(state, rows=(*state.rows[:place], *state.rows[place + 1 :]))

    def on_keep(self, state: SaidState, more: Sequence[Statement] = ()) -> SaidState:
        """Keep everything, and what was typed besides; nothing is open any more. Raises as `on_hear`."""
        for statement in more:
            state = self.on_hear(state, statement)
        if state.rows:
            self._lists.keep_said(state.number, [row.statement for row in state.rows])
        return replace(state, rows=())

    def _others(self, state: SaidState, new: Statement) -> tuple[SaidRow, ...]:
        if new.kind == NOTE:
            return state.rows
        return tuple(row for row in state.rows if row.statement.about != new.about)

    def _spoken(self, said: Statement) -> str:
        if not said.purpose:
            return self._texts.text(f"customers.said_{said.kind}", text=said.text)
        agreed = "given" if said.given else "back"
        purpose = self._texts.text(f"customers.consent_{said.purpose}")
        return self._texts.text(f"customers.said_{agreed}", purpose=purpose)

    def row(self, known: KnownCustomer) -> CustomerHitRow:
        """A customer as a row."""
        number = known.number
        if len(number) > _SHOWN_OF_NUMBER:
            number = f"…{number[-6:]}"
        key = "customers.number_phone" if known.phone_end else "customers.number"
        detail = self._texts.text(key, number=number, digits=known.phone_end)
        return CustomerHitRow(known.number, known.name or known.number, detail)

    def _notice(self, found: bool, *, more: bool) -> str:
        if not found:
            return self._texts.text("customers.none")
        return self._texts.text("customers.more") if more else ""
