"""What an accepted event means for the books: a receipt or what happened to a drawer, a fact that only stays in the
journal, or a problem.

Pure: reads bytes, knows no table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from central_server.gateway.journal.repository import StoredEvent
from shared.customers import (
    CONSENT_EVENT,
    FIELD_EVENT,
    NEWCOMER_EVENT,
    NOTE_EVENT,
    Consent,
    CustomerLook,
    SealedNewcomer,
    SealedWords,
    consent_of_event,
    look_of_event,
    newcomer_of_event,
    words_of_event,
)
from shared.errors import DomainError, ErrorParam
from shared.journal import ConflictRule, event_type, parse_body, receipt_from_body
from shared.journal.reader import BodyReader
from shared.ledger.drawer import DRAWER_TYPES, DrawerEvent, drawer_event
from shared.loyalty import Benefits
from shared.money import Money
from shared.receipt import Receipt

_BOOKED = frozenset(("sale.completed", "return.completed"))
# Types that take a number of the receipt series.
_NUMBERED = _BOOKED | {"training.completed", "receipt.opening", "receipt.closing", "receipt.null"}
# Facts and notes of which nothing is booked (yet) stay in the journal. Events that must change something when they
# arrive are never dropped in silence: without a projector they wait in the exceptions queue.
_NOTHING = Benefits()
_KEPT_RULES = frozenset((ConflictRule.FACT, ConflictRule.APPEND_ONLY))


@dataclass(frozen=True, slots=True)
class TillPlace:
    """Where a till stands: receipts of another store or currency are not its own."""

    store_id: str
    currency: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an event is not booked: a stable code with its parameters."""

    code: str
    params: Mapping[str, ErrorParam]


@dataclass(frozen=True, slots=True)
class Decoded:
    """One event understood. `receipt_no` is set for every numbered event, `receipt` or `drawer` for those that are
    booked.

    `notices` are what somebody should look at although the receipt is booked, `benefits` what a sale earns.
    """

    event: StoredEvent
    receipt: Receipt | None = None
    drawer: DrawerEvent | None = None
    look: CustomerLook | None = None
    newcomer: SealedNewcomer | None = None
    said: Consent | SealedWords | None = None
    receipt_no: int | None = None
    problem: Problem | None = None
    notices: tuple[Problem, ...] = ()
    benefits: Benefits = _NOTHING


def decode(event: StoredEvent, place: TillPlace | None) -> Decoded:
    """The meaning of `event` from a till at `place`; problems are part of the answer, not errors."""
    try:
        return _understood(event, place)
    except DomainError as error:
        return Decoded(event, problem=Problem(error.code, error.params))
    except (ValueError, ArithmeticError, TypeError) as error:
        return Decoded(
            event, problem=Problem("event_body_malformed", {"reason": type(error).__name__})
        )


def _understood(event: StoredEvent, place: TillPlace | None) -> Decoded:
    kind = event_type(event.type)
    if event.type_version > kind.version:
        raise DomainError(
            "event_version_unknown", {"version": event.type_version, "known": kind.version}
        )
    body = parse_body(event.body)
    if event.type in _BOOKED:
        receipt = receipt_from_body(event.event_id, body)
        _check_place(event, receipt, place)
        return Decoded(event, receipt, receipt_no=receipt.receipt_id.number)
    if event.type in DRAWER_TYPES:
        drawer = drawer_event(event.event_id, event.type, event.till_id, body)
        _check_drawer(drawer, place)
        return Decoded(event, drawer=drawer)
    if event.type in _NUMBERED:
        return Decoded(event, receipt_no=BodyReader(body).object("receipt").integer("number"))
    if event.type == "customer.looked":
        return Decoded(event, look=look_of_event(event.till_id, body))
    if event.type == NEWCOMER_EVENT:
        return Decoded(event, newcomer=newcomer_of_event(body))
    if event.type == CONSENT_EVENT:
        return Decoded(event, said=consent_of_event(body))
    if event.type in (NOTE_EVENT, FIELD_EVENT):
        return Decoded(event, said=words_of_event(event.type, body))
    if event.type == "terminal.day_closed":
        return Decoded(event, notices=_terminal_day(event, BodyReader(body)))
    if kind.conflict_rule not in _KEPT_RULES:
        raise DomainError("event_without_projector", {"type": event.type})
    return Decoded(event)


def _terminal_day(event: StoredEvent, read: BodyReader) -> tuple[Problem, ...]:
    """A terminal's day that does not agree with what the journal has on cards."""
    currency, terminal = read.text("currency"), read.integer("amount")
    journal = read.integer("journal_amount")
    if terminal == journal:
        return ()
    said, booked = (f"{Money(minor, currency).plain()} {currency}" for minor in (terminal, journal))
    facts: Mapping[str, ErrorParam] = {
        "till": event.till_id,
        "terminal": said,
        "journal": booked,
    }
    return (Problem("terminal_day_differs", facts),)


def _check_place(event: StoredEvent, receipt: Receipt, place: TillPlace | None) -> None:
    if (receipt.receipt_id.till_id, receipt.receipt_id.incarnation) != (
        event.till_id,
        event.incarnation,
    ):
        raise DomainError("receipt_of_other_till", {"till": str(receipt.receipt_id)[:40]})
    if place is None or (receipt.store_id, receipt.currency) != (place.store_id, place.currency):
        raise DomainError(
            "receipt_of_other_store",
            {"store": receipt.store_id[:31], "currency": receipt.currency[:3]},
        )


def _check_drawer(drawer: DrawerEvent, place: TillPlace | None) -> None:
    if place is None or (drawer.store_id, drawer.currency) != (place.store_id, place.currency):
        raise DomainError(
            "drawer_of_other_store",
            {"store": drawer.store_id[:31], "currency": drawer.currency[:3]},
        )
