"""SQL of webhooks."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.dialects import postgresql, sqlite

from central_server.features.webhooks.tables import webhook, webhook_delivery
from central_server.platform.database import is_postgresql
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork

_OPEN = webhook.c.ended_at.is_(None)


def webhook_rows(unit: ReadUnit, *, ended: bool) -> list[Row[Any]]:
    """Webhooks, newest first; with those that ended if `ended`."""
    query = select(webhook).order_by(webhook.c.made_at.desc(), webhook.c.webhook_id)
    return list(unit.connection.execute(query if ended else query.where(_OPEN)))


def webhook_row(unit: ReadUnit, webhook_id: str) -> Row[Any] | None:
    """One webhook."""
    query = select(webhook).where(webhook.c.webhook_id == webhook_id)
    return unit.connection.execute(query).one_or_none()


def insert_webhook(unit: UnitOfWork, values: dict[str, Any]) -> None:
    """Add a webhook."""
    unit.connection.execute(webhook.insert().values(**values))


def end(unit: UnitOfWork, webhook_id: str, at: datetime) -> None:
    """End a webhook; what still waited for it is tried no more."""
    mine = webhook_delivery.c.webhook_id == webhook_id
    unit.connection.execute(
        webhook.update().where(webhook.c.webhook_id == webhook_id).values(ended_at=at)
    )
    unit.connection.execute(webhook_delivery.update().where(mine).values(next_at=None))


def set_paused(unit: UnitOfWork, webhook_id: str, at: datetime | None) -> None:
    """Let a webhook pause since `at`, or go on."""
    unit.connection.execute(
        webhook.update().where(webhook.c.webhook_id == webhook_id).values(paused_at=at)
    )


def insert_deliveries(unit: UnitOfWork, rows: list[dict[str, Any]]) -> None:
    """Add what is to be told; what is there already stays as it is."""
    insert = postgresql.insert if is_postgresql(unit.connection) else sqlite.insert
    unit.connection.execute(insert(webhook_delivery).on_conflict_do_nothing(), rows)


def due(unit: ReadUnit, webhook_id: str, now: datetime, limit: int) -> list[Row[Any]]:
    """What is to be tried now, what has waited longest first."""
    table = webhook_delivery
    query = (
        select(table)
        .where(table.c.webhook_id == webhook_id, table.c.next_at <= now)
        .order_by(table.c.next_at, table.c.delivery_id)
        .limit(limit)
    )
    return list(unit.connection.execute(query))


def set_tried(unit: UnitOfWork, delivery_id: UUID, values: dict[str, Any]) -> None:
    """Keep how a try ended."""
    table = webhook_delivery
    unit.connection.execute(table.update().where(table.c.delivery_id == delivery_id).values(values))


def try_again(unit: UnitOfWork, webhook_id: str, now: datetime) -> int:
    """Let what was given up be tried again; how many."""
    table = webhook_delivery
    given_up = (table.c.next_at.is_(None), table.c.delivered_at.is_(None))
    command = table.update().where(table.c.webhook_id == webhook_id, *given_up)
    return unit.connection.execute(command.values(next_at=now, tries=0)).rowcount


def try_one_again(unit: UnitOfWork, webhook_id: str, delivery_id: UUID, now: datetime) -> int:
    """Let one delivery that did not arrive be tried now, as if it never had been; how many."""
    table = webhook_delivery
    here = (table.c.webhook_id == webhook_id, table.c.delivery_id == delivery_id)
    command = table.update().where(*here, table.c.delivered_at.is_(None))
    return unit.connection.execute(command.values(next_at=now, tries=0)).rowcount


def latest(unit: ReadUnit, webhook_id: str, limit: int) -> list[Row[Any]]:
    """The deliveries of a webhook, latest first."""
    table = webhook_delivery
    query = select(table).where(table.c.webhook_id == webhook_id)
    ordered = query.order_by(table.c.made_at.desc(), table.c.delivery_id)
    return list(unit.connection.execute(ordered.limit(limit)))


def counts(unit: ReadUnit) -> dict[str, tuple[int, int]]:
    """By webhook: how many deliveries wait, and how many were given up."""
    table = webhook_delivery
    waiting = func.count(table.c.next_at)
    undelivered = func.count()
    query = (
        select(table.c.webhook_id, waiting, undelivered)
        .where(table.c.delivered_at.is_(None))
        .group_by(table.c.webhook_id)
    )
    rows = unit.connection.execute(query)
    return {name: (waits, every - waits) for name, waits, every in rows}


def forget(unit: UnitOfWork, before: datetime) -> int:
    """Delete what was made before and is tried no more; how many."""
    table = webhook_delivery
    done = table.delete().where(table.c.made_at < before, table.c.next_at.is_(None))
    return unit.connection.execute(done).rowcount
