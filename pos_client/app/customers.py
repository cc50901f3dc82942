"""Customers as the reference data knows them, as long as this till may show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pos_client.app.newcomers import NewcomerFacts, Newcomers, SaidEvent
from pos_client.app.recorder import Recorder
from pos_client.features.customers.ports import KnownCustomer
from pos_client.features.customers.state import NewCustomer, Statement
from pos_client.storage.reference import Reference
from pos_client.storage.upload_state import UploadStore
from shared.customers import (
    CHANGED_FIELDS,
    LEAST_LETTERS,
    ConsentPurpose,
    Newcomer,
    asked_words,
    number_word,
    phone_end,
)
from shared.errors import DomainError
from shared.identity import Clock
from shared.wire.customer_payloads import (
    CUSTOMER_DATA_KEY,
    CustomerRow,
    offline_days_from_payload,
)

SHOWN = 12
"""So many customers are shown at once: whoever wants others says more of the one who is meant."""
# Of common names a till opens only so many.
_CANDIDATES = 200
# A clock that is further behind the last contact than this was put back.
_CLOCK_STEP = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Found:
    """Customers by name; `more` says that there are others."""

    rows: tuple[CustomerRow, ...]
    more: bool


class Customers:
    """A till that has not heard of the centre for some days may have been stolen: then it shows nobody, until it has.

    `clock` is the system clock: the business clock may be moved.
    """

    def __init__(
        self,
        reference: Reference,
        newcomers: Newcomers,
        recorder: Recorder,
        uploads: UploadStore,
        clock: Clock,
    ) -> None:
        self._reference = reference
        self._newcomers = newcomers
        self._recorder = recorder
        self._uploads = uploads
        self._clock = clock

    def customer(self, number: str) -> CustomerRow | None:
        """The customer with this number; None if the lists have none, or may not be shown."""
        if self._withheld():
            return None
        wanted = number.strip()
        found = self._reference.customer(wanted) or self._with_number(wanted)
        newcomer = self._newcomers.find(wanted) if found is None else None
        return _row(newcomer) if newcomer is not None else found

    def _with_number(self, number: str) -> CustomerRow | None:
        word = number_word(number)
        rows = self._reference.customers_with([word], _CANDIDATES) if word else []
        return next((row for row in rows if word in map(number_word, row.also)), None)

    def find(self, text: str, limit: int = SHOWN) -> Found:
        """Customers whom all words of a text fit, by name, as this till knows them. Each that is given is a look at
        them, and journalled before. `DomainError('customers_withheld')` if this till may show nobody.
        """
        if self._withheld():
            raise DomainError("customers_withheld", {"days": self._days()})
        words = [word for word in asked_words(text) if len(word) >= LEAST_LETTERS]
        if not words:
            return Found((), more=False)
        rows = {
            row.number: row
            for row in (
                *map(_row, self._newcomers.fitting(words)),
                *self._reference.customers_with(words, _CANDIDATES),
            )
        }
        ordered = sorted(rows.values(), key=lambda row: (row.name.casefold(), row.number))
        shown = tuple(ordered[:limit])
        if shown:
            self._recorder.record(*(("customer.looked", {"customer": r.number}) for r in shown))
        return Found(shown, more=len(ordered) > limit)

    def take_down(self, said: NewcomerFacts) -> str:
        """A new customer, also without a network; the number. Raises as `Newcomers.take_down`, and
        `DomainError('customer_card_taken')` for a card that is somebody's as far as this till knows.
        """
        if said.card and self.customer(said.card) is not None:
            raise DomainError("customer_card_taken", {"card": said.card[:40]})
        return self._newcomers.take_down(said)

    def note(self, number: str, text: str) -> None:
        """A note on a customer; raises as `Newcomers.note`."""
        self._newcomers.note(number, text)

    def change(self, number: str, field: str, text: str) -> None:
        """Another name, telephone number or mail address of a customer; raises as `Newcomers.change`."""
        row = self.customer(number)
        self._newcomers.change(number, row.rev if row is not None else 0, field, text)

    def consent(self, number: str, purpose: ConsentPurpose, *, given: bool) -> None:
        """A customer agrees to something, or takes it back."""
        self._newcomers.consent(number, purpose, given=given)

    def hearing(self) -> tuple[datetime, str]:
        """Now, and the name of who is logged in. `DomainError('login_required')`."""
        return self._recorder.glance().at, self._recorder.require_operator().name

    def keep_said(self, number: str, said: Sequence[Statement]) -> None:
        """Journal what a customer said, all or nothing; raises as `note`, `change` and `consent`."""
        row = self.customer(number)
        rev = row.rev if row is not None else 0
        events = [self._said(number, rev, statement) for statement in said]
        self._recorder.record(*events)

    def _said(self, number: str, rev: int, said: Statement) -> SaidEvent:
        if said.purpose:
            purpose = ConsentPurpose(said.purpose)
            return self._newcomers.consent_event(number, purpose, given=said.given)
        if said.kind in CHANGED_FIELDS:
            return self._newcomers.change_event(number, rev, said.kind, said.text)
        return self._newcomers.note_event(number, said.text)

    def unknown(self, number: str) -> DomainError:
        """Why there is no customer with this number: `customers_withheld` or `customer_unknown`."""
        if self._withheld():
            return DomainError("customers_withheld", {"days": self._days()})
        return DomainError("customer_unknown", {"number": number.strip()[:40]})

    def _withheld(self) -> bool:
        last = self._uploads.load().last_contact_at
        if last is None:
            return False
        since = self._clock.now() - last
        return not -_CLOCK_STEP <= since <= timedelta(days=self._days())

    def _days(self) -> int:
        return offline_days_from_payload(self._reference.config(CUSTOMER_DATA_KEY))


class CustomerLists:
    """Implements `pos_client.features.customers.ports.CustomerLists`."""

    def __init__(self, customers: Customers) -> None:
        self._customers = customers

    def fitting(self, text: str) -> tuple[Sequence[KnownCustomer], bool]:
        """See `Customers.find`."""
        found = self._customers.find(text)
        known = [KnownCustomer(row.number, row.name, row.phone_end) for row in found.rows]
        return known, found.more

    def take_down(self, said: NewCustomer) -> str:
        """See `Customers.take_down`."""
        agreed = frozenset(ConsentPurpose(key) for key in said.consents)
        facts = NewcomerFacts(said.name, said.phone, said.email, said.card, agreed)
        return self._customers.take_down(facts)

    def hearing(self) -> tuple[datetime, str]:
        """See `Customers.hearing`."""
        return self._customers.hearing()

    def keep_said(self, number: str, said: Sequence[Statement]) -> None:
        """See `Customers.keep_said`."""
        self._customers.keep_said(number, said)


def _row(newcomer: Newcomer) -> CustomerRow:
    also = (newcomer.card,) if newcomer.card else ()
    return CustomerRow(
        newcomer.number, newcomer.name, also=also, phone_end=phone_end(newcomer.phone)
    )
