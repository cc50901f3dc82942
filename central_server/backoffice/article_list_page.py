"""`/articles`: finding articles among a million, and the list as a file."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from central_server.backoffice.article_export import export_response
from central_server.backoffice.article_words import category_names
from central_server.backoffice.numbers import MOST_NUMBER
from central_server.backoffice.scope import link
from central_server.backoffice.shell import attention, reader_of, render
from central_server.backoffice.visitors import Visitor, looks
from central_server.backoffice.words import VAT_WORDS, word
from central_server.features.catalogue.repository import category_codes
from central_server.features.catalogue.search import COUNTED, ArticleQuestion, find_articles
from central_server.platform.access import Right
from central_server.platform.unit_of_work import ReadOnlyUnit

router = APIRouter(include_in_schema=False)

ArticleVisitor = Annotated[Visitor, looks(Right.CATALOGUE_READ)]
PAGE_SIZE = 50
MOST_CATEGORIES = 2_000


@router.get("/articles")
def article_list(
    request: Request,
    visitor: ArticleVisitor,
    unit: ReadOnlyUnit,
    q: Annotated[str, Query(max_length=100)] = "",
    brand: Annotated[str, Query(max_length=80)] = "",
    category: Annotated[str, Query(max_length=120)] = "",
    before: Annotated[int | None, Query(ge=1, le=MOST_NUMBER)] = None,
) -> HTMLResponse:
    """Articles that fit, newest first."""
    reader = reader_of(request, visitor)
    question = ArticleQuestion(q, brand, category)
    page = find_articles(unit, question, visitor.member.language, before, PAGE_SIZE)
    asked = {"q": q, "brand": brand, "category": category}
    count = reader.formats.whole(page.count)
    known = category_codes(unit, MOST_CATEGORIES)
    # Of a page whose categories are not all among the known ones, too.
    codes = list(dict.fromkeys([*known, *(hit.category for hit in page.hits)]))
    return render(
        request,
        "articles.html",
        part="articles",
        waiting=attention(unit, visitor, request),
        asked=asked,
        hits=page.hits,
        count=count,
        counted_all=page.count < COUNTED,
        vat_name=lambda code: word(reader.texts, VAT_WORDS, code),
        categories=known,
        short_names=dict(zip(codes, category_names(codes), strict=True)),
        without_brand=link("/articles", q=q, category=category),
        more=link("/articles", **asked, before=page.next_before) if page.next_before else "",
        newest=link("/articles", **asked) if before else "",
        exports=[
            (name, link(f"/articles/export.{name.lower()}", **asked)) for name in ("CSV", "XLSX")
        ],
        mass=link("/prices/new", **asked),
    )


@router.get("/articles/export.{kind}")
def article_file(
    request: Request,
    visitor: ArticleVisitor,
    kind: str,
    q: Annotated[str, Query(max_length=100)] = "",
    brand: Annotated[str, Query(max_length=80)] = "",
    category: Annotated[str, Query(max_length=120)] = "",
) -> Response:
    """Every article that fits with variants, barcodes and prices, in columns that the import understands."""
    reader = reader_of(request, visitor)
    question = ArticleQuestion(q, brand, category)
    now = request.app.state.business_clock.now()
    return export_response(
        request.app.state.database,
        question,
        kind,
        reader.language,
        now,
        with_costs=visitor.may(Right.COSTS_READ),
    )
