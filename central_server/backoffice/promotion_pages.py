"""`/promotions`: what counts, what is planned, what was, and what is being made; one promotion with its versions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from central_server.backoffice.formats import DASH
from central_server.backoffice.promotion_budget import Budget, budget_amounts, written
from central_server.backoffice.promotion_counts import Counts
from central_server.backoffice.promotion_form import Reading, given_of
from central_server.backoffice.promotion_places import places_of
from central_server.backoffice.promotion_sentence import sentence
from central_server.backoffice.promotion_stop import stop_card, typed_stop
from central_server.backoffice.promotion_words import PROMOTION_STATES
from central_server.backoffice.scope import Scope, link, scope_of
from central_server.backoffice.shell import Reader, attention, reader_of, render
from central_server.backoffice.trail import note
from central_server.backoffice.visitors import Visitor, looks, sends
from central_server.features.audit.service import AuditChange, changed
from central_server.features.coupons import batches as code_batches
from central_server.features.promotions import budget_stops, catalogue, drafts
from central_server.features.promotions.catalogue import PublishedPromotion, PublishedVersion
from central_server.features.promotions.document import stores_of
from central_server.features.promotions.service import Publication, withdraw
from central_server.gateway.reach import Reach, reach_of
from central_server.platform.access import Right
from central_server.platform.unit_of_work import ReadOnlyUnit, ReadUnit, WriteUnit
from shared.coupons import literal_of
from shared.errors import DomainError

router = APIRouter(include_in_schema=False)

PromotionReader = Annotated[Visitor, looks(Right.PROMOTIONS_READ)]
PromotionKeeper = Annotated[Visitor, sends(Right.PROMOTIONS_WRITE)]
PromotionId = Annotated[str, Query(alias="id", max_length=100)]
YEAR = timedelta(days=364)
"""A year as whole weeks, so that a Saturday stays a Saturday."""

_STATES = ("", "open", "to come", "ended", "withdrawn")
_SHOWN = 500


@dataclass(frozen=True, slots=True)
class PromotionRow:
    """A promotion in the list."""

    name: str
    promotion_id: str
    address: str
    state: str
    tone: str
    stores: str
    begins: str
    ends: str
    uses: str
    given: str
    budget: Budget | None


def publication(request: Request, visitor: Visitor) -> Publication:
    """By whom and when something is published."""
    state = request.app.state
    ahead = timedelta(days=state.settings.promotion_days_ahead)
    return Publication(state.business_clock.now(), visitor.identity.staff_id, ahead)


def reading_of(reader: Reader, scope: Scope, currency: str) -> Reading:
    """How the fields of a promotion are read for this visitor."""
    return Reading(reader.language, currency, scope.zone)


def show_address(promotion_id: str) -> str:
    """The page of a promotion."""
    return link("/promotions/show", id=promotion_id)


@router.get("/promotions")
def promotion_list(
    request: Request,
    visitor: PromotionReader,
    unit: ReadOnlyUnit,
    state: Annotated[str, Query(max_length=12)] = "",
    q: Annotated[str, Query(max_length=80)] = "",
) -> HTMLResponse:
    """Promotions by state and words; drafts first."""
    reader, scope = reader_of(request, visitor), scope_of(unit, visitor, None)
    now = request.app.state.business_clock.now()
    chosen = state if state in _STATES else ""
    words = q.casefold().split()
    found = []
    for one in catalogue.list_promotions(unit):
        text = f"{one.promotion_id} {one.newest.name}".casefold()
        if chosen in ("", one.newest.state(now)) and all(part in text for part in words):
            found.append(one)
    found.sort(key=lambda one: (_order(one.newest, now), one.newest.name.casefold()))
    budgets = budget_amounts(unit, found[:_SHOWN])
    return render(
        request,
        "promotions.html",
        part="promotions",
        waiting=attention(unit, visitor, request),
        rows=[
            _row(one, reader, scope, now, _budget(reader, one, budgets)) for one in found[:_SHOWN]
        ],
        left_out=max(len(found) - _SHOWN, 0),
        drafts=[
            (
                one,
                PROMOTION_STATES[one.state.value],
                reader.formats.moment(one.changed_at, scope.zone),
            )
            for one in drafts.open_drafts(unit)
        ],
        state=chosen,
        states=[
            (
                reader.texts.gettext(PROMOTION_STATES[code][0] if code else "All"),
                link("/promotions", state=code, q=q),
                code == chosen,
            )
            for code in _STATES
        ],
        q=q,
    )


def _order(version: PublishedVersion, now: datetime) -> int:
    return ("open", "to come", "ended", "replaced", "withdrawn").index(version.state(now))


def _budget(reader: Reader, one: PublishedPromotion, amounts: Mapping[str, int]) -> Budget | None:
    whole = amounts.get(one.promotion_id)
    return written(reader, "", "", one.amount, whole, one.currency) if whole else None


def _row(
    one: PublishedPromotion, reader: Reader, scope: Scope, now: datetime, budget: Budget | None
) -> PromotionRow:
    newest, formats = one.newest, reader.formats
    state, tone = PROMOTION_STATES[newest.state(now)]
    stores = stores_of(json.loads(newest.body))
    return PromotionRow(
        name=newest.name,
        promotion_id=one.promotion_id,
        address=show_address(one.promotion_id),
        state=reader.texts.gettext(state),
        tone=tone,
        stores=", ".join(scope.name_of(s) for s in stores[:2]) + (" …" if len(stores) > 2 else ""),
        begins=formats.beginning(newest.starts_at, scope.zone) if newest.starts_at else DASH,
        ends=formats.ending(newest.ends_at, scope.zone) if newest.ends_at else DASH,
        uses=formats.count(one.uses),
        given=formats.money(one.amount, one.currency) if one.amount else DASH,
        budget=budget,
    )


@router.get("/promotions/show")
def promotion_page(
    request: Request,
    visitor: PromotionReader,
    unit: ReadOnlyUnit,
    promotion_id: PromotionId = "",
    version: Annotated[int | None, Query(ge=1, le=100_000)] = None,
) -> HTMLResponse:
    """One promotion: what it says, where it stands, its versions, and what it has given."""
    return _shown(request, visitor, unit, promotion_id, version)


def _shown(
    request: Request,
    visitor: Visitor,
    unit: ReadUnit,
    promotion_id: str,
    version: int | None = None,
    refused_stop: str | None = None,
) -> HTMLResponse:
    reader, scope = reader_of(request, visitor), scope_of(unit, visitor, None)
    one = catalogue.get_promotion(unit, promotion_id)
    shown = one.newest if version is None else one.version(version)
    now = request.app.state.business_clock.now()
    body = json.loads(shown.body)
    given = given_of(body, reading_of(reader, scope, one.currency))
    places = places_of(scope.visible)
    state = shown.state(now)
    formats = reader.formats

    def moment(at: datetime | None) -> str:
        return formats.moment(at, scope.zone) if at is not None else DASH

    return render(
        request,
        "promotion.html",
        part="promotions",
        status=200 if refused_stop is None else 422,
        stop=stop_card(unit, one, reader, request.app.state.system_clock.now(), refused_stop),
        waiting=attention(unit, visitor, request),
        one=one,
        shown=shown,
        state=PROMOTION_STATES[state],
        sentence=sentence(given, reader, places, Counts(), one.currency) if given else [],
        document=drafts.pretty(shown.body),
        begins=formats.beginning(shown.starts_at, scope.zone) if shown.starts_at else DASH,
        ends=formats.ending(shown.ends_at, scope.zone) if shown.ends_at else DASH,
        uses=formats.count(one.uses),
        given=formats.money(one.amount, one.currency),
        budget=_budget(reader, one, budget_amounts(unit, [one])),
        on_tills=catalogue.on_tills(unit, promotion_id),
        reach=_reach(unit, one.newest, promotion_id, scope) if shown is one.newest else None,
        soon=moment(one.newest.starts_at - publication(request, visitor).ahead)
        if one.newest.starts_at is not None
        else DASH,
        versions=[
            (
                each,
                PROMOTION_STATES[each.state(now)],
                moment(each.published_at),
                moment(each.retired_at),
            )
            for each in reversed(one.versions)
        ],
        batches=len(code_batches.of_promotion(unit, promotion_id)),
        can_withdraw=visitor.may(Right.PROMOTIONS_WRITE) and one.newest.withdrawn_at is None,
    )


def _reach(unit: ReadUnit, newest: PublishedVersion, promotion_id: str, scope: Scope) -> Reach:
    stores = stores_of(json.loads(newest.body))
    return reach_of(unit, promotion_id, newest.version, stores, scope.store_ids)


@router.post("/promotions/withdraw")
def withdraw_promotion(
    request: Request,
    visitor: PromotionKeeper,
    unit: WriteUnit,
    promotion_id: Annotated[str, Form(alias="id", max_length=100)] = "",
    reason: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Stop a promotion at once and say why: tills hear of it with their next exchange."""
    why = reason.strip()
    if not why:
        raise DomainError("promotion_reason_missing", http_status=422)
    if withdraw(unit, promotion_id, replace(publication(request, visitor), reason=why)):
        change = AuditChange("withdrawn", "promotion", promotion_id, {}, {"reason": why})
        note(request, visitor, unit, change)
    return RedirectResponse(show_address(promotion_id), status_code=303)


@router.post("/promotions/budget-stop")
def set_budget_stop(
    request: Request,
    visitor: PromotionKeeper,
    unit: WriteUnit,
    promotion_id: Annotated[str, Form(alias="id", max_length=100)] = "",
    amount: Annotated[str, Form(max_length=16)] = "",
) -> Response:
    """Set the amount at which the promotion is withdrawn by itself; nothing typed takes it away."""
    one = catalogue.get_promotion(unit, promotion_id)
    before = budget_stops.stop_of(unit, promotion_id)
    now = request.app.state.system_clock.now()
    try:
        wanted = typed_stop(reader_of(request, visitor), amount, one.currency)
        budget_stops.set_stop(unit, promotion_id, wanted, visitor.identity.staff_id, now)
    except DomainError as refusal:
        if refusal.code != "promotion_stop_invalid":
            raise
        return _shown(request, visitor, unit, promotion_id, refused_stop=amount)
    facts = ({"amount": before.amount if before else None}, {"amount": wanted})
    note(request, visitor, unit, changed("budget_stop", promotion_id, *facts))
    return RedirectResponse(show_address(promotion_id), status_code=303)


@router.post("/promotions/copy")
def copy_promotion(
    request: Request,
    visitor: PromotionKeeper,
    unit: WriteUnit,
    promotion_id: Annotated[str, Form(alias="id", max_length=100)] = "",
    as_new: Annotated[str, Form(max_length=1)] = "",
) -> Response:
    """A draft of a promotion: its next version, or a new promotion with the dates of a year later."""
    one = catalogue.get_promotion(unit, promotion_id)
    body: dict[str, Any] = json.loads(one.newest.body)
    basis: int | None = one.newest.version
    if as_new == "1":
        body, basis = _a_year_later(unit, body), None
    made = drafts.start(
        unit,
        drafts.canonical(body),
        one.currency,
        visitor.identity.staff_id,
        request.app.state.system_clock.now(),
        basis,
    )
    return RedirectResponse(f"/promotions/drafts/{made.draft_id}", status_code=303)


def _a_year_later(unit: ReadOnlyUnit, body: dict[str, Any]) -> dict[str, Any]:
    """The promotion under an id of its own, each date 52 weeks later at the same time of the clock."""
    when = dict(body.get("when", {}))
    for key in ("from", "until"):
        if key in when:
            when[key] = (datetime.fromisoformat(when[key]) + YEAR).isoformat()
    number = 2
    while catalogue.find_promotion(unit, f"{body['id'][:94]}-{number}") is not None:
        number += 1
        if number > 999:
            raise DomainError(
                "promotion_invalid", {"path": "id", "message": "taken"}, http_status=409
            )
    new_id = f"{body['id'][:94]}-{number}"
    if "codes" in when:
        own = {literal_of(body["id"]): literal_of(new_id)}
        # Codes of this year's batches do not open next year's promotion.
        when["codes"] = [own.get(code, code) for code in when["codes"]]
    return {**body, "id": new_id, **({"when": when} if when else {})}
