"""Stock for head office: `/api/v1/stock`, `/api/v1/locations`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from central_server.features.stock import service
from central_server.platform.access import Right, StaffIdentity, needs
from central_server.platform.unit_of_work import ReadOnlyUnit
from shared.quantity import format_quantity, from_thousandths

StockReader = Annotated[StaffIdentity, needs(Right.STOCK_READ)]

router = APIRouter(prefix="/api/v1", tags=["stock"])


class LocationView(BaseModel):
    """Where goods can be."""

    location_id: str
    kind: service.LocationKind
    name: str
    parent_id: str | None
    store_id: str | None


class LevelView(BaseModel):
    """How much is at a location; `quantity` as decimal text."""

    location_id: str
    location_name: str
    kind: service.LocationKind
    store_id: str | None
    quantity: str
    changed_at: datetime


class StockView(BaseModel):
    """The stock of a sku: at each location, and altogether."""

    sku: str
    total: str
    levels: list[LevelView]


@router.get("/stock", summary="How much of an article is where")
def stock(
    _staff: StockReader, unit: ReadOnlyUnit, sku: Annotated[str, Query(max_length=64)]
) -> StockView:
    """The levels at all locations: every store may see where an article can be had."""
    levels = service.levels_of_sku(unit, sku)
    total = sum(level.quantity_thousandths for level in levels)
    return StockView(
        sku=sku,
        total=format_quantity(from_thousandths(total)),
        levels=[
            LevelView(
                location_id=level.location.location_id,
                location_name=level.location.name,
                kind=level.location.kind,
                store_id=level.location.store_id,
                quantity=format_quantity(from_thousandths(level.quantity_thousandths)),
                changed_at=level.changed_at,
            )
            for level in levels
        ],
    )


@router.get("/locations", summary="All locations")
def locations(_staff: StockReader, unit: ReadOnlyUnit) -> list[LocationView]:
    """Warehouses, branches and areas."""
    return [
        LocationView(
            location_id=place.location_id,
            kind=place.kind,
            name=place.name,
            parent_id=place.parent_id,
            store_id=place.store_id,
        )
        for place in service.list_locations(unit)
    ]
