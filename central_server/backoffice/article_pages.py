"""`/articles/…`: one article with variants, stock and prices; adding and changing it."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from central_server.backoffice.article_costs import cost_lines
from central_server.backoffice.article_list_page import MOST_CATEGORIES, ArticleVisitor
from central_server.backoffice.article_sales import article_sales
from central_server.backoffice.article_view import (
    offer_prices,
    price_chart,
    price_matrix,
    stock_matrix,
)
from central_server.backoffice.article_words import UNIT_WORDS, counted
from central_server.backoffice.scope import Scope, link, scope_of
from central_server.backoffice.shell import attention, reader_of, render
from central_server.backoffice.trail import note
from central_server.backoffice.visitors import Visitor, looks, sends
from central_server.backoffice.words import VAT_WORDS, word
from central_server.features.audit.service import added, changed
from central_server.features.catalogue import editing, media, service
from central_server.features.catalogue.editing import ArticleFacts
from central_server.features.catalogue.entry import VariantDraft
from central_server.features.catalogue.repository import category_codes
from central_server.features.catalogue.service import ProductVariant
from central_server.features.offers.service import list_offers
from central_server.features.pricing.service import prices_of
from central_server.features.stock.service import totals
from central_server.platform.access import Right
from central_server.platform.translations import mark
from central_server.platform.unit_of_work import ReadOnlyUnit, ReadUnit, WriteUnit
from shared.errors import DomainError
from shared.pricing import STANDARD_OFFER, PriceEntry
from shared.tax import VatCategory

router = APIRouter(include_in_schema=False)

ArticleWriter = Annotated[Visitor, looks(Right.CATALOGUE_WRITE)]
ArticleKeeper = Annotated[Visitor, sends(Right.CATALOGUE_WRITE)]

_AGES = (0, 6, 12, 14, 16, 18)
_PROBLEMS = {
    "article_no_invalid": ("article_no", mark("Use letters, digits, dots, dashes and slashes.")),
    "article_exists": ("article_no", mark("There is an article with this number already.")),
    "article_name_missing": ("name_de", mark("Give a name in at least one language.")),
    "vat_category_invalid": ("vat_category", mark("Choose a VAT category from the list.")),
    "age_class_invalid": ("age_class", mark("Use an age from 0 to 99.")),
    "uom_invalid": ("uom", mark("Choose a unit from the list.")),
    "category_invalid": ("category", mark("Write a path such as Clothing>Trousers.")),
    "sku_invalid": ("sku", mark("Use letters, digits, dots, dashes and slashes.")),
    "sku_exists": ("sku", mark("This number is taken. Choose another one.")),
    "variant_exists": ("sku", mark("There is a variant in this size and colour already.")),
    "barcode_invalid": ("barcodes", mark("A check digit of the barcodes is wrong.")),
    "picture_invalid": ("picture", mark("This is no JPEG, PNG or WebP picture.")),
    "picture_too_large": ("picture", mark("At most 12 MB and 50 million pixels.")),
    "picture_known": ("picture", mark("This picture is there already.")),
    "pictures_too_many": ("picture", mark("An article has at most 24 pictures.")),
    "picture_alt_missing": ("alt", mark("Say what is to be seen on it.")),
    "barcode_taken": ("barcodes", mark("One of the barcodes belongs to another variant.")),
}


@router.get("/articles/new")
def new_article(request: Request, visitor: ArticleWriter, unit: ReadOnlyUnit) -> HTMLResponse:
    """The form for a new article."""
    return _form(request, visitor, unit, "", ArticleFacts({}, {}))


def given_article(
    name_de: Annotated[str, Form(max_length=200)] = "",
    name_en: Annotated[str, Form(max_length=200)] = "",
    text_de: Annotated[str, Form(max_length=4000)] = "",
    text_en: Annotated[str, Form(max_length=4000)] = "",
    brand: Annotated[str, Form(max_length=80)] = "",
    category: Annotated[str, Form(max_length=120)] = "",
    vat_category: Annotated[str, Form(max_length=24)] = "",
    age_class: Annotated[int, Form()] = 0,
    uom: Annotated[str, Form(max_length=3)] = "H87",
    discountable: Annotated[str, Form(max_length=1)] = "",
    attributes: Annotated[str, Form(max_length=8000)] = "",
    images: Annotated[str, Form(max_length=8000)] = "",
) -> ArticleFacts:
    """What a form says of an article; attributes are lines of `name: value`, images one address a line."""
    pairs = (line.partition(":") for line in attributes.splitlines() if ":" in line)
    return ArticleFacts(
        names={"de": name_de.strip(), "en": name_en.strip()},
        descriptions={"de": text_de.strip(), "en": text_en.strip()},
        brand=brand.strip(),
        category=">".join(part.strip() for part in category.split(">")) if category.strip() else "",
        vat_category=vat_category,
        age_class=age_class,
        uom=uom.strip().upper(),
        discountable=discountable == "1",
        images=tuple(line.strip()[:500] for line in images.splitlines() if line.strip()),
        attributes={
            k.strip()[:60]: v.strip()[:300] for k, _, v in pairs if k.strip() and v.strip()
        },
    )


GivenArticle = Annotated[ArticleFacts, Depends(given_article)]


@router.post("/articles/new")
def add_article(
    request: Request,
    visitor: ArticleKeeper,
    unit: WriteUnit,
    facts: GivenArticle,
    article_no: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Add an article; its variants come next, on its page."""
    number = article_no.strip()
    try:
        editing.add_article(unit, number, facts, request.app.state.business_clock.now())
    except DomainError as refusal:
        return _form(request, visitor, unit, number, facts, refusal, is_new=True)
    note(request, visitor, unit, added("article", number, facts.recorded()))
    return RedirectResponse(f"/articles/{number}", status_code=303)


@router.get("/articles/{article_no}/edit")
def edit_article(
    request: Request, article_no: str, visitor: ArticleWriter, unit: ReadOnlyUnit
) -> HTMLResponse:
    """The form for an article that is there."""
    facts = editing.article_facts(unit, article_no)
    return _form(request, visitor, unit, article_no, facts)


@router.post("/articles/{article_no}/edit")
def change_article(
    request: Request,
    article_no: str,
    visitor: ArticleKeeper,
    unit: WriteUnit,
    facts: GivenArticle,
) -> Response:
    """Change an article; names in other languages stay as they are."""
    before = editing.article_facts(unit, article_no)
    facts = replace(
        facts,
        names={**before.names, **facts.names},
        descriptions={**before.descriptions, **facts.descriptions},
    )
    try:
        editing.change_article(unit, article_no, facts, request.app.state.business_clock.now())
    except DomainError as refusal:
        return _form(request, visitor, unit, article_no, facts, refusal)
    after = editing.article_facts(unit, article_no)
    note(
        request, visitor, unit, changed("article", article_no, before.recorded(), after.recorded())
    )
    return RedirectResponse(link(f"/articles/{article_no}", saved=1), status_code=303)


@router.post("/articles/{article_no}/variants")
def add_variant(
    request: Request,
    article_no: str,
    visitor: ArticleKeeper,
    unit: WriteUnit,
    sku: Annotated[str, Form(max_length=64)] = "",
    size: Annotated[str, Form(max_length=40)] = "",
    colour: Annotated[str, Form(max_length=60)] = "",
    barcodes: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Add a size and colour."""
    codes = editing.checked_barcodes(barcodes)
    draft = VariantDraft(sku.strip(), article_no, size.strip(), colour.strip(), codes)
    try:
        editing.add_variant(unit, draft, request.app.state.business_clock.now())
    except DomainError as refusal:
        given = {"sku": sku, "size": size, "colour": colour, "barcodes": barcodes}
        return article_answer(request, visitor, unit, article_no, "stock", "", given, refusal)
    facts = {"size": draft.size, "colour": draft.colour, "barcodes": list(codes), "sold": True}
    note(request, visitor, unit, added("variant", draft.sku, facts))
    return RedirectResponse(link(f"/articles/{article_no}", sku=draft.sku), status_code=303)


@router.post("/articles/{article_no}/variants/change")
def change_variant(
    request: Request,
    article_no: str,
    visitor: ArticleKeeper,
    unit: WriteUnit,
    sku: Annotated[str, Form(max_length=64)] = "",
    barcodes: Annotated[str, Form(max_length=1000)] = "",
    sold: Annotated[str, Form(max_length=1)] = "",
) -> Response:
    """Change the barcodes of a variant, or whether it is sold."""
    codes = editing.checked_barcodes(barcodes)
    try:
        _, before, after = editing.change_variant(unit, sku, codes, active=sold == "1")
    except DomainError as refusal:
        given = {"changed_barcodes": barcodes}
        return article_answer(request, visitor, unit, article_no, "stock", sku, given, refusal)
    note(request, visitor, unit, changed("variant", sku, before, after))
    return RedirectResponse(link(f"/articles/{article_no}", sku=sku, saved=1), status_code=303)


@router.get("/articles/{article_no}")
def article_page(
    request: Request,
    article_no: str,
    visitor: ArticleVisitor,
    unit: ReadOnlyUnit,
    show: Literal["stock", "price"] = "stock",
    sku: Annotated[str, Query(max_length=64)] = "",
) -> HTMLResponse:
    """Variants in a matrix, prices by offer, texts; `sku` is the variant looked at."""
    return article_answer(request, visitor, unit, article_no, show, sku, {})


def article_answer(
    request: Request,
    visitor: Visitor,
    unit: ReadUnit,
    article_no: str,
    show: str,
    sku: str,
    given: dict[str, str],
    refusal: DomainError | None = None,
) -> HTMLResponse:
    """The page of an article; after a refusal with what was typed and what is wrong with it."""
    reader, scope = reader_of(request, visitor), scope_of(unit, visitor, None)
    product = service.get_product(unit, article_no, visitor.member.language)
    facts = editing.article_facts(unit, article_no)
    now = request.app.state.business_clock.now()
    chosen = next((one for one in product.variants if one.sku == sku), None)
    looked_at = chosen or next((one for one in product.variants if one.active), None)
    skus = [one.sku for one in product.variants]
    prices = prices_of(unit, skus) if visitor.may(Right.PRICES_READ) else {}
    stock = totals(unit, skus, visitor.identity.only_stores())
    history = _visible(prices.get(looked_at.sku, []) if looked_at else [], scope, visitor)
    matrix = (
        price_matrix(reader, product, _held_by_sku(prices, now), sku)
        if show == "price"
        else stock_matrix(reader, product, stock, sku)
    )
    offers = {one.code: one.name for one in list_offers(unit)}
    field, sentence = _problem(refusal)
    return render(
        request,
        "article.html",
        part="articles",
        status=422 if refusal is not None else 200,
        waiting=attention(unit, visitor, request),
        product=product,
        facts=facts,
        vat_name=word(reader.texts, VAT_WORDS, product.vat_category),
        category_parts=_category_parts(product.category),
        show=show,
        matrix=matrix,
        total_stock=counted(reader.texts, reader.formats, product.uom, sum(stock.values())),
        sales=article_sales(
            unit, reader, visitor, scope, product, scope.today(now), sum(stock.values())
        ),
        chosen=chosen,
        looked_at=looked_at,
        prices=offer_prices(reader, history, offers, _places(reader, scope), now, scope.zone),
        chart=price_chart(reader, _chart_history(history, now), now),
        sold_out=[one for one in product.variants if not one.active],
        given=given,
        problem_field=field,
        problem=sentence,
        saved=request.query_params.get("saved") == "1",
        costs=cost_lines(unit, reader, product, _held(prices, looked_at, now), scope, now)
        if visitor.may(Right.COSTS_READ)
        else None,
        pictures=media.pictures_of(unit, article_no),
        currencies=sorted({store.currency for store in scope.visible}),
    )


def _visible(entries: list[PriceEntry], scope: Scope, visitor: Visitor) -> list[PriceEntry]:
    """Without the prices of stores that are not the visitor's."""
    own = {f"store:{store.store_id}" for store in scope.visible}
    everything = visitor.identity.sees_all_stores
    return [e for e in entries if everything or not e.scope.startswith("store:") or e.scope in own]


def _held_by_sku(prices: dict[str, list[PriceEntry]], now: Any) -> dict[str, PriceEntry]:
    order = {"chain": 0, "market": 1}
    found = {}
    for sku, entries in prices.items():
        held = [
            one
            for one in entries
            if one.offer == STANDARD_OFFER and not one.channel and one.holds_at(now)
        ]
        if held:
            found[sku] = min(
                held, key=lambda one: (order.get(one.scope.partition(":")[0], 2), one.scope)
            )
    return found


def _held(
    prices: dict[str, list[PriceEntry]], looked_at: ProductVariant | None, now: Any
) -> PriceEntry | None:
    return _held_by_sku(prices, now).get(looked_at.sku) if looked_at is not None else None


def _chart_history(entries: list[PriceEntry], now: Any) -> list[PriceEntry]:
    """The history of the price that holds now in the standard offer, the widest place first."""
    first = _held_by_sku({"": entries}, now).get("")
    if first is None:
        return []
    key = (first.offer, first.scope, first.channel, first.currency)
    return [e for e in entries if (e.offer, e.scope, e.channel, e.currency) == key]


def _places(reader: Any, scope: Scope) -> dict[str, str]:
    _ = reader.texts.gettext
    found = {"chain": _("whole chain")}
    for store in scope.visible:
        found[f"store:{store.store_id}"] = store.name
        found[f"market:{store.market}"] = _("stores in {market}", market=store.market)
    return found


def _category_parts(code: str) -> list[tuple[str, str]]:
    parts = code.split(">") if code else []
    return [
        (part, link("/articles", category=">".join(parts[: place + 1])))
        for place, part in enumerate(parts)
    ]


def _problem(refusal: DomainError | None) -> tuple[str, str]:
    if refusal is None:
        return "", ""
    if refusal.code not in _PROBLEMS:
        raise refusal
    return _PROBLEMS[refusal.code]


def _form(
    request: Request,
    visitor: Visitor,
    unit: ReadUnit,
    article_no: str,
    facts: ArticleFacts,
    refusal: DomainError | None = None,
    *,
    is_new: bool = False,
) -> HTMLResponse:
    texts = reader_of(request, visitor).texts
    field, sentence = _problem(refusal)
    return render(
        request,
        "article_form.html",
        part="articles",
        status=422 if refusal is not None else 200,
        waiting=attention(unit, visitor, request),
        article_no=article_no,
        is_new=is_new or not article_no,
        facts=facts,
        attribute_lines="\n".join(f"{k}: {v}" for k, v in (facts.attributes or {}).items()),
        vat_categories=[(one.value, word(texts, VAT_WORDS, one.value)) for one in VatCategory],
        units=[
            (one, word(texts, UNIT_WORDS, one)) for one in dict.fromkeys((*UNIT_WORDS, facts.uom))
        ],
        ages=sorted({*_AGES, facts.age_class}),
        categories=category_codes(unit, MOST_CATEGORIES),
        problem_field=field,
        problem=sentence,
    )
