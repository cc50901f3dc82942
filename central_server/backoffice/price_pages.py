"""`/prices`: what holds when and where, and changes of many prices with preview and undo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from central_server.backoffice import release_desk
from central_server.backoffice.article_words import CHANGE_STATES, PRICE_PROBLEMS
from central_server.backoffice.formats import DASH
from central_server.backoffice.numbers import MOST_NUMBER, NumberInPath
from central_server.backoffice.scope import Scope, link, scope_of
from central_server.backoffice.shell import Reader, attention, reader_of, render
from central_server.backoffice.trail import note
from central_server.backoffice.visitors import Visitor, looks, sends
from central_server.backoffice.words import word
from central_server.features.audit.service import AuditChange
from central_server.features.catalogue.repository import category_codes
from central_server.features.catalogue.search import (
    ArticleQuestion,
    article_numbers,
    article_of_number,
    find_articles,
)
from central_server.features.catalogue.service import get_product, items, skus_of
from central_server.features.offers.service import list_offers
from central_server.features.pricing import changes
from central_server.features.pricing.changes import ChangePlan, ChangeState, PriceChange
from central_server.features.pricing.service import quote
from central_server.features.releases.service import ReleaseKind, rules
from central_server.platform.access import Right
from central_server.platform.translations import mark
from central_server.platform.unit_of_work import ReadOnlyUnit, ReadUnit, WriteUnit
from shared.catalogue import pick_text
from shared.errors import DomainError
from shared.money import currency, parse_amount
from shared.pricing import STANDARD_OFFER, PriceRule, PriceStep
from shared.quantity import read_typed

router = APIRouter(include_in_schema=False)

PriceVisitor = Annotated[Visitor, looks(Right.PRICES_READ)]
PriceWriter = Annotated[Visitor, looks(Right.PRICES_WRITE)]
PriceKeeper = Annotated[Visitor, sends(Right.PRICES_WRITE)]

SHOWN_PRICES = 200
_MOST_ARTICLES = 100_000
_MOST_CATEGORIES = 2_000
_PROBLEMS = {
    "change_empty": mark("Nothing would change: no article fits, or the prices are so already."),
    "change_too_large": mark("These are too many prices at once. Choose fewer articles."),
    "amount_invalid": mark("This is not a number. Write it as 12,90 or 12.90."),
    "number_ambiguous": mark("This number can be read in two ways. Write it without thousands."),
    "price_validity_empty": mark("The end lies before the beginning."),
    "time_invalid": mark("This is not a time."),
    "offer_unknown": mark("Choose an offer from the list."),
    "price_scope_invalid": mark("Choose a place from the list."),
    "currency_unknown": mark("Choose a currency from the list."),
}


@router.get("/prices")
def prices_page(
    request: Request,
    visitor: PriceVisitor,
    unit: ReadOnlyUnit,
    article: Annotated[str, Query(max_length=90)] = "",
    at: Annotated[str, Query(max_length=20)] = "",
    before: Annotated[int | None, Query(ge=1, le=MOST_NUMBER)] = None,
) -> HTMLResponse:
    """Changes, newest first, and the answer to "what holds when and where" for one article."""
    reader, scope = reader_of(request, visitor), scope_of(unit, visitor, None)
    found = changes.list_changes(unit, before, 31)
    now = request.app.state.business_clock.now()
    moment = typed_moment(at, scope.zone) or now
    number = article_of_number(unit, article) if article else None
    return render(
        request,
        "prices.html",
        part="prices",
        waiting=attention(unit, visitor, request),
        changes=[change_row(reader, one, scope.zone) for one in found[:30]],
        more=link("/prices", before=found[29].change_id) if len(found) > 30 else "",
        article=article,
        product=get_product(unit, number, visitor.member.language) if number else None,
        at=at or moment.astimezone(ZoneInfo(scope.zone)).strftime("%Y-%m-%dT%H:%M"),
        held=_held(unit, reader, scope, number, article, moment) if number else [],
    )


def typed_moment(text: str, zone: str) -> datetime | None:
    """The moment of a `datetime-local` field where `zone` is; None for an empty one. `DomainError('time_invalid')`."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        raise DomainError("time_invalid", http_status=400) from None


def _held(
    unit: ReadUnit, reader: Reader, scope: Scope, number: str, typed: str, at: datetime
) -> list[tuple[str, list[str]]]:
    """By store what each offer's price is; of the article's first variant, or of the one that was typed."""
    skus = skus_of(unit, number)
    sku = typed.strip() if typed.strip() in skus else next(iter(skus), "")
    offers = [one for one in list_offers(unit) if one.holds_at(at)]
    rows = []
    for store in scope.visible:
        cells = []
        for offer in offers:
            try:
                found = quote(unit, sku, store.store_id, at, offer=offer.code)
            except DomainError:
                cells.append(DASH)
                continue
            price = found.price
            shown = reader.formats.money(price.amount, price.currency)
            if found.lowest_30d is not None and found.lowest_30d.amount < price.amount:
                low = reader.formats.money(found.lowest_30d.amount, price.currency)
                shown = reader.texts.gettext("{price} (30-day low {low})", price=shown, low=low)
            cells.append(shown)
        rows.append((store.name, cells))
    return [("", [one.name for one in offers]), *rows] if rows else []


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change in the list."""

    change_id: int
    address: str
    title: str
    state: str
    tone: str
    prices: str
    problems: str
    begins: str
    ends: str
    made: str
    made_by: str


def change_row(reader: Reader, one: PriceChange, zone: str) -> ChangeRow:
    """A change as it is written."""
    state, tone = CHANGE_STATES[one.state]
    formats, plan = reader.formats, one.plan
    return ChangeRow(
        change_id=one.change_id,
        address=f"/prices/changes/{one.change_id}",
        title=plan.title,
        state=reader.texts.gettext(state),
        tone=tone,
        prices=formats.whole(one.prices - one.problems),
        problems=formats.count(one.problems),
        begins=formats.beginning(plan.valid_from, zone),
        ends=formats.ending(plan.valid_to, zone) if plan.valid_to else "",
        made=formats.moment(one.made_at, zone),
        made_by=one.made_by,
    )


@dataclass(frozen=True, slots=True)
class GivenChange:
    """What the form of a change says, as it was typed."""

    q: str = ""
    brand: str = ""
    category: str = ""
    articles: str = ""
    title: str = ""
    step: str = "percent"
    value: str = ""
    ending: str = ""
    offer: str = STANDARD_OFFER
    scope: str = "chain"
    currency: str = "EUR"
    begin: str = ""
    end: str = ""
    advertised: str = ""


def given_change(
    q: Annotated[str, Form(max_length=100)] = "",
    brand: Annotated[str, Form(max_length=80)] = "",
    category: Annotated[str, Form(max_length=120)] = "",
    articles: Annotated[str, Form(max_length=8000)] = "",
    title: Annotated[str, Form(max_length=160)] = "",
    step: Annotated[str, Form(max_length=12)] = "percent",
    value: Annotated[str, Form(max_length=16)] = "",
    ending: Annotated[str, Form(max_length=2)] = "",
    offer: Annotated[str, Form(max_length=31)] = STANDARD_OFFER,
    scope: Annotated[str, Form(max_length=40)] = "chain",
    currency_code: Annotated[str, Form(alias="currency", max_length=3)] = "EUR",
    begin: Annotated[str, Form(max_length=20)] = "",
    end: Annotated[str, Form(max_length=20)] = "",
    advertised: Annotated[str, Form(max_length=1)] = "",
) -> GivenChange:
    """The form as it was sent."""
    return GivenChange(
        q, brand, category, articles, title, step, value, ending, offer, scope, currency_code,
        begin, end, advertised,
    )  # fmt: skip


ChangeInForm = Annotated[GivenChange, Depends(given_change)]


@router.get("/prices/new")
def new_change(
    request: Request,
    visitor: PriceWriter,
    unit: ReadOnlyUnit,
    q: Annotated[str, Query(max_length=100)] = "",
    brand: Annotated[str, Query(max_length=80)] = "",
    category: Annotated[str, Query(max_length=120)] = "",
    articles: Annotated[str, Query(max_length=8000)] = "",
    offer: Annotated[str, Query(max_length=31)] = STANDARD_OFFER,
) -> HTMLResponse:
    """The form: which articles, what happens to their prices, when and where."""
    given = GivenChange(q=q, brand=brand, category=category, articles=articles, offer=offer)
    return _form(request, visitor, unit, given)


@router.post("/prices/new")
def plan_change(
    request: Request,
    visitor: PriceKeeper,
    unit: WriteUnit,
    given: ChangeInForm,
) -> Response:
    """Work the change out and lead to its preview; nothing is changed yet."""
    state = request.app.state
    try:
        plan = _plan(request, visitor, unit, given)
        made = changes.plan_change(
            unit,
            plan,
            _skus(unit, given),
            visitor.identity.staff_id,
            state.system_clock.now(),
            state.business_clock.now(),
        )
    except DomainError as refusal:
        if refusal.code not in _PROBLEMS:
            raise
        return _form(request, visitor, unit, given, refusal.code)
    return RedirectResponse(f"/prices/changes/{made.change_id}", status_code=303)


def _skus(unit: ReadUnit, given: GivenChange) -> list[str]:
    listed = [found for text in given.articles.split() if (found := article_of_number(unit, text))]
    if given.articles.strip():
        numbers = listed
    else:
        question = ArticleQuestion(given.q, given.brand, given.category)
        numbers = list(islice(article_numbers(unit, question), _MOST_ARTICLES + 1))
        if len(numbers) > _MOST_ARTICLES:
            raise DomainError("change_too_large", http_status=400)
    return [sku for number in numbers for sku in skus_of(unit, number)]


def _plan(request: Request, visitor: Visitor, unit: ReadUnit, given: GivenChange) -> ChangePlan:
    reader, zone = reader_of(request, visitor), scope_of(unit, visitor, None).zone
    now = request.app.state.business_clock.now()
    step = next((one for one in PriceStep if one.value == given.step), PriceStep.PERCENT)
    exponent = 2 if step is PriceStep.PERCENT else currency(given.currency).exponent
    text = given.value.strip().replace("\u2212", "-").replace("%", "")
    sign = -1 if text.startswith("-") else 1
    number = read_typed(text.lstrip("+-").strip(), reader.language, exponent)
    value = sign * parse_amount(number, exponent)
    ending = int(given.ending) if given.ending.isdigit() and len(given.ending) <= 2 else None
    return ChangePlan(
        title=given.title.strip() or _title(reader, step, given),
        offer=given.offer,
        scope=given.scope,
        currency=given.currency,
        valid_from=typed_moment(given.begin, zone) or now,
        valid_to=typed_moment(given.end, zone),
        rule=PriceRule(step, value, ending),
        advertised=given.advertised == "1",
    )


def _title(reader: Reader, step: PriceStep, given: GivenChange) -> str:
    what = " ".join(
        filter(None, (given.category or given.brand or given.q or given.articles[:60],))
    )
    sign = "%" if step is PriceStep.PERCENT else given.currency
    return reader.texts.gettext(
        "{what}: {value} {sign}", what=what or reader.texts.gettext("All articles"),
        value=given.value.strip().replace("-", "\u2212"), sign=sign,
    )  # fmt: skip


@router.get("/prices/changes/{change_id}")
def change_page(
    request: Request, change_id: NumberInPath, visitor: PriceVisitor, unit: ReadOnlyUnit
) -> HTMLResponse:
    """The preview of a change, or what became of it."""
    reader, zone = reader_of(request, visitor), scope_of(unit, visitor, None).zone
    change = changes.get_change(unit, change_id)
    plan, formats = change.plan, reader.formats
    mine = visitor.may(Right.PRICES_WRITE)

    def money(minor: int | None) -> str:
        return formats.money(minor, plan.currency) if minor is not None else DASH

    planned = changes.prices_of_change(unit, change_id, SHOWN_PRICES)
    goods = items(unit, [one.sku for one in planned])

    def called(sku: str) -> str:
        item = goods.get(sku)
        if item is None:
            return ""
        name = pick_text(item.names, visitor.member.language)
        return ", ".join(filter(None, (name, item.colour, item.size)))

    rows = [
        {
            "sku": one.sku,
            "name": called(one.sku),
            "before": money(one.before),
            "after": money(one.after) if not one.problem else DASH,
            "share": _share(reader, one.before, one.after) if not one.problem else "",
            "lowest": money(one.lowest),
            "problem": word(reader.texts, PRICE_PROBLEMS, one.problem) if one.problem else "",
        }
        for one in planned
    ]
    kept = request.query_params.get("kept", "")
    return render(
        request,
        "price_change.html",
        part="prices",
        waiting=attention(unit, visitor, request),
        row=change_row(reader, change, zone),
        plan=plan,
        rows=rows,
        shown=formats.whole(len(rows)),
        is_longer=change.prices > len(rows),
        can_apply=mine and change.state is ChangeState.DRAFT and change.prices > change.problems,
        can_drop=mine and change.state is ChangeState.DRAFT,
        can_undo=mine and change.state is ChangeState.APPLIED,
        is_waiting=change.state is ChangeState.WAITING,
        four_eyes=rules(unit)[ReleaseKind.PRICE_CHANGE],
        kept=int(kept) if kept.isdecimal() and len(kept) < 7 else 0,
    )


@router.post("/prices/changes/{change_id}/apply")
def apply_change(
    request: Request, change_id: NumberInPath, visitor: PriceKeeper, unit: WriteUnit
) -> Response:
    """Apply it now, or put it before a second person."""
    state = request.app.state
    release_desk.submit_price_change(
        unit,
        change_id,
        visitor.identity.staff_id,
        state.business_clock.now(),
        state.system_clock.now(),
    )
    return RedirectResponse(f"/prices/changes/{change_id}", status_code=303)


@router.post("/prices/changes/{change_id}/undo")
def undo_change(
    request: Request, change_id: NumberInPath, visitor: PriceKeeper, unit: WriteUnit
) -> Response:
    """Bring the former prices back."""
    _, kept = changes.undo_change(unit, change_id, request.app.state.business_clock.now())
    change = AuditChange("undone", "price_change", str(change_id), {}, {"kept": kept})
    note(request, visitor, unit, change)
    return RedirectResponse(
        link(f"/prices/changes/{change_id}", kept=kept or None), status_code=303
    )


@router.post("/prices/changes/{change_id}/drop")
def drop_change(change_id: NumberInPath, _visitor: PriceKeeper, unit: WriteUnit) -> Response:
    """Throw a draft away; it changed nothing."""
    if changes.get_change(unit, change_id).state is not ChangeState.DRAFT:
        raise DomainError("change_closed")
    changes.drop_change(unit, change_id)
    return RedirectResponse("/prices", status_code=303)


def _share(reader: Reader, before: int | None, after: int) -> str:
    if not before:
        return ""
    sign = "+" if after > before else ""
    return sign + reader.formats.share(after - before, before) if Decimal(before) else ""


def _form(
    request: Request, visitor: Visitor, unit: ReadUnit, given: GivenChange, problem: str = ""
) -> HTMLResponse:
    scope = scope_of(unit, visitor, None)
    texts = reader_of(request, visitor).texts
    markets = sorted({store.market for store in scope.visible})
    places = [
        ("chain", texts.gettext("whole chain")),
        *((f"market:{m}", texts.gettext("stores in {market}", market=m)) for m in markets),
        *((f"store:{store.store_id}", store.name) for store in scope.visible),
    ]
    question = ArticleQuestion(given.q, given.brand, given.category)
    fits = find_articles(unit, question, "de", limit=1).count
    return render(
        request,
        "price_form.html",
        part="prices",
        status=422 if problem else 200,
        waiting=attention(unit, visitor, request),
        given=given,
        count=reader_of(request, visitor).formats.whole(fits),
        offers=[(one.code, one.name) for one in list_offers(unit)],
        places=places,
        currencies=sorted({store.currency for store in scope.visible} | {given.currency}),
        categories=category_codes(unit, _MOST_CATEGORIES),
        four_eyes=rules(unit)[ReleaseKind.PRICE_CHANGE],
        problem=_PROBLEMS.get(problem, ""),
        problem_code=problem,
    )
