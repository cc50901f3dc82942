"""SQL of booked receipts with the events that they were booked from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, func, select

from central_server.features.sales.tables import sale
from central_server.gateway.journal.tables import till_event

_AT_ONCE = 500


def first_and_last_day(connection: Connection, first: date, last: date) -> tuple[date, date] | None:
    """The first and the last day between two on which anything was booked."""
    query = select(func.min(sale.c.business_date), func.max(sale.c.business_date)).where(
        sale.c.business_date.between(first, last)
    )
    low, high = connection.execute(query).one()
    return (low, high) if low is not None else None


@dataclass(frozen=True, slots=True)
class Share:
    """One of several parts of all receipts, by their ids, so that a receipt is in the same part for every reader."""

    place: int = 0
    of: int = 1

    def has(self, event_id: UUID) -> bool:
        """Whether a receipt is in it."""
        return event_id.int % self.of == self.place


def count_sold(
    connection: Connection, first: date, last: date, currency: str, store_id: str | None
) -> int:
    """How many receipts between two days sold something."""
    query = (
        select(func.count())
        .select_from(sale)
        .where(
            sale.c.business_date.between(first, last),
            sale.c.currency == currency,
            ~sale.c.is_return,
        )
    )
    if store_id is not None:
        query = query.where(sale.c.store_id == store_id)
    return connection.execute(query).scalar_one()


def sold_on(
    connection: Connection, day: date, currency: str, store_id: str | None, share: Share
) -> Iterator[list[tuple[UUID, bytes]]]:
    """The events of the receipts of a day that sold something, in the order of their time, some hundred at once."""
    query = (
        select(sale.c.event_id, sale.c.till_id, sale.c.incarnation)
        .where(sale.c.business_date == day, sale.c.currency == currency, ~sale.c.is_return)
        .order_by(sale.c.finished_at, sale.c.event_id)
    )
    if store_id is not None:
        query = query.where(sale.c.store_id == store_id)
    # Only ids are sorted; the bodies follow by them, so that a day of a large chain needs no room for all of it.
    keys = connection.execution_options(yield_per=_AT_ONCE).execute(query)
    for read in keys.partitions(_AT_ONCE):
        page = [key for key in read if share.has(key.event_id)]
        bodies = _bodies(connection, [key.event_id for key in page])
        yield [(key.event_id, bodies[tuple(key)]) for key in page if tuple(key) in bodies]


def _bodies(connection: Connection, ids: Sequence[UUID]) -> dict[tuple[UUID, str, int], bytes]:
    """By event, till and incarnation: another till may have sent an event with the same id."""
    columns = (till_event.c.event_id, till_event.c.till_id, till_event.c.incarnation)
    query = select(*columns, till_event.c.body).where(till_event.c.event_id.in_(ids))
    return {(row[0], row[1], row[2]): row[3] for row in connection.execute(query)}
