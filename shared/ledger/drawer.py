"""Posting rules for cash: what the events of a drawer mean, and what they book.

A shift takes its float out of the store's safe and gives what was counted back to it; what the count is off is booked
before. So a drawer's account is what should lie in it while a shift runs, and nothing between shifts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.errors import DomainError
from shared.journal.reader import BodyReader
from shared.ledger.accounts import AccountKind
from shared.ledger.posting import journal_id_of, store_account, till_account
from shared.ledger.transfers import Journal, Transfer, moved

DRAWER_RULE = "drawer"
OPENED = "shift.opened"
CLOSED = "shift.closed"
MOVED = "cash.moved"
DRAWER_TYPES = frozenset((OPENED, CLOSED, MOVED))

FLOAT = "float"
COUNTED = "counted"
DIFFERENCE = "difference"
# By kind of movement where the money comes from or goes to.
_COUNTERPARTS = {
    "deposit": AccountKind.SAFE,
    "withdrawal": AccountKind.SAFE,
    "bank": AccountKind.BANK,
    "expense": AccountKind.EXPENSE,
}


@dataclass(frozen=True, slots=True)
class DrawerEvent:
    """An event of a till's drawer. `amount` in minor units: the float, what was counted, or what was put in (below
    zero: taken out). `difference` is what a count is above (below: under) what should have been there.
    """

    event_id: UUID
    type: str
    till_id: str
    store_id: str
    currency: str
    business_date: date
    kind: str
    amount: int
    difference: int = 0


def drawer_event(
    event_id: UUID, event_type: str, till_id: str, body: Mapping[str, object]
) -> DrawerEvent:
    """The event of the drawer of a till in a body.

    `DomainError('event_field_wrong')` for malformed fields, `('drawer_sums_differ')` for a count whose difference is
    not that to what was expected.
    """
    read = BodyReader(body)
    kind, difference = event_type, 0
    if event_type == OPENED:
        amount = read.integer("float")
    elif event_type == CLOSED:
        amount = read.integer("counted")
        difference = read.integer("difference")
        if amount - read.integer("expected") != difference:
            raise DomainError("drawer_sums_differ")
    else:
        amount = read.integer("amount")
        kind = read.text("kind")
        if kind not in _COUNTERPARTS:
            raise DomainError("event_field_wrong", {"field": "kind"})
    return DrawerEvent(
        event_id=event_id,
        type=event_type,
        till_id=till_id,
        store_id=read.text("store_id"),
        currency=read.text("currency"),
        business_date=read.day("business_date"),
        kind=kind,
        amount=amount,
        difference=difference,
    )


def drawer_journal(event: DrawerEvent) -> Journal | None:
    """What an event of a drawer books; None if no money moved."""
    transfers = tuple(_transfers(event))
    if not transfers:
        return None
    return Journal(
        journal_id=journal_id_of(event.event_id, DRAWER_RULE),
        rule=DRAWER_RULE,
        business_date=event.business_date,
        transfers=transfers,
        source_event_id=event.event_id,
    )


def _transfers(event: DrawerEvent) -> Iterator[Transfer]:
    store, code = event.store_id, event.currency
    drawer = till_account(AccountKind.CASH, store, event.till_id, code)
    if event.type == OPENED:
        yield from moved(drawer, store_account(AccountKind.SAFE, store, code), event.amount, FLOAT)
    elif event.type == CLOSED:
        off = store_account(AccountKind.CASH_DIFFERENCE, store, code)
        yield from moved(drawer, off, event.difference, DIFFERENCE)
        safe = store_account(AccountKind.SAFE, store, code)
        yield from moved(safe, drawer, event.amount, COUNTED)
    else:
        other = store_account(_COUNTERPARTS[event.kind], store, code)
        yield from moved(drawer, other, event.amount, event.kind)
