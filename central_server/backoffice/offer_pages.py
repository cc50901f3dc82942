"""`/offers`: stores, web shop, catalogues and flyers, when they hold, and what has a price of its own in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from central_server.backoffice.formats import DASH
from central_server.backoffice.price_pages import typed_moment
from central_server.backoffice.scope import Scope, link, scope_of
from central_server.backoffice.shell import Reader, attention, reader_of, render
from central_server.backoffice.trail import note
from central_server.backoffice.visitors import Visitor, looks, sends
from central_server.backoffice.words import word
from central_server.features.audit.service import added, changed
from central_server.features.catalogue.service import items
from central_server.features.offers import service
from central_server.features.offers.service import STANDARD_NAME, Offer, OfferKind
from central_server.features.pricing.service import count_priced, prices_of_offer
from central_server.platform.access import Right
from central_server.platform.translations import mark
from central_server.platform.unit_of_work import ReadOnlyUnit, ReadUnit, WriteUnit
from shared.catalogue import pick_text
from shared.errors import DomainError
from shared.pricing import STANDARD_OFFER, PriceEntry

router = APIRouter(include_in_schema=False)

OfferReader = Annotated[Visitor, looks(Right.PRICES_READ)]
OfferKeeper = Annotated[Visitor, sends(Right.OFFERS_WRITE)]
Typed = Annotated[str, Form(max_length=20)]

_PAGE = 50
KINDS: Mapping[str, str] = {
    OfferKind.STORE: mark("Stores"),
    OfferKind.WEB: mark("Web shop"),
    OfferKind.CATALOGUE: mark("Catalogue"),
    OfferKind.FLYER: mark("Flyer"),
}
# The field that a refusal is about, and what to say beside it.
_PROBLEMS: Mapping[str, tuple[str, str]] = {
    "offer_code_invalid": ("code", mark("Use A to Z, digits and - only.")),
    "offer_exists": ("code", mark("There is an offer with this code already.")),
    "offer_name_missing": ("name", mark("An offer has a name.")),
    "offer_kind_unknown": ("kind", mark("Choose a kind.")),
    "offer_validity_empty": ("end", mark("The end lies before the beginning.")),
    "offer_standard": ("begin", mark("The offer of the stores always holds.")),
    "time_invalid": ("begin", mark("This is not a time.")),
}
_EMPTY = {"code": "", "name": "", "kind": "flyer", "begin": "", "end": ""}


@router.get("/offers")
def offer_list(request: Request, visitor: OfferReader, unit: ReadOnlyUnit) -> Response:
    """All offers and the form for another one."""
    return _list(request, visitor, unit, _EMPTY)


@router.post("/offers")
def add(
    request: Request,
    visitor: OfferKeeper,
    unit: WriteUnit,
    code: Annotated[str, Form(max_length=31)] = "",
    name: Annotated[str, Form(max_length=120)] = "",
    kind: Annotated[str, Form(max_length=16)] = "",
    begin: Typed = "",
    end: Typed = "",
) -> Response:
    """Add an offer."""
    given = {"code": code, "name": name, "kind": kind, "begin": begin, "end": end}
    zone = scope_of(unit, visitor, None).zone
    try:
        wanted = service.parse_kind(kind)
        new = Offer(
            code.strip(), name.strip(), wanted, typed_moment(begin, zone), typed_moment(end, zone)
        )
        made = service.add_offer(unit, new, request.app.state.business_clock.now())
    except DomainError as refusal:
        return _list(request, visitor, unit, given, _problem(refusal))
    note(request, visitor, unit, added("offer", made.code, made.facts()))
    return RedirectResponse(f"/offers/{made.code}", status_code=303)


@router.get("/offers/{code}")
def offer_page(
    request: Request,
    code: str,
    visitor: OfferReader,
    unit: ReadOnlyUnit,
    after: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """One offer, and what has a price in it now or later."""
    offer = service.get_offer(unit, code)
    zone = scope_of(unit, visitor, None).zone
    return _page(request, visitor, unit, offer, _given(offer, zone), after=after)


@router.post("/offers/{code}")
def change(
    request: Request,
    code: str,
    visitor: OfferKeeper,
    unit: WriteUnit,
    name: Annotated[str, Form(max_length=120)] = "",
    begin: Typed = "",
    end: Typed = "",
) -> Response:
    """Change its name and when it holds."""
    before = service.get_offer(unit, code)
    zone = scope_of(unit, visitor, None).zone
    try:
        after = service.change_offer(
            unit, code, name.strip(), typed_moment(begin, zone), typed_moment(end, zone)
        )
    except DomainError as refusal:
        given = {**_given(before, zone), "name": name, "begin": begin, "end": end}
        return _page(request, visitor, unit, before, given, _problem(refusal))
    note(request, visitor, unit, changed("offer", code, before.facts(), after.facts()))
    return RedirectResponse(link(f"/offers/{code}", saved=1), status_code=303)


def _problem(refusal: DomainError) -> tuple[str, str]:
    if refusal.code not in _PROBLEMS:
        raise refusal
    return _PROBLEMS[refusal.code]


def _given(offer: Offer, zone: str) -> dict[str, str]:
    begin, end = (
        f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}" if at is not None else ""
        for at in (offer.valid_from, offer.valid_to)
    )
    return {
        "code": offer.code,
        "name": offer.name,
        "kind": offer.kind.value,
        "begin": begin,
        "end": end,
    }


def _name(reader: Reader, offer: Offer) -> str:
    """What it is called; the offer that every chain begins with in the reader's language, until somebody names it."""
    unnamed = offer.code == STANDARD_OFFER and offer.name == STANDARD_NAME
    return word(reader.texts, KINDS, OfferKind.STORE) if unnamed else offer.name


def _state(offer: Offer, now: datetime) -> tuple[str, str]:
    if offer.holds_at(now):
        return mark("Holds now"), "ok"
    if offer.valid_from is not None and now < offer.valid_from:
        return mark("To come"), "info"
    return mark("Over"), ""


def _list(
    request: Request,
    visitor: Visitor,
    unit: ReadUnit,
    given: Mapping[str, str],
    problem: tuple[str, str] = ("", ""),
) -> Response:
    reader, scope = reader_of(request, visitor), scope_of(unit, visitor, None)
    now = request.app.state.business_clock.now()
    offers = service.list_offers(unit)
    # Nearly everything has a price in the stores' offer: counting them would be reading all of them.
    counts = count_priced(unit, [one.code for one in offers if one.code != STANDARD_OFFER])
    rows = [
        {
            "offer": one,
            "name": _name(reader, one),
            "kind": word(reader.texts, KINDS, one.kind),
            "state": _state(one, now),
            **_validity(reader, one.valid_from, one.valid_to, scope.zone),
            "prices": reader.formats.count(counts.get(one.code, 0)),
        }
        for one in offers
    ]
    return render(
        request,
        "offers.html",
        part="offers",
        status=422 if problem[0] else 200,
        waiting=attention(unit, visitor, request),
        rows=rows,
        kinds=[(one.value, word(reader.texts, KINDS, one)) for one in OfferKind],
        given=given,
        problem_field=problem[0],
        problem=problem[1],
    )


def _page(
    request: Request,
    visitor: Visitor,
    unit: ReadUnit,
    offer: Offer,
    given: Mapping[str, str],
    problem: tuple[str, str] = ("", ""),
    after: str = "",
) -> Response:
    reader, scope = reader_of(request, visitor), scope_of(unit, visitor, None)
    now = request.app.state.business_clock.now()
    found = prices_of_offer(unit, offer.code, now, after, _PAGE + 1)
    skus = list(dict.fromkeys(entry.sku for entry in found))
    shown = skus[:_PAGE]
    goods = items(unit, shown)
    names = {
        sku: pick_text(item.names, visitor.member.language) or sku for sku, item in goods.items()
    }
    return render(
        request,
        "offer.html",
        part="offers",
        status=422 if problem[0] else 200,
        waiting=attention(unit, visitor, request),
        offer=offer,
        name=_name(reader, offer),
        kind=word(reader.texts, KINDS, offer.kind),
        state=_state(offer, now),
        given=given,
        rows=[
            _row(reader, scope, entry, names.get(entry.sku, entry.sku))
            for entry in found
            if entry.sku in set(shown) and _is_visible(entry, scope, visitor)
        ],
        more=link(f"/offers/{offer.code}", after=shown[-1]) if len(skus) > _PAGE else "",
        first=f"/offers/{offer.code}" if after else "",
        problem_field=problem[0],
        problem=problem[1],
        saved=request.query_params.get("saved") == "1",
    )


def _is_visible(entry: PriceEntry, scope: Scope, visitor: Visitor) -> bool:
    """Prices of stores that are not the visitor's are none of theirs."""
    own = {f"store:{store.store_id}" for store in scope.visible}
    everything = visitor.identity.sees_all_stores
    return everything or not entry.scope.startswith("store:") or entry.scope in own


def _row(reader: Reader, scope: Scope, entry: PriceEntry, name: str) -> dict[str, str]:
    kind, _, place = entry.scope.partition(":")
    texts = reader.texts
    if kind == "store":
        where = scope.name_of(place)
    elif kind == "market":
        where = texts.gettext("stores in {market}", market=place)
    else:
        where = texts.gettext("whole chain")
    return {
        "sku": entry.sku,
        "name": name,
        "where": where,
        "channel": entry.channel,
        "price": reader.formats.money(entry.amount, entry.currency),
        **_validity(reader, entry.valid_from, entry.valid_to, scope.zone),
    }


def _validity(
    reader: Reader, begin: datetime | None, end: datetime | None, zone: str
) -> dict[str, str]:
    formats = reader.formats
    return {
        "begin": formats.beginning(begin, zone) if begin is not None else DASH,
        "end": formats.ending(end, zone) if end is not None else DASH,
    }
