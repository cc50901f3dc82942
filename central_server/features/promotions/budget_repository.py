"""SQL of the amounts at which promotions are withdrawn by themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from central_server.features.promotions.tables import promotion, promotion_budget_stop
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork

_STOP = promotion_budget_stop


def row(unit: ReadUnit, promotion_id: str) -> Row[Any] | None:
    """The stop of a promotion."""
    query = select(_STOP).where(_STOP.c.promotion_id == promotion_id)
    return unit.connection.execute(query).one_or_none()


def amounts(unit: ReadUnit) -> list[Row[Any]]:
    """All stops: promotion and amount."""
    query = select(_STOP.c.promotion_id, _STOP.c.amount)
    return list(unit.connection.execute(query))


def insert(unit: UnitOfWork, values: dict[str, Any]) -> None:
    """Set a stop."""
    unit.connection.execute(_STOP.insert().values(values))


def delete(unit: UnitOfWork, promotion_id: str) -> None:
    """Take a stop away."""
    unit.connection.execute(_STOP.delete().where(_STOP.c.promotion_id == promotion_id))


def reached(unit: ReadUnit) -> list[str]:
    """The promotions that count and have given what their stop says, and were not stopped by it before."""
    query = (
        select(_STOP.c.promotion_id)
        .join(promotion, promotion.c.promotion_id == _STOP.c.promotion_id)
        .where(
            _STOP.c.reached_at.is_(None),
            promotion.c.withdrawn.is_(False),
            promotion.c.amount >= _STOP.c.amount,
        )
        .order_by(_STOP.c.promotion_id)
    )
    return list(unit.connection.execute(query).scalars())


def note_reached(unit: UnitOfWork, promotion_id: str, at: datetime) -> None:
    """Note that a stop did what it is for."""
    unit.connection.execute(
        _STOP.update().where(_STOP.c.promotion_id == promotion_id).values(reached_at=at)
    )
