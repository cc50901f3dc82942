"""SQL of published snapshots, as the centre's database knows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from central_server.gateway.tables import feed_entry, snapshot
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork


def published(unit: ReadUnit, market: str) -> list[Row[Any]]:
    """The snapshots of a market, newest first."""
    query = (
        select(snapshot)
        .where(snapshot.c.market == market)
        .order_by(snapshot.c.built_at.desc(), snapshot.c.snapshot_id.desc())
    )
    return list(unit.connection.execute(query))


def file_names(unit: ReadUnit) -> set[str]:
    """The files of all published snapshots."""
    return set(unit.connection.execute(select(snapshot.c.file_name)).scalars())


def find(unit: ReadUnit, snapshot_id: str) -> Row[Any] | None:
    """One snapshot."""
    return unit.connection.execute(
        select(snapshot).where(snapshot.c.snapshot_id == snapshot_id)
    ).one_or_none()


def publish(unit: UnitOfWork, values: dict[str, Any]) -> None:
    """Add a snapshot."""
    unit.connection.execute(snapshot.insert().values(**values))


def forget(unit: UnitOfWork, snapshot_id: str) -> None:
    """Withdraw a snapshot."""
    unit.connection.execute(snapshot.delete().where(snapshot.c.snapshot_id == snapshot_id))


def changed_at(unit: ReadUnit, feed: str, seq: int) -> datetime | None:
    """When the entry with this number changed; None if a later change of its key took it away."""
    return unit.connection.execute(
        select(feed_entry.c.changed_at).where(feed_entry.c.feed == feed, feed_entry.c.seq == seq)
    ).scalar_one_or_none()


def build_milliseconds(unit: ReadUnit) -> dict[str, int]:
    """How long the newest snapshot of each market took to build."""
    query = select(snapshot.c.market, snapshot.c.build_milliseconds).order_by(snapshot.c.built_at)
    return {row[0]: row[1] for row in unit.connection.execute(query)}
