"""SQL of batches of vouchers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from central_server.features.instruments.tables import voucher_batch, voucher_batch_customer
from central_server.platform.database import bulk_insert
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork

_WAITING = voucher_batch.c.made < voucher_batch.c.wanted


def insert_batch(unit: UnitOfWork, values: dict[str, Any]) -> None:
    """Add a batch."""
    unit.connection.execute(voucher_batch.insert().values(values))


def batch_row(unit: ReadUnit, batch_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """One batch; with `lock` nobody else issues of it until the unit ends."""
    query = select(voucher_batch).where(voucher_batch.c.batch_id == batch_id)
    return unit.connection.execute(query.with_for_update() if lock else query).one_or_none()


def batch_rows(unit: ReadUnit, limit: int) -> list[Row[Any]]:
    """Batches, the newest first."""
    query = select(voucher_batch).order_by(voucher_batch.c.asked_at.desc()).limit(limit)
    return list(unit.connection.execute(query))


def waiting(unit: ReadUnit) -> Row[Any] | None:
    """The oldest batch of which something is left to be issued."""
    order = (voucher_batch.c.asked_at, voucher_batch.c.batch_id)
    query = select(voucher_batch).where(_WAITING).order_by(*order).limit(1)
    return unit.connection.execute(query).one_or_none()


def note_made(unit: UnitOfWork, batch_id: UUID, made: int) -> None:
    """Note how many of a batch there are."""
    unit.connection.execute(
        voucher_batch.update().where(voucher_batch.c.batch_id == batch_id).values(made=made)
    )


def add_customers(unit: UnitOfWork, batch_id: UUID, customers: Sequence[str]) -> None:
    """Note whom the vouchers of a batch are for, in its order."""
    rows = [
        {"batch_id": batch_id, "place": place, "customer": customer}
        for place, customer in enumerate(customers)
    ]
    bulk_insert(unit.connection, voucher_batch_customer, rows)


def customers_of(unit: ReadUnit, batch_id: UUID, first: int, until: int) -> list[str]:
    """Whom the vouchers from `first` up to `until` are for, in the batch's order."""
    table = voucher_batch_customer.c
    query = select(table.customer).where(
        table.batch_id == batch_id, table.place >= first, table.place < until
    )
    return list(unit.connection.execute(query.order_by(table.place)).scalars())


def forget_customers(unit: UnitOfWork, batch_id: UUID) -> None:
    """Forget whom they are for: the vouchers themselves say so by now."""
    table = voucher_batch_customer
    unit.connection.execute(table.delete().where(table.c.batch_id == batch_id))
