"""Books into the ledger what was projected before there was one: from the journal, each event once however often.

Receipts are taken that are booked as sales; what is blocked in the exceptions queue stays there. Recorded is when it is
replayed, effective when it happened.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from central_server.features.ledger import projector as ledger
from central_server.features.sales import repository as sales
from central_server.features.stores.service import list_stores
from central_server.gateway.journal import repository
from central_server.gateway.journal.repository import StoredEvent
from central_server.platform.database import Database
from central_server.platform.installation import read_setting, write_setting
from central_server.platform.unit_of_work import UnitOfWork, reading, run_writing
from shared.errors import DomainError
from shared.identity import Clock
from shared.journal import parse_body, receipt_from_body
from shared.ledger.drawer import DRAWER_TYPES, DrawerEvent, drawer_event
from shared.receipt import Receipt

_RECEIPT_TYPES = frozenset(("sale.completed", "return.completed"))
_PAGE = 500
_SETTING = "ledger_replayed"


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many events were read, how many of them booked now, and how many cannot be read."""

    events: int = 0
    booked: int = 0
    unreadable: int = 0

    def plus(self, other: Replayed) -> Replayed:
        """Both together."""
        return Replayed(
            self.events + other.events,
            self.booked + other.booked,
            self.unreadable + other.unreadable,
        )


def replay_once(database: Database, clock: Clock) -> Replayed:
    """Replay a chain whose receipts are older than its ledger; nothing once that is done."""
    with reading(database) as unit:
        if read_setting(unit, _SETTING) is not None:
            return Replayed()
    done = replay(database, clock)
    at = clock.now().isoformat()
    run_writing(database, lambda unit: write_setting(unit, _SETTING, at))
    return done


def replay(database: Database, clock: Clock) -> Replayed:
    """Book every projected event that the ledger lacks, a page to a transaction."""
    total = Replayed()
    for page in _pages(database):
        total = total.plus(run_writing(database, partial(_book, page=page, clock=clock)))
    return total


def _pages(database: Database) -> Iterator[list[StoredEvent]]:
    types = sorted(_RECEIPT_TYPES | DRAWER_TYPES)
    with reading(database) as unit:
        chains = repository.chains(unit.connection)
    for chain in chains:
        seq = 0
        while True:
            with reading(database) as unit:
                page = repository.projected_events(unit.connection, chain, seq, types, _PAGE)
            if not page:
                break
            yield page
            seq = page[-1].seq


def _book(unit: UnitOfWork, page: list[StoredEvent], clock: Clock) -> Replayed:
    currencies: dict[str, str] = {store.store_id: store.currency for store in list_stores(unit)}
    ids = [event.event_id for event in page if event.type in _RECEIPT_TYPES]
    booked = sales.booked(unit.connection, ids)
    receipts: list[Receipt] = []
    drawers: list[DrawerEvent] = []
    unreadable = 0
    for event in page:
        try:
            if event.event_id in booked:
                receipts.append(receipt_from_body(event.event_id, parse_body(event.body)))
            elif event.type in DRAWER_TYPES:
                body = parse_body(event.body)
                drawer = drawer_event(event.event_id, event.type, event.till_id, body)
                if currencies.get(drawer.store_id) != drawer.currency:
                    raise DomainError("drawer_of_other_store")
                drawers.append(drawer)
        except (DomainError, ValueError, ArithmeticError, TypeError):
            unreadable += 1
    new = ledger.book(unit, receipts, drawers, clock.now())
    return Replayed(len(page), new, unreadable)
