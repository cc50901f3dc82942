"""Every event type there is, with its version and what happens when two facts disagree."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shared.errors import DomainError


class ConflictRule(StrEnum):
    """How the centre treats an event that meets others (docs/protocol.md, conflict rules)."""

    FACT = "fact"
    DELTA = "delta"
    COUNT = "count"
    AUTHORISATION = "authorisation"
    FIELD_LATER_ARRIVAL = "field_later_arrival"
    MOST_RESTRICTIVE = "most_restrictive"
    APPEND_ONLY = "append_only"
    TENTATIVE = "tentative"


@dataclass(frozen=True, slots=True)
class EventType:
    """`version` is the one written today; readers accept all from 1 to it."""

    name: str
    version: int
    conflict_rule: ConflictRule


_FACTS = (
    "sale.completed",
    "return.completed",
    "sale.voided",
    "basket.voided",
    "basket.parked",
    "basket.recalled",
    "shift.opened",
    "shift.closed",
    "day.closed",
    "cash.moved",
    "drawer.opened",
    "receipt.opening",
    "receipt.closing",
    "receipt.null",
    "receipt.reprinted",
    "training.completed",
    "training.voided",
    "operator.logged_in",
    "operator.logged_out",
    "operator.login_failed",
    "approval.given",
    "price.overridden",
    "settings.changed",
    "clock.changed",
    "approval_goods.handed_out",
    "approval_goods.settled",
    "customer.looked",
    "customer.provisional_created",
    "voucher.issued_offline",
    "auth.stood_in",
    "terminal.day_closed",
    "fiscal.started",
    "fiscal.failed",
    "fiscal.recovered",
)

EVENT_TYPES: dict[str, EventType] = {
    e.name: e
    for e in (
        *(EventType(name, 1, ConflictRule.FACT) for name in _FACTS),
        EventType("stock.moved", 1, ConflictRule.DELTA),
        EventType("stock.counted", 1, ConflictRule.COUNT),
        EventType("ledger.intent", 1, ConflictRule.AUTHORISATION),
        EventType("auth.captured", 1, ConflictRule.AUTHORISATION),
        EventType("auth.voided", 1, ConflictRule.AUTHORISATION),
        EventType("customer.field_changed", 1, ConflictRule.FIELD_LATER_ARRIVAL),
        EventType("consent.changed", 1, ConflictRule.MOST_RESTRICTIVE),
        EventType("note.added", 1, ConflictRule.APPEND_ONLY),
        EventType("diary.booked", 1, ConflictRule.TENTATIVE),
        EventType("diary.rescheduled", 1, ConflictRule.TENTATIVE),
        EventType("diary.cancelled", 1, ConflictRule.TENTATIVE),
    )
}


def event_type(name: str) -> EventType:
    """The event type of this name; `DomainError('event_type_unknown')` if this release does not know it."""
    found = EVENT_TYPES.get(name)
    if found is None:
        raise DomainError("event_type_unknown", {"type": name[:60]})
    return found
