"""SQL of how far tills have a feed, and of who has a certain entry of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, select

from central_server.gateway.tables import feed_entry, feed_head, till_position
from central_server.platform.database import among
from central_server.platform.schema import feed_dirty
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork

UNNUMBERED = 2**62  # beyond every position that a till can have


class Reached(NamedTuple):
    """A till's place in a feed: in the scopes of chain and market, and in that of its store."""

    epoch: UUID
    wide: int
    store: int


def position(unit: ReadUnit, till_id: str, feed: str) -> Reached | None:
    """How far a till said that it has a feed."""
    table = till_position.c
    query = select(table.epoch, table.wide, table.store).where(
        table.till_id == till_id, table.feed == feed
    )
    row = unit.connection.execute(query).one_or_none()
    return Reached(*row) if row is not None else None


def keep(unit: UnitOfWork, till_id: str, feed: str, reached: Reached, at: datetime) -> None:
    """Note how far a till has a feed."""
    table = till_position
    values = {**reached._asdict(), "reached_at": at}
    here = and_(table.c.till_id == till_id, table.c.feed == feed)
    if unit.connection.execute(table.update().where(here).values(values)).rowcount == 0:
        unit.connection.execute(table.insert().values(till_id=till_id, feed=feed, **values))


def numbers_of(unit: ReadUnit, feed: str, kind: str, key: str) -> dict[str, int]:
    """The number of a key's last change in each scope that it was told to; `UNNUMBERED` where the sequencer has not
    come to it yet, so that nobody counts as having a change for having what was there before it.
    """
    numbered, noted = feed_entry.c, feed_dirty.c
    query = select(numbered.scope, numbered.seq).where(
        numbered.feed == feed, numbered.kind == kind, numbered.key == key
    )
    numbers = {row.scope: row.seq for row in unit.connection.execute(query)}
    waiting = select(noted.scope).where(noted.feed == feed, noted.kind == kind, noted.key == key)
    return numbers | dict.fromkeys(unit.connection.execute(waiting).scalars(), UNNUMBERED)


def reached_by(unit: ReadUnit, feed: str, till_ids: Iterable[str]) -> dict[str, Reached]:
    """How far these tills have a feed as it is now; those that have another one or none are left out."""
    table = till_position.c
    query = (
        select(table.till_id, table.epoch, table.wide, table.store)
        .join(feed_head, and_(feed_head.c.feed == table.feed, feed_head.c.epoch == table.epoch))
        .where(table.feed == feed, among(unit.connection, table.till_id, till_ids))
    )
    return {
        row.till_id: Reached(row.epoch, row.wide, row.store)
        for row in unit.connection.execute(query)
    }
