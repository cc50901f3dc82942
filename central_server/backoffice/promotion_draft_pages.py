"""`/promotions/new` and `/promotions/drafts`: the builder. A sentence or JSON, and beside it what it would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from central_server.backoffice import release_desk
from central_server.backoffice.numbers import NumberInPath
from central_server.backoffice.promotion_cases import (
    GivenCase,
    case_problem,
    case_texts,
    read_case,
)
from central_server.backoffice.promotion_check import MISSING, PANELS, problems_of, reasons
from central_server.backoffice.promotion_counts import counts_of
from central_server.backoffice.promotion_effect import WEEKS, TrialDesk, sample_groups
from central_server.backoffice.promotion_form import (
    KINDS,
    FormProblem,
    GivenPromotion,
    Reading,
    body_of,
    given_of,
)
from central_server.backoffice.promotion_hints import Hint, hints_of
from central_server.backoffice.promotion_pages import (
    PromotionKeeper,
    PromotionReader,
    publication,
    reading_of,
    show_address,
)
from central_server.backoffice.promotion_places import Places, places_of
from central_server.backoffice.promotion_sentence import KIND_NAMES, WEEKDAYS, Part, sentence
from central_server.backoffice.promotion_words import PROMOTION_STATES
from central_server.backoffice.scope import Scope, link, scope_of
from central_server.backoffice.shell import Reader, attention, reader_of, render
from central_server.backoffice.trail import note
from central_server.backoffice.visitors import Visitor, looks
from central_server.features.audit.service import AuditChange
from central_server.features.catalogue.repository import category_codes
from central_server.features.customers.group_repository import group_names
from central_server.features.promotions import cases, drafts
from central_server.features.promotions.drafts import Draft, DraftState
from central_server.features.releases.service import ReleaseKind, rules
from central_server.gateway.journal.samples import samples
from central_server.platform.access import Right
from central_server.platform.unit_of_work import ReadOnlyUnit, ReadUnit, WriteUnit
from shared.errors import DomainError
from shared.promotions import Promotion, RequestError

router = APIRouter(include_in_schema=False)

PromotionWriter = Annotated[Visitor, looks(Right.PROMOTIONS_WRITE)]
_MOST_CATEGORIES = 2_000
_MOST_GROUPS = 200
_SAMPLE_DAYS = 28
_LISTED = ("stores", "weekdays")


async def given_in_form(request: Request) -> GivenPromotion:
    """The fields as they were sent; unknown ones are left out, long ones cut."""
    form = await request.form()
    found: dict[str, object] = {}
    for one in fields(GivenPromotion):
        values = [str(value)[:4000] for value in form.getlist(one.name) if isinstance(value, str)]
        if one.name in _LISTED:
            found[one.name] = tuple(value for value in values if value)
        elif values:
            found[one.name] = values[0].replace("\r", "")
    return GivenPromotion(**found)  # type: ignore[arg-type]


SentForm = Annotated[GivenPromotion, Depends(given_in_form)]


@router.get("/promotions/new")
def new_promotion(
    request: Request,
    visitor: PromotionWriter,
    unit: ReadOnlyUnit,
    kind: Annotated[str, Query(max_length=20)] = "",
) -> HTMLResponse:
    """The usual kinds to begin with, or the builder with nothing said yet."""
    if kind not in KINDS and kind != "json":
        return render(
            request,
            "promotion_kinds.html",
            part="promotions",
            waiting=attention(unit, visitor, request),
            kinds=[(code, KIND_NAMES[code]) for code in KINDS],
        )
    if kind == "json":
        return _builder(
            request, visitor, unit, None, None, '{\n  "id": "",\n  "reward": {"percent": "10"}\n}'
        )
    return _builder(request, visitor, unit, None, GivenPromotion(kind=kind), "")


@router.post("/promotions/new")
def begin_promotion(
    request: Request,
    visitor: PromotionKeeper,
    unit: WriteUnit,
    sent: SentForm,
    document: Annotated[str | None, Form(max_length=drafts.MOST_BYTES)] = None,
) -> Response:
    """Begin a draft with what the form says; it is on no till before it is published."""
    given = sent if document is None else None
    scope = scope_of(unit, visitor, None)
    currency = _currency(scope)
    try:
        body = _body(request, visitor, unit, given, document, currency)
        made = drafts.start(unit, body, currency, visitor.identity.staff_id, _now(request))
    except (FormProblem, RequestError) as refusal:
        return _builder(request, visitor, unit, None, given, document or "", refusal)
    return RedirectResponse(f"/promotions/drafts/{made.draft_id}", status_code=303)


@router.post("/promotions/sentence")
def say(
    request: Request, visitor: PromotionKeeper, unit: ReadOnlyUnit, sent: SentForm
) -> HTMLResponse:
    """The sentence of a form while it is filled in, with its counts; nothing is stored."""
    reader, scope = reader_of(request, visitor), scope_of(unit, visitor, None)
    currency = _currency(scope)
    said = _said(unit, _filled(sent), reader, places_of(scope.visible), currency)
    promotion = _unsaved(reader, scope, sent)
    now = request.app.state.business_clock.now()
    hints = hints_of(unit, reader, promotion, currency, now) if promotion is not None else []
    reading = reading_of(reader, scope, currency)
    # What is not there yet is no mistake while somebody is at it.
    named = replace(_filled(sent), id=sent.id.strip() or "?")
    wrong = [field for field, code in problems_of(named, reading).items() if code != MISSING]
    return render(
        request, "promotion_said.html", sentence=said, hints=hints, wrong_brackets=_brackets(wrong)
    )


@router.post("/promotions/samples")
def try_unsaved(
    request: Request, visitor: PromotionKeeper, unit: ReadOnlyUnit, sent: SentForm
) -> HTMLResponse:
    """Real receipts with what a form says while it is filled in; nothing is stored."""
    reader, scope = reader_of(request, visitor), scope_of(unit, visitor, None)
    promotion = _unsaved(reader, scope, sent)
    tried = _tried(request, visitor, unit, promotion, _currency(scope)) if promotion else {}
    return render(request, "promotion_samples.html", **{"groups": [], **tried})


@router.get("/promotions/drafts/{draft_id}")
def draft_page(
    request: Request,
    draft_id: NumberInPath,
    visitor: PromotionReader,
    unit: ReadOnlyUnit,
    form: Annotated[str, Query(max_length=8)] = "",
) -> Response:
    """The builder with what the draft says; JSON where the sentence cannot say it, or for who prefers it."""
    draft = drafts.get_draft(unit, draft_id)
    if draft.state is DraftState.PUBLISHED and draft.became is not None:
        return RedirectResponse(show_address(draft.promotion_id), status_code=303)
    reading = _reading(request, visitor, unit, draft.currency)
    given = given_of(draft.document, reading) if form != "json" else None
    return _builder(request, visitor, unit, draft, given, drafts.pretty(draft.body))


@router.post("/promotions/drafts/{draft_id}")
def save_draft(
    request: Request,
    draft_id: NumberInPath,
    visitor: PromotionKeeper,
    unit: WriteUnit,
    sent: SentForm,
    document: Annotated[str | None, Form(max_length=drafts.MOST_BYTES)] = None,
) -> Response:
    """Write the draft anew."""
    draft = drafts.get_draft(unit, draft_id)
    given = sent if document is None else None
    try:
        body = _body(request, visitor, unit, given, document, draft.currency)
        drafts.save(unit, draft_id, body, visitor.identity.staff_id, _now(request))
    except (FormProblem, RequestError) as refusal:
        return _builder(request, visitor, unit, draft, given, document or "", refusal)
    kept = "json" if document is not None else None
    return RedirectResponse(link(f"/promotions/drafts/{draft_id}", form=kept), status_code=303)


@router.post("/promotions/drafts/{draft_id}/publish")
def publish_draft(
    request: Request, draft_id: NumberInPath, visitor: PromotionKeeper, unit: WriteUnit
) -> Response:
    """Publish it, or put it before a second person."""
    draft = drafts.get_draft(unit, draft_id)
    by = publication(request, visitor)
    try:
        released = release_desk.submit_promotion(unit, draft_id, by, _now(request))
    except DomainError as refusal:
        if refusal.code != cases.CHECK_FAILED:
            raise
        # Nothing was written yet; the checks on the page say by how much they miss.
        address = link(f"/promotions/drafts/{draft_id}", stopped=1)
        return RedirectResponse(f"{address}#cases", status_code=303)
    if released:
        return RedirectResponse(show_address(draft.promotion_id), status_code=303)
    return RedirectResponse(f"/promotions/drafts/{draft_id}", status_code=303)


@router.post("/promotions/drafts/{draft_id}/cases")
def add_case(
    request: Request,
    draft_id: NumberInPath,
    visitor: PromotionKeeper,
    unit: WriteUnit,
    sent: Annotated[GivenCase, Depends()],
) -> Response:
    """Keep a basket and what it must cost with the promotion."""
    draft, promotion = _open(unit, draft_id)
    reader, scope = reader_of(request, visitor), scope_of(unit, visitor, None)
    reading = reading_of(reader, scope, draft.currency)
    now = request.app.state.business_clock.now()
    try:
        case = read_case(unit, sent, promotion, reading, scope.store_ids, now)
        cases.add_case(unit, promotion.id, case, visitor.identity.staff_id, _now(request))
    except DomainError as refusal:
        if not refusal.code.startswith("promotion_case"):
            raise
        given = given_of(draft.document, reading)
        document = drafts.pretty(draft.body)
        wrong = (sent, case_problem(reader, refusal))
        return _builder(request, visitor, unit, draft, given, document, wrong_case=wrong)
    facts = {"name": case.name, "amount": case.expected}
    note(request, visitor, unit, AuditChange("added", "promotion_case", promotion.id, {}, facts))
    return RedirectResponse(f"/promotions/drafts/{draft_id}#cases", status_code=303)


@router.post("/promotions/drafts/{draft_id}/cases/{case_id}/drop")
def drop_case(
    request: Request,
    draft_id: NumberInPath,
    case_id: NumberInPath,
    visitor: PromotionKeeper,
    unit: WriteUnit,
) -> Response:
    """Forget a check."""
    _, promotion = _open(unit, draft_id)
    gone = cases.drop_case(unit, promotion.id, case_id)
    facts = {"name": gone.name, "amount": gone.expected}
    note(request, visitor, unit, AuditChange("removed", "promotion_case", promotion.id, facts, {}))
    return RedirectResponse(f"/promotions/drafts/{draft_id}#cases", status_code=303)


@router.post("/promotions/drafts/{draft_id}/drop")
def drop_draft(
    request: Request, draft_id: NumberInPath, visitor: PromotionKeeper, unit: WriteUnit
) -> Response:
    """Throw a draft away; it counted nowhere."""
    draft = drafts.get_draft(unit, draft_id)
    if draft.state is not DraftState.DRAFT:
        raise DomainError("promotion_draft_closed", http_status=409)
    drafts.move(unit, draft_id, DraftState.DROPPED)
    change = AuditChange("dropped", "promotion_draft", str(draft_id), {"body": draft.body}, {})
    note(request, visitor, unit, change)
    return RedirectResponse("/promotions", status_code=303)


def _open(unit: ReadUnit, draft_id: int) -> tuple[Draft, Promotion]:
    draft = drafts.get_draft(unit, draft_id)
    (entry,) = drafts.read_draft(draft.body, draft.currency).drafts
    if draft.state is not DraftState.DRAFT or entry.promotion is None:
        raise DomainError("promotion_draft_closed", http_status=409)
    return draft, entry.promotion


def _now(request: Request) -> datetime:
    now: datetime = request.app.state.system_clock.now()
    return now


def _reading(request: Request, visitor: Visitor, unit: ReadUnit, currency: str) -> Reading:
    return reading_of(reader_of(request, visitor), scope_of(unit, visitor, None), currency)


def _body(
    request: Request,
    visitor: Visitor,
    unit: ReadUnit,
    given: GivenPromotion | None,
    document: str | None,
    currency: str,
) -> str:
    """The JSON that was written, or that the fields say."""
    if given is None:
        return document or ""
    return drafts.canonical(body_of(given, _reading(request, visitor, unit, currency)))


def _builder(
    request: Request,
    visitor: Visitor,
    unit: ReadUnit,
    draft: Draft | None,
    given: GivenPromotion | None,
    document: str,
    refusal: FormProblem | RequestError | None = None,
    wrong_case: tuple[GivenCase, tuple[str, str]] = (GivenCase(), ("", "")),
) -> HTMLResponse:
    reader, scope = reader_of(request, visitor), scope_of(unit, visitor, None)
    currency = draft.currency if draft is not None else _currency(scope)
    places = places_of(scope.visible)
    state = draft.state if draft is not None else DraftState.DRAFT
    reading = reading_of(reader, scope, currency)
    problems = problems_of(given, reading) if given is not None and refusal is not None else {}
    mine = visitor.may(Right.PROMOTIONS_WRITE) and state is DraftState.DRAFT
    return render(
        request,
        "promotion_draft.html",
        part="promotions",
        status=422 if refusal is not None or wrong_case[1][0] else 200,
        waiting=attention(unit, visitor, request),
        draft=draft,
        state=PROMOTION_STATES[state.value],
        given=given,
        document=document,
        sentence=_said(unit, given, reader, places, currency) if given else [],
        kinds=[(code, KIND_NAMES[code]) for code in KINDS],
        weekdays=list(enumerate(WEEKDAYS, 1)),
        stores=places.names,
        towns=places.towns,
        groups_known=group_names(unit, _MOST_GROUPS),
        categories=category_codes(unit, _MOST_CATEGORIES),
        sign=reader.formats.symbol(currency),
        problem=_problem(refusal, problems),
        wrong=reasons(reader, given, problems) if given is not None else {},
        wrong_brackets=_brackets(problems),
        case=wrong_case[0],
        case_problem=wrong_case[1],
        stopped=request.query_params.get("stopped") == "1",
        can_save=mine,
        can_publish=mine and draft is not None and refusal is None,
        four_eyes=rules(unit)[ReleaseKind.PROMOTION],
        saved=reader.formats.moment(draft.changed_at, scope.zone) if draft is not None else "",
        hints=_hints(request, reader, unit, draft.body, currency) if draft is not None else [],
        **_effect(request, visitor, unit, draft),
    )


def _said(
    unit: ReadUnit, given: GivenPromotion, reader: Reader, places: Places, currency: str
) -> list[Part]:
    counts = counts_of(unit, given, reader, len(places.names))
    return sentence(given, reader, places, counts, currency)


def _hints(
    request: Request, reader: Reader, unit: ReadUnit, body: str, currency: str
) -> list[Hint]:
    (entry,) = drafts.read_draft(body, currency).drafts
    if entry.promotion is None:
        return []
    now = request.app.state.business_clock.now()
    return hints_of(unit, reader, entry.promotion, currency, now)


def _currency(scope: Scope) -> str:
    return next((store.currency for store in scope.visible), "EUR")


def _filled(sent: GivenPromotion) -> GivenPromotion:
    return sent if sent.kind in KINDS else replace(sent, kind=KINDS[0])


def _unsaved(reader: Reader, scope: Scope, sent: GivenPromotion) -> Promotion | None:
    """What a form says; None for what cannot be read yet: it meets nobody."""
    given, currency = _filled(sent), _currency(scope)
    named = replace(given, id=given.id.strip() or "?")
    try:
        body = drafts.canonical(body_of(named, reading_of(reader, scope, currency)))
        (entry,) = drafts.read_draft(body, currency).drafts
    except (FormProblem, RequestError):
        return None
    return entry.promotion


def _tried(
    request: Request, visitor: Visitor, unit: ReadUnit, promotion: Promotion, currency: str
) -> dict[str, Any]:
    """Real receipts with a promotion."""
    reader, scope = reader_of(request, visitor), scope_of(unit, visitor, None)
    last = scope.today(request.app.state.business_clock.now())
    found = samples(unit, promotion, currency, last, _SAMPLE_DAYS, None)
    return {
        "groups": sample_groups(unit, reader, found, currency, visitor.member.language),
        "looked_at": reader.formats.whole(found.looked_at),
    }


def _brackets(fields: Iterable[str]) -> set[str]:
    return {PANELS[field] for field in fields if field in PANELS}


def _problem(
    refusal: FormProblem | RequestError | None, problems: Mapping[str, str]
) -> tuple[str, str] | None:
    """The place in the JSON and the contract's own words; both empty where the fields say what is wrong."""
    if refusal is None:
        return None
    if isinstance(refusal, FormProblem) or (problems and "" not in problems):
        return "", ""
    return refusal.path.removeprefix("[0]").removeprefix("."), refusal.message


def _effect(
    request: Request, visitor: Visitor, unit: ReadUnit, draft: Draft | None
) -> dict[str, Any]:
    """What the draft as it is stored would do to real receipts."""
    if draft is None:
        return {"groups": [], "run": None, "weeks": 0, "choices": [], "cases": []}
    reader, scope = reader_of(request, visitor), scope_of(unit, visitor, None)
    (entry,) = drafts.read_draft(draft.body, draft.currency).drafts
    last = scope.today(request.app.state.business_clock.now())
    asked = request.query_params.get("weeks", "")
    weeks = int(asked) if asked in map(str, WEEKS) else WEEKS[0]
    if entry.promotion is None:
        raise DomainError("promotion_draft_unknown", http_status=404)
    desk: TrialDesk = request.app.state.trial_desk
    run = desk.ask(
        request.app.state.database, draft.body, entry.promotion, draft.currency, last, weeks
    )
    here = f"/promotions/drafts/{draft.draft_id}"
    choices = [
        (reader.texts.gettext("{n} W", n=each), link(here, weeks=each), each == weeks)
        for each in WEEKS
    ]
    return {
        "cases": case_texts(unit, reader, draft, entry.promotion, scope.zone),
        **_tried(request, visitor, unit, entry.promotion, draft.currency),
        "run": run,
        "weeks": weeks,
        "choices": choices,
        "money": lambda minor: reader.formats.money(minor, draft.currency),
        "beaten": sorted(run.outcome.beaten.items(), key=lambda one: (-one[1], one[0]))[:5],
        "changed": run.changed[:5],
    }
