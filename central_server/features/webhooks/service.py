"""What can be done with webhooks: subscribe, announce, deliver.

A delivery is made in the transaction of what it tells of, and sent after it, until it arrives or is given up. It may
arrive twice, with the same id.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row

from central_server.features.stores.service import get_store
from central_server.features.webhooks import repository
from central_server.platform.access import Right, StaffIdentity
from central_server.platform.one_time_codes import seal, unseal
from central_server.platform.outbound import Target, target_of
from central_server.platform.security import random_code, random_token
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError

DELIVERED = "delivered"
TEST = "test"
"""The topic of a delivery that tells of nothing, to see whether it arrives; nobody subscribes to it."""
MOST_TRIES = 16
"""After these, over two days and a half, a delivery is given up."""
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=6)
_SHOWN = 100


class Topic(StrEnum):
    """What can be told."""

    RECEIPT_BOOKED = "receipt.booked"
    EVENT_WAITING = "event.waiting"


SCOPES: Mapping[Topic, Right] = {
    Topic.RECEIPT_BOOKED: Right.RECEIPTS_READ,
    Topic.EVENT_WAITING: Right.EXCEPTIONS_READ,
}
"""The right that whoever subscribes must have: a webhook tells nobody what they could not read."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A subscription; `store_ids` empty for all stores, `waiting` and `given_up` are numbers of deliveries."""

    webhook_id: str
    name: str
    url: str
    topics: frozenset[Topic]
    store_ids: frozenset[str]
    made_by: str
    made_at: datetime
    ended_at: datetime | None
    paused_at: datetime | None
    waiting: int
    given_up: int

    def facts(self) -> dict[str, object]:
        """What the audit trail keeps of it; never the secret."""
        return {
            "name": self.name,
            "url": self.url,
            "topics": sorted(self.topics),
            "stores": sorted(self.store_ids),
            "paused": self.paused_at is not None,
            "ended": self.ended_at is not None,
        }


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody subscribes to."""

    name: str
    url: str
    topics: frozenset[Topic]
    store_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Announcement:
    """Something that happened in a store. `subject` and `detail` together tell it apart from everything else."""

    subject: UUID
    store_id: str
    facts: Mapping[str, object]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing to be told to one webhook, and how far that has come."""

    delivery_id: UUID
    topic: str
    body: str
    made_at: datetime
    tries: int
    next_at: datetime | None
    delivered_at: datetime | None
    outcome: str


def list_webhooks(unit: ReadUnit, *, ended: bool = True) -> list[Webhook]:
    """Webhooks, newest first."""
    counts = repository.counts(unit)
    return [_webhook(row, counts) for row in repository.webhook_rows(unit, ended=ended)]


def get_webhook(unit: ReadUnit, webhook_id: str) -> Webhook:
    """One webhook; `DomainError('webhook_unknown')`, 404."""
    row = repository.webhook_row(unit, webhook_id)
    if row is None:
        raise DomainError("webhook_unknown", http_status=404)
    return _webhook(row, repository.counts(unit))


def subscribe(
    unit: UnitOfWork,
    wish: Wish,
    maker: StaffIdentity,
    sealing_key: bytes,
    inside: frozenset[str],
    at: datetime,
) -> tuple[Webhook, str]:
    """A new webhook and the secret that its deliveries are signed with, which is shown this once.

    `inside` are the hosts that may lie in a private network. `DomainError`: `webhook_name_missing` and
    `webhook_url_invalid`, 400; `scope_missing` or `role_not_allowed`, 403; `store_unknown`, 404.
    """
    if not wish.name.strip():
        raise DomainError("webhook_name_missing", http_status=400)
    target_of(wish.url, inside)
    for topic in wish.topics:
        maker.require(SCOPES[topic])
    for store_id in wish.store_ids:
        get_store(unit, store_id)
    webhook_id, secret = random_code(groups=1, size=8).lower(), random_token()
    repository.insert_webhook(
        unit,
        {
            "webhook_id": webhook_id,
            "name": wish.name.strip(),
            "url": wish.url,
            "sealed_secret": seal(sealing_key, _purpose(webhook_id), secret.encode()),
            "topics": " ".join(sorted(wish.topics)),
            "stores": " ".join(sorted(wish.store_ids)),
            "made_by": maker.staff_id,
            "made_at": at,
        },
    )
    return get_webhook(unit, webhook_id), secret


class Step(StrEnum):
    """What can be done with a webhook: tell it nothing any more, let it wait for what happens, go on."""

    END = "end"
    PAUSE = "pause"
    RESUME = "resume"


def take_step(
    unit: UnitOfWork, webhook_id: str, step: Step, at: datetime
) -> tuple[Webhook, Webhook]:
    """The webhook before and after; a second time changes nothing. `DomainError('webhook_unknown')`, 404."""
    before = get_webhook(unit, webhook_id)
    if step is Step.RESUME:
        repository.set_paused(unit, webhook_id, None)
    elif before.ended_at is None:
        if step is Step.END:
            repository.end(unit, webhook_id, at)
        elif before.paused_at is None:
            repository.set_paused(unit, webhook_id, at)
    return before, get_webhook(unit, webhook_id)


def send_test(unit: UnitOfWork, webhook_id: str, subject: UUID, at: datetime) -> None:
    """Note a delivery that tells of nothing but itself; `DomainError('webhook_ended')` where nothing is told."""
    if get_webhook(unit, webhook_id).ended_at is not None:
        raise DomainError("webhook_ended")
    told = Announcement(subject, "", {"test": True})
    repository.insert_deliveries(unit, [_row(webhook_id, TEST, told, at)])


def try_one_again(unit: UnitOfWork, webhook_id: str, delivery_id: UUID, now: datetime) -> int:
    """Let one delivery that did not arrive be tried now; how many: none if it arrived, or of one that ended."""
    if get_webhook(unit, webhook_id).ended_at is not None:
        return 0
    return repository.try_one_again(unit, webhook_id, delivery_id, now)


def try_again(unit: UnitOfWork, webhook_id: str, now: datetime) -> int:
    """Let what was given up be tried again; how many. None of a webhook that ended."""
    if get_webhook(unit, webhook_id).ended_at is not None:
        return 0
    return repository.try_again(unit, webhook_id, now)


def deliveries(unit: ReadUnit, webhook_id: str) -> list[Delivery]:
    """The latest deliveries of a webhook; `DomainError('webhook_unknown')`, 404."""
    get_webhook(unit, webhook_id)
    return [_delivery(row) for row in repository.latest(unit, webhook_id, _SHOWN)]


def has_listeners(unit: ReadUnit, topic: Topic) -> bool:
    """Whether anybody wants to be told."""
    return any(topic in row.topics.split() for row in repository.webhook_rows(unit, ended=False))


def announce(unit: UnitOfWork, topic: Topic, items: Sequence[Announcement], at: datetime) -> None:
    """Note for everybody who listens what happened; announcing it again changes nothing."""
    rows = []
    for row in repository.webhook_rows(unit, ended=False) if items else ():
        if topic not in row.topics.split():
            continue
        stores = frozenset(row.stores.split())
        rows += [
            _row(row.webhook_id, topic, item, at)
            for item in items
            if not stores or item.store_id in stores
        ]
    if rows:
        repository.insert_deliveries(unit, rows)


def _row(webhook_id: str, topic: str, item: Announcement, at: datetime) -> dict[str, Any]:
    delivery_id = uuid5(item.subject, f"webhook:{webhook_id}:{topic}:{item.detail}")
    told = {"id": str(delivery_id), "topic": str(topic), "at": at.isoformat(), "data": item.facts}
    return {
        "delivery_id": delivery_id,
        "webhook_id": webhook_id,
        "topic": str(topic),
        "body": json.dumps(told, ensure_ascii=False, sort_keys=True),
        "made_at": at,
        "tries": 0,
        "next_at": at,
        "delivered_at": None,
        "outcome": "",
    }


def due(
    unit: ReadUnit, webhook_id: str, sealing_key: bytes, now: datetime, limit: int
) -> tuple[bytes, list[Delivery]]:
    """The secret of a webhook, and what is to be told to it now."""
    row = repository.webhook_row(unit, webhook_id)
    rows = repository.due(unit, webhook_id, now, limit)
    if row is None or not rows:
        return b"", []
    secret = unseal(sealing_key, _purpose(webhook_id), row.sealed_secret)
    return secret, [_delivery(one) for one in rows]


def headers_of(delivery: Delivery, secret: bytes, now: datetime) -> dict[str, str]:
    """What goes with a delivery: the signature is HMAC-SHA256 over the time, a full stop and the body."""
    moment = str(int(now.timestamp()))
    signed = f"{moment}.{delivery.body}".encode()
    digest = hmac.new(secret, signed, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "Tresen-Delivery": str(delivery.delivery_id),
        "Tresen-Topic": delivery.topic,
        "Tresen-Signature": f"t={moment},v1={digest}",
    }


def keep_try(unit: UnitOfWork, delivery: Delivery, outcome: str, now: datetime) -> None:
    """Keep how a try ended, and when the next one is."""
    tries = delivery.tries + 1
    arrived = outcome == DELIVERED
    more = not arrived and tries < MOST_TRIES
    values = {
        "tries": tries,
        "outcome": outcome,
        "delivered_at": now if arrived else None,
        "next_at": now + pause_after(tries) if more else None,
    }
    repository.set_tried(unit, delivery.delivery_id, values)


def pause_after(tries: int) -> timedelta:
    """How long to wait after so many tries: a minute, then twice as long each time, at most six hours."""
    pause: timedelta = _FIRST_PAUSE * 2 ** (tries - 1)
    return min(pause, _LONGEST_PAUSE)


def target(hook: Webhook, inside: frozenset[str]) -> Target:
    """Where its deliveries go; `DomainError('webhook_url_invalid')` where that is allowed no more."""
    return target_of(hook.url, inside)


def _purpose(webhook_id: str) -> str:
    return f"webhook {webhook_id}"


def _webhook(row: Row[Any], counts: Mapping[str, tuple[int, int]]) -> Webhook:
    waiting, given_up = counts.get(row.webhook_id, (0, 0))
    return Webhook(
        webhook_id=row.webhook_id,
        name=row.name,
        url=row.url,
        topics=frozenset(Topic(text) for text in row.topics.split()),
        store_ids=frozenset(row.stores.split()),
        made_by=row.made_by,
        made_at=row.made_at,
        ended_at=row.ended_at,
        paused_at=row.paused_at,
        waiting=waiting,
        given_up=given_up,
    )


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        delivery_id=row.delivery_id,
        topic=row.topic,
        body=row.body,
        made_at=row.made_at,
        tries=row.tries,
        next_at=row.next_at,
        delivered_at=row.delivered_at,
        outcome=row.outcome,
    )
