"""SQL of the figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, and_, func, select
from sqlalchemy.dialects import postgresql, sqlite

from central_server.features.reporting.tables import figure_sales, figure_tender, figure_vat
from central_server.features.sales.tables import sale
from central_server.platform.database import is_postgresql


def add_cells(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Add the numbers of `rows` to the cells with their keys, creating cells that are not there yet."""
    if not rows:
        return
    insert = postgresql.insert(table) if is_postgresql(connection) else sqlite.insert(table)
    keys = [column.name for column in table.primary_key.columns]
    sums = {
        column.name: column + insert.excluded[column.name]
        for column in table.columns
        if column.name not in keys
    }
    connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=sums), list(rows))


def sales_by(
    connection: Connection, first: date, last: date, store_ids: Sequence[str], group: Sequence[str]
) -> list[dict[str, Any]]:
    """Sums of `figure_sales` over days and stores, by the named columns and always by currency."""
    names = ("receipts", "returns", "lines", "quantity_thousandths", "gross", "discount")
    return _sums(connection, figure_sales, names, (first, last, store_ids), group)


def vat_by(
    connection: Connection, first: date, last: date, store_ids: Sequence[str], group: Sequence[str]
) -> list[dict[str, Any]]:
    """Sums of `figure_vat` over days and stores, by the named columns and always by currency."""
    return _sums(connection, figure_vat, ("gross", "net", "vat"), (first, last, store_ids), group)


def tender_by(
    connection: Connection, first: date, last: date, store_ids: Sequence[str], group: Sequence[str]
) -> list[dict[str, Any]]:
    """Sums of `figure_tender` over days and stores, by the named columns and always by currency."""
    return _sums(connection, figure_tender, ("count", "amount"), (first, last, store_ids), group)


def days_that_differ(connection: Connection) -> list[dict[str, Any]]:
    """Days of stores whose figures are not the sum of their booked receipts; both sums in minor units."""
    day = ("store_id", "business_date", "currency")
    booked = (
        select(
            *(sale.c[name] for name in day),
            func.sum(sale.c.total - sale.c.value_gross).label("of_receipts"),
        )
        .group_by(*(sale.c[name] for name in day))
        .subquery()
    )
    added = (
        select(
            *(figure_sales.c[name] for name in day),
            func.sum(figure_sales.c.gross).label("of_figures"),
        )
        .group_by(*(figure_sales.c[name] for name in day))
        .subquery()
    )
    same = and_(*(booked.c[name] == added.c[name] for name in day))
    both = (func.coalesce(added.c.of_figures, 0), func.coalesce(booked.c.of_receipts, 0))
    rows = connection.execute(
        select(
            *(func.coalesce(added.c[name], booked.c[name]).label(name) for name in day),
            both[0].label("of_figures"),
            both[1].label("of_receipts"),
        )
        .select_from(added.outerjoin(booked, same, full=True))
        .where(both[0] != both[1])
    )
    sums = ("of_figures", "of_receipts")
    return [
        {name: int(value) if name in sums else value for name, value in row.items()}
        for row in rows.mappings()
    ]


def days_with_figures(connection: Connection, store_ids: Sequence[str]) -> tuple[date, date] | None:
    """First and last business date that has figures in these stores."""
    row = connection.execute(
        select(
            func.min(figure_sales.c.business_date), func.max(figure_sales.c.business_date)
        ).where(figure_sales.c.store_id.in_(store_ids))
    ).one()
    return None if row[0] is None else (row[0], row[1])


def _sums(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    where: tuple[date, date, Sequence[str]],
    group: Sequence[str],
) -> list[dict[str, Any]]:
    first, last, store_ids = where
    keys = [table.c[name] for name in (*group, "currency")]
    sums = [func.sum(table.c[name]).label(name) for name in names]
    rows = connection.execute(
        select(*keys, *sums)
        .where(table.c.business_date.between(first, last), table.c.store_id.in_(store_ids))
        .group_by(*keys)
        .order_by(*keys)
    )
    # PostgreSQL sums bigint to numeric; the figures are whole numbers.
    return [
        {name: int(value) if name in names else value for name, value in row.items()}
        for row in rows.mappings()
    ]
