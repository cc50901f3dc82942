"""`/rollouts`: versions of settings, how their first tills fare, and the steps from there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from central_server.backoffice.device_view import KINDS
from central_server.backoffice.numbers import NumberInPath
from central_server.backoffice.rollout_form import (
    NOTHING_REFUSED,
    SETTING_WORDS,
    RefusedFirst,
    SentFirst,
    refused_first,
)
from central_server.backoffice.scope import Scope, scope_of
from central_server.backoffice.shell import Reader, attention, reader_of, render
from central_server.backoffice.trail import note
from central_server.backoffice.visitors import Visitor, looks, sends
from central_server.backoffice.words import word
from central_server.features.audit.service import AuditChange
from central_server.features.rollouts import service
from central_server.features.rollouts.service import Rollout, RolloutState, Setting
from central_server.gateway.rollouts import FirstTill, health_of
from central_server.platform.access import Right
from central_server.platform.translations import mark
from central_server.platform.unit_of_work import ReadOnlyUnit, ReadUnit, WriteUnit
from shared.errors import DomainError

router = APIRouter(include_in_schema=False)

# Whoever releases looks at what it is; only who sets rules takes the next step.
RolloutReader = Annotated[Visitor, looks(Right.RELEASES_DECIDE)]
RolloutKeeper = Annotated[Visitor, sends(Right.RULES_WRITE)]

_LISTED = 60
STATES: Mapping[str, tuple[str, str]] = {
    RolloutState.WAITING: (mark("Waiting"), "warning"),
    RolloutState.RUNNING: (mark("On its way"), "info"),
    RolloutState.STOPPED: (mark("Stopped"), "warning"),
    RolloutState.DONE: (mark("On all tills"), "ok"),
    RolloutState.BACK: (mark("Taken back"), ""),
    RolloutState.REFUSED: (mark("Refused"), "bad"),
}
STOPPED_WHY: Mapping[str, str] = {
    "exceptions": mark("It stopped by itself: receipts of the first tills raised exceptions."),
    "silent": mark("It stopped by itself: one of the first tills is silent."),
    "missing": mark("It stopped by itself: not all of the first tills have it yet."),
    "": mark("It goes no further until somebody lets it."),
}


@router.get("/rollouts")
def rollout_list(request: Request, visitor: RolloutReader, unit: ReadOnlyUnit) -> Response:
    """Versions of settings, newest first."""
    reader, scope = reader_of(request, visitor), scope_of(unit, visitor, None)
    rows = [
        {
            "one": one,
            "name": word(reader.texts, SETTING_WORDS, one.key),
            "state": STATES[one.state],
            "asked": reader.formats.moment(one.asked_at, scope.zone),
        }
        for one in service.list_rollouts(unit, limit=_LISTED)
    ]
    waiting = attention(unit, visitor, request)
    return render(request, "rollouts.html", part="rules", waiting=waiting, rows=rows)


@router.get("/rollouts/{rollout_id}")
def rollout_page(
    request: Request, rollout_id: NumberInPath, visitor: RolloutReader, unit: ReadOnlyUnit
) -> Response:
    """One version: what it changes, its first tills, and what can be done now."""
    return _page(request, visitor, unit, service.get_rollout(unit, rollout_id))


@router.post("/rollouts/{rollout_id}/{step}")
def take_step(
    request: Request,
    rollout_id: NumberInPath,
    step: str,
    visitor: RolloutKeeper,
    unit: WriteUnit,
    typed: SentFirst,
) -> Response:
    """`widen`, `stop`, `all` or `back`; `DomainError('rollout_step_invalid')`, 409, where that is not possible."""
    now = request.app.state.system_clock.now()
    one = service.get_rollout(unit, rollout_id)
    facts: dict[str, object] = {}
    if step == "widen":
        try:
            more = typed.tills(unit, f"{one.key} {one.value}")
        except DomainError as refusal:
            return _page(request, visitor, unit, one, refused_first(one.key, typed, refusal))
        service.widen(unit, rollout_id, more)
        facts, action = {"tills": sorted(more - set(one.till_ids))}, "widened"
    elif step == "stop":
        service.stop(unit, rollout_id)
        action = "stopped"
    elif step == "all":
        service.to_all(unit, rollout_id, now)
        action = "applied"
    elif step == "back":
        service.take_back(unit, rollout_id, now)
        action = "back"
    else:
        raise DomainError("rollout_step_invalid", http_status=404)
    note(request, visitor, unit, AuditChange(action, "rollout", str(rollout_id), {}, facts))
    return RedirectResponse(f"/rollouts/{rollout_id}", status_code=303)


def _page(
    request: Request,
    visitor: Visitor,
    unit: ReadUnit,
    one: Rollout,
    refused: RefusedFirst = NOTHING_REFUSED,
) -> Response:
    reader, scope = reader_of(request, visitor), scope_of(unit, visitor, None)
    now = request.app.state.system_clock.now()
    health = health_of(unit, one, now)
    under_way = one.state in service.UNDER_WAY
    return render(
        request,
        "rollout.html",
        part="rules",
        status=422 if refused.problem else 200,
        waiting=attention(unit, visitor, request),
        one=one,
        name=word(reader.texts, SETTING_WORDS, one.key),
        state=STATES[one.state],
        stopped_why=STOPPED_WHY[one.stopped_why],
        under_way=under_way,
        health=health,
        tills=[_till(reader, scope, till, now) for till in health.tills],
        in_service=len(service.tills_in_service(unit)),
        before=_shown(reader, one.key, one.before),
        after=_shown(reader, one.key, one.value),
        asked=reader.formats.moment(one.asked_at, scope.zone),
        all_at=reader.formats.moment(one.all_at, scope.zone) if one.all_at else "",
        may_go_back=under_way or (one.state is RolloutState.DONE and service.is_newest(unit, one)),
        refused=refused,
    )


def _till(reader: Reader, scope: Scope, till: FirstTill, now: datetime) -> dict[str, object]:
    seen = till.last_contact_at
    return {
        "till": till,
        "store": scope.name_of(till.store_id),
        "ago": reader.formats.ago(seen, now) if seen is not None else "–",
        "exceptions": reader.formats.count(till.exceptions),
        "devices": ", ".join(word(reader.texts, KINDS, kind) for kind in till.devices),
    }


def _shown(reader: Reader, key: Setting, text: str | None) -> str:
    """A value for people to compare, line by line."""
    if text is None:
        return reader.texts.gettext("nothing set: tills go by what is usual")
    if key is Setting.CODES:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    return reader.texts.ngettext("{n} day", "{n} days", int(text))
