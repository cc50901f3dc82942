"""Figures for head office: `/api/v1/figures`. None of them is about a person."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from central_server.features.reporting import service
from central_server.features.stores.schemas import RateView
from central_server.features.stores.service import list_stores
from central_server.platform.access import Right, StaffIdentity, needs
from central_server.platform.unit_of_work import ReadUnit, ReportOnlyUnit

router = APIRouter(prefix="/api/v1", tags=["figures"])

FigureReader = Annotated[StaffIdentity, needs(Right.FIGURES_READ)]


class SalesCell(BaseModel):
    """Sums over receipts in one currency; amounts in minor units. What they are grouped by is filled in."""

    currency: str
    receipts: int
    returns: int
    lines: int
    quantity_thousandths: int
    gross: int
    discount: int
    store_id: str | None = None
    till_id: str | None = None
    hour: int | None = None
    business_date: date | None = None


class VatCell(BaseModel):
    """Sums of one VAT rate."""

    category: str
    rate_thousandths: int
    currency: str
    gross: int
    net: int
    vat: int


class TenderCell(BaseModel):
    """Sums of one kind of tender."""

    tender: str
    currency: str
    count: int
    amount: int


class ChainTotalView(BaseModel):
    """The turnover of all stores in one currency, with the rates it was worked out with."""

    currency: str
    gross: int
    rates: list[RateView]


class DayView(BaseModel):
    """Everything about a day. `chain` is null while a rate of the day is missing; `missing_rates` names those."""

    day: date
    totals: list[SalesCell]
    stores: list[SalesCell]
    tills: list[SalesCell]
    hours: list[SalesCell]
    vat: list[VatCell]
    tenders: list[TenderCell]
    chain: ChainTotalView | None
    missing_rates: list[str]


@router.get("/figures", summary="Sales per store and business date")
def figures(
    staff: FigureReader,
    unit: ReportOnlyUnit,
    first: Annotated[date, Query(alias="from")],
    last: Annotated[date, Query(alias="to")],
    store: str | None = None,
) -> list[SalesCell]:
    """Of one store, or of all that the person signed in may see."""
    service.check_range(first, last)
    rows = service.turnover_by_day(unit, first, last, _stores(unit, staff, store))
    return [SalesCell.model_validate(row) for row in rows]


@router.get("/figures/day/{day}", summary="The figures of one day")
def day_figures(
    day: date, staff: FigureReader, unit: ReportOnlyUnit, store: str | None = None
) -> DayView:
    """By currency, store, till, hour, VAT rate and tender."""
    found = service.day_figures(
        unit, day, _stores(unit, staff, store), service.chain_currency(unit)
    )
    chain = found.chain
    return DayView(
        day=day,
        totals=[SalesCell.model_validate(row) for row in found.totals],
        stores=[SalesCell.model_validate(row) for row in found.stores],
        tills=[SalesCell.model_validate(row) for row in found.tills],
        hours=[SalesCell.model_validate(row) for row in found.hours],
        vat=[VatCell.model_validate(row) for row in found.vat],
        tenders=[TenderCell.model_validate(row) for row in found.tenders],
        chain=None
        if chain is None
        else ChainTotalView(
            currency=chain.total.code,
            gross=chain.total.minor,
            rates=[RateView.of(rate) for rate in chain.rates],
        ),
        missing_rates=list(found.missing_rates),
    )


def _stores(unit: ReadUnit, staff: StaffIdentity, store: str | None) -> list[str]:
    if store is not None:
        staff.require_store(store)
    only = staff.only_stores() if store is None else {store}
    return [one.store_id for one in list_stores(unit, only)]
