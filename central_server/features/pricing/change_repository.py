"""SQL of changes of many prices at once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, select

from central_server.features.pricing.tables import price_change, price_change_row
from central_server.platform.database import bulk_insert
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork


def insert_change(unit: UnitOfWork, values: dict[str, Any]) -> int:
    """Add a change; its number."""
    key = unit.connection.execute(price_change.insert().values(**values)).inserted_primary_key
    assert key is not None  # noqa: S101 - the database numbers changes by itself
    return int(key[0])


def insert_rows(unit: UnitOfWork, rows: list[dict[str, Any]]) -> None:
    """Add the prices of a change."""
    bulk_insert(unit.connection, price_change_row, rows)


def change_row(unit: ReadUnit, change_id: int, *, lock: bool = False) -> Row[Any] | None:
    """One change, on demand so that nobody else applies it until the unit ends."""
    query = select(price_change).where(price_change.c.change_id == change_id)
    return unit.connection.execute(query.with_for_update() if lock else query).one_or_none()


def change_rows(unit: ReadUnit, before: int | None, limit: int) -> list[Row[Any]]:
    """Changes, newest first."""
    query = select(price_change).order_by(price_change.c.change_id.desc()).limit(limit)
    if before is not None:
        query = query.where(price_change.c.change_id < before)
    return list(unit.connection.execute(query))


def prices(unit: ReadUnit, change_id: int, limit: int | None = None) -> list[Row[Any]]:
    """The prices of a change: those with a problem first, then by sku."""
    table = price_change_row.c
    query = select(price_change_row).where(table.change_id == change_id)
    query = query.order_by(table.problem.desc(), table.sku)
    return list(unit.connection.execute(query if limit is None else query.limit(limit)))


def count_prices(unit: ReadUnit, change_id: int) -> tuple[int, int]:
    """How many prices a change has, and how many of them have a problem."""
    table = price_change_row.c
    query = select(func.count(), func.count().filter(table.problem != "")).where(
        table.change_id == change_id
    )
    row = unit.connection.execute(query).one()
    return row[0], row[1]


def update_change(unit: UnitOfWork, change_id: int, values: dict[str, Any]) -> None:
    """Write what became of a change."""
    table = price_change
    unit.connection.execute(table.update().where(table.c.change_id == change_id).values(**values))


def note_problem(unit: UnitOfWork, change_id: int, sku: str, problem: str) -> None:
    """Note why a price was not changed."""
    table = price_change_row
    unit.connection.execute(
        table.update()
        .where(table.c.change_id == change_id, table.c.sku == sku)
        .values(problem=problem)
    )
