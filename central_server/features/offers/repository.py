"""SQL of offers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from central_server.features.offers.tables import offer
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork


def offer_rows(unit: ReadUnit) -> list[Row[Any]]:
    """Every offer by code."""
    return list(unit.connection.execute(select(offer).order_by(offer.c.code)))


def offer_row(unit: ReadUnit, code: str) -> Row[Any] | None:
    """One offer."""
    return unit.connection.execute(select(offer).where(offer.c.code == code)).one_or_none()


def update_offer(unit: UnitOfWork, code: str, values: dict[str, Any]) -> None:
    """Change an offer."""
    unit.connection.execute(offer.update().where(offer.c.code == code).values(**values))


def insert_offer(unit: UnitOfWork, values: dict[str, Any]) -> None:
    """Add an offer."""
    unit.connection.execute(offer.insert().values(**values))
