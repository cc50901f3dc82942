"""SQL of plans."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from central_server.features.reporting.tables import figure_plan
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork


def plans(
    unit: ReadUnit, first: date, last: date, store_ids: Sequence[str]
) -> dict[tuple[str, date], int]:
    """The plans of months that begin between two days, by store and first day of the month."""
    query = select(figure_plan.c.store_id, figure_plan.c.month, figure_plan.c.amount).where(
        figure_plan.c.month.between(first, last), figure_plan.c.store_id.in_(list(store_ids))
    )
    return {(row[0], row[1]): row[2] for row in unit.connection.execute(query)}


def set_plan(
    unit: UnitOfWork, key: tuple[str, date], amount: int | None, by: str, at: datetime
) -> None:
    """Put a plan in place of the one of that store and month, or take it away with None."""
    table = figure_plan
    unit.connection.execute(
        table.delete().where(table.c.store_id == key[0], table.c.month == key[1])
    )
    if amount is not None:
        values = {"store_id": key[0], "month": key[1], "amount": amount}
        unit.connection.execute(table.insert().values(**values, changed_by=by, changed_at=at))
