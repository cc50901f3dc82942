"""SQL of the exceptions queue."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update

from central_server.features.exceptions.tables import event_exception


def add(connection: Connection, row: Mapping[str, Any]) -> None:
    """Put one exception into the queue, open."""
    connection.execute(insert(event_exception).values(**row, state="open"))


def count_open(connection: Connection) -> int:
    """How many exceptions wait for a person."""
    return int(
        connection.execute(
            select(func.count())
            .select_from(event_exception)
            .where(event_exception.c.state == "open")
        ).scalar_one()
    )


def listed(
    connection: Connection, state: str | None, till_ids: Sequence[str] | None, limit: int = 200
) -> list[dict[str, Any]]:
    """Exceptions, newest first, of all tills or of these, with their parameters as a mapping."""
    query = select(event_exception).order_by(event_exception.c.id.desc()).limit(limit)
    if state is not None:
        query = query.where(event_exception.c.state == state)
    if till_ids is not None:
        query = query.where(event_exception.c.till_id.in_(till_ids))
    rows = connection.execute(query).mappings()
    return [{**row, "params": json.loads(row["params"])} for row in rows]


def one(connection: Connection, exception_id: int) -> dict[str, Any] | None:
    """One exception, locked for this transaction."""
    row = (
        connection.execute(
            select(event_exception).where(event_exception.c.id == exception_id).with_for_update()
        )
        .mappings()
        .one_or_none()
    )
    return {**row, "params": json.loads(row["params"])} if row is not None else None


def is_open(connection: Connection, event_id: UUID, code: str) -> bool:
    """Whether an exception about this, for this reason, is waiting."""
    query = select(event_exception.c.id).where(
        event_exception.c.state == "open",
        event_exception.c.event_id == event_id,
        event_exception.c.code == code,
    )
    return connection.execute(query.limit(1)).first() is not None


def close(connection: Connection, exception_id: int, state: str, by: str, at: datetime) -> None:
    """Take an exception out of the queue as `repaired` or `dismissed`."""
    connection.execute(
        update(event_exception)
        .where(event_exception.c.id == exception_id)
        .values(state=state, closed_by=by, closed_at=at)
    )


def count_open_of_till(connection: Connection, till_id: str) -> int:
    """How many exceptions of one till are open."""
    return int(
        connection.execute(
            select(func.count())
            .select_from(event_exception)
            .where(event_exception.c.state == "open", event_exception.c.till_id == till_id)
        ).scalar_one()
    )
