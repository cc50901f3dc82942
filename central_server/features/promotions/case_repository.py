"""SQL of the baskets that promotions are checked with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, select

from central_server.features.promotions.tables import promotion_case
from central_server.platform.database import among
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork


def insert_case(unit: UnitOfWork, values: dict[str, Any]) -> int:
    """Add a check; its number."""
    statement = promotion_case.insert().values(values).returning(promotion_case.c.case_id)
    return int(unit.connection.execute(statement).scalar_one())


def delete_case(unit: UnitOfWork, case_id: int) -> None:
    """Forget a check."""
    unit.connection.execute(promotion_case.delete().where(promotion_case.c.case_id == case_id))


def case_rows(unit: ReadUnit, promotion_ids: Iterable[str]) -> list[Row[Any]]:
    """The checks of these promotions in the order they were written."""
    query = (
        select(promotion_case)
        .where(among(unit.connection, promotion_case.c.promotion_id, promotion_ids))
        .order_by(promotion_case.c.case_id)
    )
    return list(unit.connection.execute(query))
