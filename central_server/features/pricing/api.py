"""Prices for head office: `/api/v1/quote`, `/api/v1/prices`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, BaseModel, Field

from central_server.features.audit.service import changed, record
from central_server.features.catalogue.service import skus_of
from central_server.features.pricing import service
from central_server.platform.access import Right, StaffIdentity, needs
from central_server.platform.unit_of_work import ReadOnlyUnit, WriteUnit
from shared.pricing import STANDARD_OFFER, PriceEntry, lowest_in_window

router = APIRouter(prefix="/api/v1", tags=["pricing"])

PriceReader = Annotated[StaffIdentity, needs(Right.PRICES_READ)]
PriceSetter = Annotated[StaffIdentity, needs(Right.PRICES_WRITE)]


class PriceView(BaseModel):
    """A price entry; `amount` in minor units. `lowest_30d` is the lowest of the 30 days before it began."""

    sku: str
    offer: str
    scope: str
    channel: str
    amount: int
    currency: str
    valid_from: datetime
    valid_to: datetime | None
    lowest_30d: int | None

    @classmethod
    def of(cls, entry: PriceEntry, lowest: PriceEntry | None) -> PriceView:
        """The view of a price."""
        return cls(
            sku=entry.sku,
            offer=entry.offer,
            scope=entry.scope,
            channel=entry.channel,
            amount=entry.amount,
            currency=entry.currency,
            valid_from=entry.valid_from,
            valid_to=entry.valid_to,
            lowest_30d=lowest.amount if lowest is not None else None,
        )


class NewPrice(BaseModel):
    """A price to be set: with an end its time must be free, without one it takes over."""

    offer: str = Field(default=STANDARD_OFFER, max_length=31)
    scope: str = Field(default="chain", max_length=40)
    channel: str = Field(default="", max_length=16, pattern=r"^[a-z]*$")
    amount: int = Field(ge=0, le=10**13, description="minor units, gross")
    currency: str = Field(min_length=3, max_length=3)
    valid_from: AwareDatetime | None = Field(default=None, description="now if left out")
    valid_to: AwareDatetime | None = None


class PriceAnswer(BaseModel):
    """Whether the price was set, or was so already."""

    changed: bool


@router.get("/quote", summary="What an article costs in a store")
def quote(
    request: Request,
    staff: PriceReader,
    unit: ReadOnlyUnit,
    sku: Annotated[str, Query(max_length=64)],
    store: Annotated[str, Query(max_length=31)],
    offer: Annotated[str, Query(max_length=31)] = STANDARD_OFFER,
    channel: Annotated[str, Query(max_length=16)] = "store",
    at: AwareDatetime | None = None,
) -> PriceView:
    """The price that holds through an offer, now or at a given time, with its 30-day-lowest."""
    staff.require_store(store)
    moment = at or request.app.state.business_clock.now()
    found = service.quote(unit, sku, store, moment, offer=offer, channel=channel)
    return PriceView.of(found.price, found.lowest_30d)


@router.get("/products/{article_no}/prices", summary="All prices of a product in all its offers")
def prices(article_no: str, staff: PriceReader, unit: ReadOnlyUnit) -> list[PriceView]:
    """The price matrix of a product with validity and 30-day-lowest, past prices too."""
    found = service.prices_of(unit, skus_of(unit, article_no))
    views = []
    for entries in found.values():
        for entry in entries:
            scope_store = entry.scope.removeprefix("store:")
            if scope_store != entry.scope and not staff.may_see_store(scope_store):
                continue
            same = [
                e
                for e in entries
                if (e.offer, e.scope, e.channel, e.currency)
                == (entry.offer, entry.scope, entry.channel, entry.currency)
            ]
            views.append(PriceView.of(entry, lowest_in_window(same, entry.valid_from)))
    return views


@router.put("/prices/{sku}", summary="Set a price")
def set_price(
    sku: str, new: NewPrice, request: Request, staff: PriceSetter, unit: WriteUnit
) -> PriceAnswer:
    """Set the price of an article in an offer and scope."""
    now = request.app.state.business_clock.now()
    entry = PriceEntry(
        sku=sku,
        scope=new.scope,
        amount=new.amount,
        currency=new.currency,
        valid_from=new.valid_from or now,
        valid_to=new.valid_to,
        offer=new.offer,
        channel=new.channel,
    )
    key = (entry.offer, entry.scope, entry.channel, entry.currency)
    history = service.prices_of(unit, [sku], [entry.scope]).get(sku, [])
    held = next(
        (
            one
            for one in history
            if (one.offer, one.scope, one.channel, one.currency) == key
            and one.holds_at(entry.valid_from)
        ),
        None,
    )
    done = service.set_price(unit, entry, now)
    if done:
        change = changed("price", sku, service.price_facts(held), service.price_facts(entry))
        record(unit, staff.staff_id, request.app.state.system_clock.now(), change)
    return PriceAnswer(changed=done)
