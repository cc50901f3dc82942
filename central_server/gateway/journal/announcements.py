"""What webhooks are told of the journal: receipts that were booked, and events that wait for a person.

Nothing in it is about people: whoever may know more asks for the receipt with a key of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from central_server.features.tills.service import get_till
from central_server.features.webhooks.service import (
    Announcement,
    Topic,
    announce,
    has_listeners,
)
from central_server.gateway.journal.repository import StoredEvent
from central_server.platform.unit_of_work import UnitOfWork
from shared.receipt import Receipt


def announce_receipts(unit: UnitOfWork, receipts: Sequence[Receipt], at: datetime) -> None:
    """Tell of receipts that were booked."""
    items = [Announcement(one.event_id, one.store_id, _facts(one)) for one in receipts]
    announce(unit, Topic.RECEIPT_BOOKED, items, at)


def announce_waiting(unit: UnitOfWork, event: StoredEvent, code: str, at: datetime) -> None:
    """Tell of an event that waits among the exceptions."""
    if not has_listeners(unit, Topic.EVENT_WAITING):
        return
    store_id = get_till(unit, event.till_id).store_id
    facts = {
        "event_id": str(event.event_id),
        "till_id": event.till_id,
        "store_id": store_id,
        "seq": event.seq,
        "type": event.type,
        "code": code,
    }
    item = Announcement(
        event.event_id, store_id, facts, detail=f"{event.till_id}:{event.seq}:{code}"
    )
    announce(unit, Topic.EVENT_WAITING, [item], at)


def _facts(receipt: Receipt) -> dict[str, object]:
    return {
        "event_id": str(receipt.event_id),
        "receipt": str(receipt.receipt_id),
        "store_id": receipt.store_id,
        "till_id": receipt.receipt_id.till_id,
        "business_date": receipt.business_date.isoformat(),
        "finished_at": receipt.finished_at.isoformat(),
        "mode": receipt.mode.value,
        "is_return": receipt.is_return,
        "currency": receipt.currency,
        "total": receipt.total,
    }
