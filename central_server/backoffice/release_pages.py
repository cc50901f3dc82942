"""`/releases`: what waits for a second person. `/rules`: for what a second person is needed at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from central_server.backoffice import release_desk
from central_server.backoffice.numbers import NumberInPath
from central_server.backoffice.promotion_words import RELEASE_KINDS, RELEASE_STATES
from central_server.backoffice.rollout_form import NOTHING_REFUSED, SETTING_WORDS, RefusedFirst
from central_server.backoffice.scope import link, scope_of
from central_server.backoffice.shell import attention, reader_of, render
from central_server.backoffice.trail import note
from central_server.backoffice.visitors import Visitor, looks, sends
from central_server.backoffice.words import CODE_KINDS, word
from central_server.features.audit.service import changed
from central_server.features.promotions.cases import CHECK_FAILED
from central_server.features.releases import service
from central_server.features.releases.service import ReleaseKind, ReleaseRequest, ReleaseState
from central_server.features.rollouts import service as rollouts
from central_server.features.stores.codes_alone import codes_alone
from central_server.features.stores.customer_data import offline_days
from central_server.features.stores.scan_rules import scan_rules
from central_server.platform.access import Right
from central_server.platform.unit_of_work import ReadOnlyUnit, ReadUnit, WriteUnit
from shared.catalogue.scan_rules import scan_rules_document
from shared.errors import DomainError, ErrorParam
from shared.wire.coupons import ALONE_MOST
from shared.wire.customer_payloads import MOST_OFFLINE_DAYS

router = APIRouter(include_in_schema=False)

ReleaseReader = Annotated[Visitor, looks(Right.RELEASES_DECIDE)]
Releaser = Annotated[Visitor, sends(Right.RELEASES_DECIDE)]
RuleReader = Annotated[Visitor, looks(Right.RULES_WRITE)]
RuleKeeper = Annotated[Visitor, sends(Right.RULES_WRITE)]

_DECISIONS = {one.value: one for one in ReleaseState if one is not ReleaseState.WAITING}
_CLOSED = 20


def address_of(request: ReleaseRequest) -> str:
    """Where what waits is looked at."""
    if request.kind is ReleaseKind.PRICE_CHANGE:
        return f"/prices/changes/{request.subject}"
    if request.kind is ReleaseKind.SETTING:
        return f"/rollouts/{request.subject}"
    return f"/promotions/drafts/{request.subject}"


@router.get("/releases")
def release_list(request: Request, visitor: ReleaseReader, unit: ReadOnlyUnit) -> HTMLResponse:
    """What waits, and what was decided last."""
    return _list(request, visitor, unit)


def _list(
    request: Request,
    visitor: Visitor,
    unit: ReadUnit,
    stopped: Mapping[str, ErrorParam] | None = None,
) -> HTMLResponse:
    """The list; `stopped` is what the check says that has just stopped a release."""
    reader, zone = reader_of(request, visitor), scope_of(unit, visitor, None).zone

    def row(one: ReleaseRequest) -> dict[str, object]:
        state, tone = RELEASE_STATES[one.state]
        decided = reader.formats.moment(one.decided_at, zone) if one.decided_at else ""
        return {
            "request": one,
            "kind": word(reader.texts, RELEASE_KINDS, one.kind),
            "address": address_of(one),
            "asked": reader.formats.moment(one.asked_at, zone),
            "decided": decided,
            "state": state,
            "tone": tone,
            "is_own": one.asked_by == visitor.identity.staff_id,
        }

    return render(
        request,
        "releases.html",
        part="releases",
        status=409 if stopped else 200,
        stopped=stopped,
        waiting=attention(unit, visitor, request),
        rows=[row(one) for one in service.requests(unit, [ReleaseState.WAITING])],
        closed=[
            row(one) for one in service.requests(unit, list(_DECISIONS.values()), limit=_CLOSED)
        ],
        on=any(service.rules(unit).values()),
    )


@router.post("/releases/{request_id}")
def decide(
    request: Request,
    request_id: NumberInPath,
    visitor: Releaser,
    unit: WriteUnit,
    decision: Annotated[str, Form(max_length=12)] = "",
    reason: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Release, refuse or withdraw."""
    if decision not in _DECISIONS:
        raise DomainError("release_unknown", http_status=404)
    state = request.app.state
    try:
        release_desk.decide(
            unit,
            request_id,
            _DECISIONS[decision],
            visitor.identity.staff_id,
            reason.strip(),
            state.business_clock.now(),
            state.system_clock.now(),
            timedelta(days=state.settings.promotion_days_ahead),
        )
    except DomainError as refusal:
        if refusal.code != CHECK_FAILED:
            raise
        return _list(request, visitor, unit, refusal.params)
    return RedirectResponse("/releases", status_code=303)


@router.get("/rules")
def rules_page(request: Request, visitor: RuleReader, unit: ReadOnlyUnit) -> HTMLResponse:
    """What needs a second person, and what the chain's codes look like."""
    return rules_answer(request, visitor, unit)


def rules_answer(
    request: Request,
    visitor: Visitor,
    unit: ReadUnit,
    document: Mapping[str, object] | None = None,
    wrong_rule: str = "",
    days: str | None = None,
    alone: str | None = None,
    refused: RefusedFirst = NOTHING_REFUSED,
) -> HTMLResponse:
    """The page of rules. What was typed stays: a `document` refused because of `wrong_rule`, `days`, codes taken
    `alone`, or who is first.
    """
    texts = reader_of(request, visitor).texts
    under_way = rollouts.list_rollouts(unit, rollouts.OPEN)
    return render(
        request,
        "rules.html",
        part="rules",
        status=422 if wrong_rule or refused.problem else 200,
        waiting=attention(unit, visitor, request),
        rules=[
            (kind.value, word(texts, RELEASE_KINDS, kind), on)
            for kind, on in service.rules(unit).items()
        ],
        codes=document or scan_rules_document(scan_rules(unit)),
        code_kinds=[(code, texts.gettext(name)) for code, name in CODE_KINDS.items()],
        wrong_rule=wrong_rule,
        days=str(offline_days(unit)) if days is None else days,
        most_days=MOST_OFFLINE_DAYS,
        alone=str(codes_alone(unit)) if alone is None else alone,
        most_alone=ALONE_MOST,
        refused=refused,
        under_way=[(one.rollout_id, texts.gettext(SETTING_WORDS[one.key])) for one in under_way],
        saved=request.query_params.get("saved") == "1",
    )


@router.post("/rules")
def set_rules(
    request: Request,
    visitor: RuleKeeper,
    unit: WriteUnit,
    four_eyes: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Switch the second person on or off."""
    before = service.rules(unit)
    for kind in ReleaseKind:
        service.set_rule(unit, kind, on=kind.value in (four_eyes or ()))
    after = service.rules(unit)
    facts = [{kind.value: on for kind, on in rules.items()} for rules in (before, after)]
    note(request, visitor, unit, changed("rules", "four_eyes", facts[0], facts[1]))
    return RedirectResponse(link("/rules", saved=1), status_code=303)
