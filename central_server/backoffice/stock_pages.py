"""`/stock`: what lies at a place, and each movement that brought it there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from central_server.backoffice.marks import mark_of, read_mark
from central_server.backoffice.scope import link, scope_of
from central_server.backoffice.shell import attention, reader_of, render
from central_server.backoffice.visitors import Visitor, looks
from central_server.backoffice.words import AREA_WORDS, MOVEMENT_WORDS, STOCK_WORDS, word
from central_server.features.catalogue import repository as catalogue
from central_server.features.catalogue.search import (
    ArticleQuestion,
    article_of_number,
    find_articles,
)
from central_server.features.catalogue.service import article_names
from central_server.features.stock import place_repository
from central_server.features.stock.service import Location, area_at, levels_of_sku, list_locations
from central_server.platform.access import Right
from central_server.platform.translations import Texts
from central_server.platform.unit_of_work import ReadOnlyUnit, ReadUnit
from shared.errors import DomainError

router = APIRouter(include_in_schema=False)

StockVisitor = Annotated[Visitor, looks(Right.STOCK_READ)]
_PAGE = 50
_MOST_ARTICLES = 50


@dataclass(frozen=True, slots=True)
class LevelRow:
    """How much of a variant lies at the place."""

    sku: str
    name: str
    variant: str
    quantity: str
    tone: str
    changed: str
    address: str


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One movement; `address` is the receipt that caused it, where the reader may see that."""

    at: str
    kind: str
    quantity: str
    tone: str
    address: str


@router.get("/stock")
def stock_page(
    request: Request,
    visitor: StockVisitor,
    unit: ReadOnlyUnit,
    place: Annotated[str, Query(max_length=31)] = "",
    q: Annotated[str, Query(max_length=90)] = "",
    state: Annotated[str, Query(max_length=8)] = "all",
    after: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Levels at one of the visitor's places, by sku."""
    reader = reader_of(request, visitor)
    places = _places(unit, visitor)
    chosen = _chosen(places, place)
    shown = state if state in place_repository.STATES else "all"
    rows: list[LevelRow] = []
    more = ""
    if chosen is not None:
        skus = _skus(unit, q, reader.language) if q.strip() else None
        window = (after, _PAGE + 1)
        found = place_repository.levels_at(unit, chosen.location_id, shown, skus, window)
        asked = {"place": chosen.location_id, "q": q, "state": shown}
        more = link("/stock", **asked, after=found[_PAGE - 1].sku) if len(found) > _PAGE else ""
        variants = catalogue.variants(unit, [row.sku for row in found])
        names = article_names(unit, {v.article_no for v in variants.values()}, reader.language)
        now = request.app.state.business_clock.now()
        for row in found[:_PAGE]:
            one = variants.get(row.sku)
            quantity = row.quantity_thousandths
            rows.append(
                LevelRow(
                    sku=row.sku,
                    name=(names.get(one.article_no) or one.article_no) if one else row.sku,
                    variant=", ".join(filter(None, (one.size, one.colour))) if one else "",
                    quantity=reader.formats.quantity(quantity),
                    tone="neg" if quantity < 0 else "muted" if quantity == 0 else "",
                    changed=reader.formats.ago(row.changed_at, now),
                    address=link("/stock/movements", place=chosen.location_id, sku=row.sku),
                )
            )
    return render(
        request,
        "stock.html",
        part="stock",
        waiting=attention(unit, visitor, request),
        places=[(each, place_name(reader.texts, each)) for each in places],
        chosen=chosen,
        chosen_name=place_name(reader.texts, chosen) if chosen is not None else "",
        q=q,
        state=shown,
        states=[(code, word(reader.texts, STOCK_WORDS, code)) for code in place_repository.STATES],
        rows=rows,
        more=more,
    )


@router.get("/stock/movements")
def movements_page(
    request: Request,
    visitor: StockVisitor,
    unit: ReadOnlyUnit,
    place: Annotated[str, Query(max_length=31)],
    sku: Annotated[str, Query(max_length=64)],
    mark: Annotated[str, Query(max_length=90)] = "",
) -> Response:
    """Every movement of a variant at a place, latest first, and where else there is some."""
    reader = reader_of(request, visitor)
    chosen = next((p for p in _places(unit, visitor) if p.location_id == place), None)
    if chosen is None:
        raise DomainError("location_unknown", {"location": place[:31]}, http_status=404)
    found = place_repository.movements(unit, place, sku, read_mark(mark), _PAGE + 1)
    zone = scope_of(unit, visitor, None).zone_of(chosen.store_id or "")
    rows = [
        MovementRow(
            at=reader.formats.moment(row.occurred_at, zone),
            kind=word(reader.texts, MOVEMENT_WORDS, row.kind),
            quantity=("+" if row.quantity_thousandths > 0 else "")
            + reader.formats.quantity(row.quantity_thousandths),
            tone="neg" if row.quantity_thousandths < 0 else "pos",
            address=f"/receipts/{row.event_id}"
            if row.event_id is not None and visitor.may(Right.RECEIPTS_READ)
            else "",
        )
        for row in found[:_PAGE]
    ]
    last = found[_PAGE - 1] if len(found) > _PAGE else None
    variants = catalogue.variants(unit, [sku])
    names = article_names(unit, {v.article_no for v in variants.values()}, reader.language)
    one = variants.get(sku)
    return render(
        request,
        "movements.html",
        part="stock",
        waiting=attention(unit, visitor, request),
        place=chosen,
        at=place_name(reader.texts, chosen),
        sku=sku,
        name=(names.get(one.article_no) or sku) if one else sku,
        article=one.article_no if one else "",
        rows=rows,
        more=link(
            "/stock/movements",
            place=place,
            sku=sku,
            mark=mark_of(last.occurred_at, last.movement_id),
        )
        if last is not None
        else "",
        levels=[
            (place_name(reader.texts, level.location), reader.formats.quantity(level.quantity_thousandths),
             level.location.location_id == place)
            for level in levels_of_sku(unit, sku)
        ],
    )  # fmt: skip


def place_name(texts: Texts, place: Location) -> str:
    """How people know a place; an area by its store and what lies there."""
    area = area_at(place)
    return f"{place.name} · {word(texts, AREA_WORDS, area)}" if area is not None else place.name


def _places(unit: ReadUnit, visitor: Visitor) -> list[Location]:
    """Warehouses are everybody's to look at, the places of a store are its own."""
    return [
        place
        for place in list_locations(unit)
        if place.store_id is None or visitor.identity.may_see_store(place.store_id)
    ]


def _chosen(places: list[Location], wanted: str) -> Location | None:
    if wanted:
        found = next((place for place in places if place.location_id == wanted), None)
        if found is None:
            raise DomainError("location_unknown", {"location": wanted}, http_status=404)
        return found
    return next((p for p in places if p.store_id is not None), places[0] if places else None)


def _skus(unit: ReadUnit, q: str, language: str) -> list[str]:
    """The variants that somebody looks for, by number or by words."""
    number = article_of_number(unit, q)
    numbers = [number] if number else []
    if not numbers:
        page = find_articles(unit, ArticleQuestion(q), language, limit=_MOST_ARTICLES)
        numbers = [hit.article_no for hit in page.hits]
    return [row.sku for row in catalogue.variants_of(unit, numbers)]
