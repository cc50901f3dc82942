"""Offers for head office: `/api/v1/offers`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel, Field

from central_server.features.audit.service import added, record
from central_server.features.offers import service
from central_server.platform.access import Right, StaffIdentity, needs
from central_server.platform.unit_of_work import ReadOnlyUnit, WriteUnit

router = APIRouter(prefix="/api/v1", tags=["offers"])

OfferReader = Annotated[StaffIdentity, needs(Right.PRICES_READ)]
OfferMaker = Annotated[StaffIdentity, needs(Right.OFFERS_WRITE)]


class OfferView(BaseModel):
    """An offer; `holds_now` by the business clock."""

    code: str
    name: str
    kind: service.OfferKind
    valid_from: datetime | None
    valid_to: datetime | None
    holds_now: bool

    @classmethod
    def of(cls, offer: service.Offer, now: datetime) -> OfferView:
        """The view of an offer at `now`."""
        return cls(
            code=offer.code,
            name=offer.name,
            kind=offer.kind,
            valid_from=offer.valid_from,
            valid_to=offer.valid_to,
            holds_now=offer.holds_at(now),
        )


class NewOffer(BaseModel):
    """An offer to be added."""

    code: str = Field(max_length=31)
    name: str = Field(min_length=1, max_length=120)
    kind: service.OfferKind
    valid_from: AwareDatetime | None = None
    valid_to: AwareDatetime | None = None


@router.get("/offers", summary="All offers")
def offers(request: Request, _staff: OfferReader, unit: ReadOnlyUnit) -> list[OfferView]:
    """Every offer by code."""
    now = request.app.state.business_clock.now()
    return [OfferView.of(offer, now) for offer in service.list_offers(unit)]


@router.post("/offers", summary="Add an offer", status_code=201)
def add(new: NewOffer, request: Request, staff: OfferMaker, unit: WriteUnit) -> OfferView:
    """An offer under which articles can have prices from now on."""
    now = request.app.state.business_clock.now()
    offer = service.Offer(new.code, new.name, new.kind, new.valid_from, new.valid_to)
    made = service.add_offer(unit, offer, now)
    at = request.app.state.system_clock.now()
    record(unit, staff.staff_id, at, added("offer", made.code, made.facts()))
    return OfferView.of(made, now)
