"""SQL of the two copies of an event where a till sent two journals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from central_server.gateway.journal.tables import till_event, till_fork


def copies(connection: Connection, till_id: str) -> list[dict[str, Any]]:
    """Every event of a till of which another copy is kept: first what was stored, then what came later."""
    both = till_fork.join(
        till_event,
        (till_event.c.till_id == till_fork.c.till_id)
        & (till_event.c.incarnation == till_fork.c.incarnation)
        & (till_event.c.seq == till_fork.c.seq),
        isouter=True,
    )
    rows = connection.execute(
        select(
            till_fork.c.incarnation,
            till_fork.c.seq,
            till_event.c.type.label("stored_type"),
            till_event.c.hash.label("stored_hash"),
            till_event.c.received_at.label("stored_at"),
            till_fork.c.type.label("other_type"),
            till_fork.c.hash.label("other_hash"),
            till_fork.c.received_at.label("other_at"),
        )
        .select_from(both)
        .where(till_fork.c.till_id == till_id)
        .order_by(till_fork.c.incarnation, till_fork.c.seq, till_fork.c.received_at)
        .limit(500)
    )
    return [dict(row) for row in rows.mappings()]


def bodies(
    connection: Connection, till_id: str, incarnation: int, seq: int
) -> list[tuple[str, bytes, datetime]]:
    """Hash, body and time of arrival of every copy of one event, the stored one first."""
    found: list[tuple[str, bytes, datetime]] = []
    for table in (till_event, till_fork):
        rows = connection.execute(
            select(table.c.hash, table.c.body, table.c.received_at)
            .where(
                table.c.till_id == till_id,
                table.c.incarnation == incarnation,
                table.c.seq == seq,
            )
            .order_by(table.c.received_at)
        )
        found.extend((row.hash.hex(), row.body, row.received_at) for row in rows)
    return found
