"""SQL of what lies at a place, and of how it came there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, select

from central_server.features.stock.tables import stock_level, stock_movement
from central_server.platform.database import among
from central_server.platform.unit_of_work import ReadUnit

STATES = ("all", "there", "empty", "below")


def levels_at(
    unit: ReadUnit,
    location_id: str,
    state: str,
    skus: Collection[str] | None,
    window: tuple[str, int],
) -> list[Row[Any]]:
    """Levels at a place by sku: all, above zero (`there`), zero (`empty`) or `below`; `skus` narrows to some.

    `window` is the sku behind which to begin, and how many are wanted.
    """
    level = stock_level.c
    after, limit = window
    query = select(stock_level).where(level.location_id == location_id, level.sku > after)
    if state == "there":
        query = query.where(level.quantity_thousandths > 0)
    elif state == "empty":
        query = query.where(level.quantity_thousandths == 0)
    elif state == "below":
        query = query.where(level.quantity_thousandths < 0)
    if skus is not None:
        query = query.where(among(unit.connection, level.sku, sorted(skus)))
    return list(unit.connection.execute(query.order_by(level.sku).limit(limit)))


def movements(
    unit: ReadUnit,
    location_id: str,
    sku: str,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Row[Any]]:
    """Movements of a sku at a place, latest first; `before` is the last one shown."""
    moved = stock_movement.c
    query = select(stock_movement).where(moved.location_id == location_id, moved.sku == sku)
    if before is not None:
        at, movement_id = before
        same_moment = and_(moved.occurred_at == at, moved.movement_id < movement_id)
        query = query.where((moved.occurred_at < at) | same_moment)
    ordered = query.order_by(moved.occurred_at.desc(), moved.movement_id.desc())
    return list(unit.connection.execute(ordered.limit(limit)))
