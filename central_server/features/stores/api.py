"""Stores and exchange rates for head office: `/api/v1/stores`, `/api/v1/rates`."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter

from central_server.features.stores import service
from central_server.features.stores.schemas import RateView, StoreView
from central_server.platform.access import Right, StaffIdentity, needs
from central_server.platform.unit_of_work import ReadOnlyUnit

StoreReader = Annotated[StaffIdentity, needs(Right.STORES_READ)]

router = APIRouter(prefix="/api/v1", tags=["stores"])


@router.get("/stores", summary="The stores the person signed in may see")
def stores(staff: StoreReader, unit: ReadOnlyUnit) -> list[StoreView]:
    """Every store, or those assigned to the person."""
    return [StoreView.of(store) for store in service.list_stores(unit, staff.only_stores())]


@router.get("/stores/{store_id}", summary="One store")
def store(store_id: str, staff: StoreReader, unit: ReadOnlyUnit) -> StoreView:
    """A store that the person signed in may see."""
    staff.require_store(store_id)
    return StoreView.of(service.get_store(unit, store_id))


@router.get("/rates", summary="Stored exchange rates")
def rates(_staff: StoreReader, unit: ReadOnlyUnit, day: date | None = None) -> list[RateView]:
    """The rates of a day, or all."""
    return [RateView.of(rate) for rate in service.list_rates(unit, day)]
