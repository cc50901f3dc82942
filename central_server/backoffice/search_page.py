"""`/search`: one field for everything that has a number or a name; an exact number leads straight to its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from central_server.backoffice.scope import link
from central_server.backoffice.shell import Reader, attention, reader_of, render
from central_server.backoffice.visitors import PageVisitor, Visitor
from central_server.backoffice.words import ROLE_WORDS, word
from central_server.features.catalogue.search import (
    ArticleQuestion,
    article_of_number,
    find_articles,
)
from central_server.features.sales import service as sales
from central_server.features.staff.service import list_staff
from central_server.features.stores.service import list_stores
from central_server.features.tills.service import list_tills
from central_server.platform.access import Right
from central_server.platform.translations import mark
from central_server.platform.unit_of_work import ReadOnlyUnit, ReadUnit

router = APIRouter(include_in_schema=False)

_MOST = 8


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found; `exact` if what was typed is its whole number."""

    address: str
    title: str
    detail: str
    exact: bool = False


@dataclass(frozen=True, slots=True)
class HitGroup:
    """Things of one kind."""

    name: str
    icon: str
    hits: list[Hit]
    all_address: str = ""


@router.get("/search")
def search(
    request: Request,
    visitor: PageVisitor,
    unit: ReadOnlyUnit,
    q: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """What fits, by kind; only what the visitor may see."""
    wanted = q.strip()
    reader = reader_of(request, visitor)
    groups = [group for group in _groups(unit, visitor, reader, wanted) if group.hits]
    exact = [hit for group in groups for hit in group.hits if hit.exact]
    if len(exact) == 1:
        return RedirectResponse(exact[0].address, status_code=303)
    return render(
        request,
        "search.html",
        part="search",
        waiting=attention(unit, visitor, request),
        q=wanted,
        found=groups,
    )


def _groups(unit: ReadUnit, visitor: Visitor, reader: Reader, wanted: str) -> list[HitGroup]:
    if not wanted:
        return []
    return [
        _articles(unit, visitor, wanted),
        HitGroup(mark("Receipts"), "receipt", _receipts(unit, visitor, reader, wanted)),
        HitGroup(mark("Stores and tills"), "building-store", _tills(unit, visitor, wanted)),
        HitGroup(mark("People"), "users", _people(unit, visitor, reader, wanted)),
    ]


def _articles(unit: ReadUnit, visitor: Visitor, wanted: str) -> HitGroup:
    if not visitor.may(Right.CATALOGUE_READ):
        return HitGroup(mark("Articles"), "hanger", [])
    exact = article_of_number(unit, wanted)
    found = find_articles(unit, ArticleQuestion(wanted), visitor.member.language, limit=_MOST)
    hits = [
        Hit(
            f"/articles/{one.article_no}",
            one.name,
            " · ".join(filter(None, (one.article_no, one.brand))),
            one.article_no == exact,
        )
        for one in found.hits
    ]
    if exact is not None and not any(hit.exact for hit in hits):
        hits.insert(0, Hit(f"/articles/{exact}", exact, wanted, exact=True))
    more = link("/articles", q=wanted) if found.next_before else ""
    return HitGroup(mark("Articles"), "hanger", hits, more)


def _receipts(unit: ReadUnit, visitor: Visitor, reader: Reader, wanted: str) -> list[Hit]:
    if not visitor.may(Right.RECEIPTS_READ):
        return []
    found = sales.find_by_number(unit, wanted)
    if found is None or not visitor.identity.may_see_store(found["store_id"]):
        return []
    total = reader.formats.money(found["total"], found["currency"])
    return [Hit(f"/receipts/{found['event_id']}", sales.number_of(found), total, exact=True)]


def _tills(unit: ReadUnit, visitor: Visitor, wanted: str) -> list[Hit]:
    if not visitor.may(Right.TILLS_READ):
        return []
    only = visitor.identity.only_stores()
    words = wanted.casefold()
    hits = [
        Hit(f"/tills?store={store.store_id}", store.name, store.store_id)
        for store in list_stores(unit, only)
        if words in f"{store.store_id} {store.name}".casefold()
    ]
    hits += [
        Hit(f"/tills/{till.till_id}", till.till_id, till.name, till.till_id.casefold() == words)
        for till in list_tills(unit, only)
        if words in f"{till.till_id} {till.name}".casefold()
    ]
    return hits[:_MOST]


def _people(unit: ReadUnit, visitor: Visitor, reader: Reader, wanted: str) -> list[Hit]:
    if not visitor.may(Right.PEOPLE_READ):
        return []
    only = visitor.identity.only_stores()
    words = wanted.casefold()
    return [
        Hit(
            f"/people/{one.staff_id}",
            one.name,
            f"{one.staff_id}, {word(reader.texts, ROLE_WORDS, one.role)}",
        )
        for one in list_staff(unit)
        if one.active
        and (only is None or one.store_ids & only)
        and words in f"{one.staff_id} {one.name}".casefold()
    ][:_MOST]
