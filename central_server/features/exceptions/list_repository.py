"""SQL of the lists of exceptions that people look at."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from central_server.features.exceptions.tables import event_exception
from central_server.platform.database import among


def open_by_till(connection: Connection) -> dict[str, int]:
    """How many exceptions are open, by till; tills without any are left out."""
    rows = connection.execute(
        select(event_exception.c.till_id, func.count().label("open"))
        .where(event_exception.c.state == "open")
        .group_by(event_exception.c.till_id)
    )
    return {row.till_id: row.open for row in rows}


def raised_since(
    connection: Connection, since: datetime, till_ids: Collection[str]
) -> dict[str, int]:
    """How many exceptions of these tills were raised since, open or not; tills without any are left out."""
    rows = connection.execute(
        select(event_exception.c.till_id, func.count().label("raised"))
        .where(
            event_exception.c.raised_at >= since,
            among(connection, event_exception.c.till_id, till_ids),
        )
        .group_by(event_exception.c.till_id)
    )
    return {row.till_id: row.raised for row in rows}


def page(
    connection: Connection,
    states: Collection[str] | None,
    till_ids: Collection[str] | None,
    before: int | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Exceptions by falling number, in these states and of these tills (None: any), from below `before`."""
    query = select(event_exception).order_by(event_exception.c.id.desc()).limit(limit)
    if states is not None:
        query = query.where(event_exception.c.state.in_(sorted(states)))
    if till_ids is not None:
        query = query.where(event_exception.c.till_id.in_(sorted(till_ids)))
    if before is not None:
        query = query.where(event_exception.c.id < before)
    rows = connection.execute(query).mappings()
    return [{**row, "params": json.loads(row["params"])} for row in rows]


def look(connection: Connection, exception_id: int) -> dict[str, Any] | None:
    """One exception, to look at only."""
    row = (
        connection.execute(select(event_exception).where(event_exception.c.id == exception_id))
        .mappings()
        .one_or_none()
    )
    return {**row, "params": json.loads(row["params"])} if row is not None else None
