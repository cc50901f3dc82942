"""Receipts for head office: `/api/v1/receipts`. Who recorded a receipt is no part of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from central_server.features.sales import service
from central_server.features.sales.list_repository import ReceiptFilter
from central_server.features.stores.service import list_stores
from central_server.platform.access import Right, StaffIdentity, needs
from central_server.platform.unit_of_work import ReadOnlyUnit

router = APIRouter(prefix="/api/v1", tags=["receipts"])

ReceiptReader = Annotated[StaffIdentity, needs(Right.RECEIPTS_READ)]


class ReceiptView(BaseModel):
    """A booked receipt in a list; amounts in minor units of `currency`."""

    event_id: UUID
    number: str
    store_id: str
    till_id: str
    is_return: bool
    mode: str
    business_date: date
    started_at: datetime
    finished_at: datetime
    currency: str
    total: int
    lines: int
    external_ref: str

    @classmethod
    def facts(cls, row: dict[str, Any]) -> dict[str, Any]:
        """The fields of the view out of a row."""
        names = set(ReceiptView.model_fields) - {"number"}
        return {**{name: row[name] for name in names}, "number": service.number_of(row)}


class ReceiptList(BaseModel):
    """A page of receipts; `next` is the `mark` of the following page."""

    receipts: list[ReceiptView]
    next: str | None


class LineView(BaseModel):
    """A line of a receipt; quantity and VAT rate in thousandths."""

    number: int
    sku: str
    article_no: str
    name: str
    size: str
    colour: str
    quantity_thousandths: int
    unit_price: int
    discount: int
    gross: int
    vat_category: str
    vat_rate_thousandths: int
    price_source: str


class VatView(BaseModel):
    """What a VAT rate has of a receipt."""

    category: str
    rate_thousandths: int
    gross: int
    net: int
    vat: int


class TenderView(BaseModel):
    """How a part of a receipt was paid; change is negative."""

    kind: str
    amount: int


class ReceiptDetail(ReceiptView):
    """A whole receipt."""

    line_rows: list[LineView]
    vat_rows: list[VatView]
    tender_rows: list[TenderView]


@router.get("/receipts", summary="Receipts of a day, latest first")
def receipts(
    staff: ReceiptReader,
    unit: ReadOnlyUnit,
    day: Annotated[date, Query(alias="date")],
    store: str | None = None,
    till: str | None = None,
    hour: Annotated[int | None, Query(ge=0, le=23)] = None,
    mark: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = service.PAGE_SIZE,
) -> ReceiptList:
    """Of one store, or of all that the person signed in may see."""
    if store is not None:
        staff.require_store(store)
    only = staff.only_stores() if store is None else {store}
    wanted = ReceiptFilter(
        day, [one.store_id for one in list_stores(unit, only)], till_id=till, hour=hour
    )
    page = service.find_receipts(unit, wanted, mark, limit)
    return ReceiptList(
        receipts=[ReceiptView(**ReceiptView.facts(row)) for row in page.rows], next=page.next_mark
    )


@router.get("/receipts/{event_id}", summary="One receipt with lines, VAT and tenders")
def receipt(event_id: UUID, staff: ReceiptReader, unit: ReadOnlyUnit) -> ReceiptDetail:
    """A receipt of a store that the person signed in may see."""
    row = service.get_receipt(unit, event_id)
    staff.require_store(row["store_id"])
    return ReceiptDetail(
        **ReceiptView.facts(row),
        line_rows=[LineView.model_validate(line) for line in row["line_rows"]],
        vat_rows=[VatView.model_validate(part) for part in row["vat_rows"]],
        tender_rows=[TenderView.model_validate(part) for part in row["tender_rows"]],
    )
