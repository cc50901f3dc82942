"""SQL of debts that are written off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select, update

from central_server.features.loyalty.tables import loyalty_write_off

WriteOffRow = Row[Any]


def one(connection: Connection, request_id: UUID) -> WriteOffRow | None:
    """What was asked under an id, locked until this transaction ends."""
    query = select(loyalty_write_off).where(loyalty_write_off.c.request_id == request_id)
    return connection.execute(query.with_for_update()).one_or_none()


def add(connection: Connection, row: Mapping[str, Any]) -> None:
    """Keep what was asked."""
    connection.execute(insert(loyalty_write_off).values(dict(row)))


def change(connection: Connection, request_id: UUID, changes: Mapping[str, Any]) -> None:
    """Write what became of it."""
    statement = update(loyalty_write_off).where(loyalty_write_off.c.request_id == request_id)
    connection.execute(statement.values(dict(changes)))


def listed(connection: Connection, state: str, limit: int) -> Sequence[WriteOffRow]:
    """What was asked, newest first; with `state` only what stands so."""
    query = select(loyalty_write_off)
    if state:
        query = query.where(loyalty_write_off.c.state == state)
    ordered = query.order_by(loyalty_write_off.c.asked_at.desc(), loyalty_write_off.c.request_id)
    return connection.execute(ordered.limit(limit)).all()


def move_owner(connection: Connection, old: str, into: str) -> None:
    """What was asked of one customer is another's."""
    statement = update(loyalty_write_off).where(loyalty_write_off.c.customer == old)
    connection.execute(statement.values(customer=into))
