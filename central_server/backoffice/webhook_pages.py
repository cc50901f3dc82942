"""`/webhooks`: who is told what, how deliveries ended, and trying them. The secret stands on one answer only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from central_server.backoffice.scope import scope_of
from central_server.backoffice.shell import Reader, attention, reader_of, render
from central_server.backoffice.trail import note
from central_server.backoffice.visitors import Visitor, looks, sends
from central_server.backoffice.words import word
from central_server.features.audit.service import added, changed
from central_server.features.webhooks import service
from central_server.features.webhooks.service import DELIVERED, TEST, Delivery, Topic, Wish
from central_server.platform.access import Right
from central_server.platform.clock import new_id
from central_server.platform.translations import mark
from central_server.platform.unit_of_work import ReadOnlyUnit, ReadUnit, WriteUnit
from shared.errors import DomainError

router = APIRouter(include_in_schema=False)

HookReader = Annotated[Visitor, looks(Right.KEYS_WRITE)]
HookKeeper = Annotated[Visitor, sends(Right.KEYS_WRITE)]
HookId = Annotated[str, Path(max_length=12)]

TOPIC_WORDS: Mapping[str, str] = {
    Topic.RECEIPT_BOOKED: mark("Receipts that are booked"),
    Topic.EVENT_WAITING: mark("Events that wait for a person"),
    TEST: mark("Test"),
}
# The field that a refusal is about, and what to say beside it.
_PROBLEMS: Mapping[str, tuple[str, str]] = {
    "webhook_name_missing": ("name", mark("Say which system it is for.")),
    "webhook_url_invalid": (
        "url",
        mark("An https address without a user, a password or a fragment."),
    ),
    "webhook_topic_missing": ("topic", mark("Choose at least one thing to tell.")),
}
_OUTCOMES: Mapping[str, str] = {
    DELIVERED: mark("Arrived"),
    "": mark("Not tried yet"),
    "webhook_unreachable": mark("No answer"),
    "webhook_target_inside": mark("Leads into a private network"),
    "webhook_url_invalid": mark("This address is not allowed any more"),
}


@router.get("/webhooks")
def webhook_list(request: Request, visitor: HookReader, unit: ReadOnlyUnit) -> Response:
    """All webhooks and the form for another one."""
    return _list(request, visitor, unit)


@router.post("/webhooks")
def add(
    request: Request,
    visitor: HookKeeper,
    unit: WriteUnit,
    name: Annotated[str, Form(max_length=80)] = "",
    url: Annotated[str, Form(max_length=500)] = "",
    topic: Annotated[list[str] | None, Form(max_length=20)] = None,
    store: Annotated[list[str] | None, Form(max_length=2_000)] = None,
) -> Response:
    """Add one; its secret stands on this answer."""
    state = request.app.state
    given = {"name": name, "url": url, "topics": topic or [], "stores": store or []}
    now = state.system_clock.now()
    try:
        topics = frozenset(one for one in Topic if one in (topic or ()))
        if not topics:
            raise DomainError("webhook_topic_missing", http_status=422)
        wish = Wish(name, url.strip(), topics, frozenset(store or ()))
        hook, secret = service.subscribe(
            unit, wish, visitor.identity, state.sealing_key, state.settings.hosts_inside, now
        )
    except DomainError as refusal:
        if refusal.code not in _PROBLEMS:
            raise
        return _list(request, visitor, unit, given, _PROBLEMS[refusal.code])
    note(request, visitor, unit, added("webhook", hook.webhook_id, hook.facts()))
    return _hook(request, visitor, unit, hook.webhook_id, secret)


@router.get("/webhooks/{webhook_id}")
def webhook_page(
    request: Request, webhook_id: HookId, visitor: HookReader, unit: ReadOnlyUnit
) -> Response:
    """One webhook and its latest deliveries."""
    return _hook(request, visitor, unit, webhook_id)


@router.post("/webhooks/{webhook_id}/retry/{delivery_id}")
def retry_one(
    request: Request, webhook_id: HookId, delivery_id: UUID, _visitor: HookKeeper, unit: WriteUnit
) -> Response:
    """Try one delivery again now."""
    now = request.app.state.business_clock.now()
    service.try_one_again(unit, webhook_id, delivery_id, now)
    return RedirectResponse(f"/webhooks/{webhook_id}", status_code=303)


@router.post("/webhooks/{webhook_id}/{step}")
def take_step(
    request: Request, webhook_id: HookId, step: str, visitor: HookKeeper, unit: WriteUnit
) -> Response:
    """`pause`, `resume`, `end`, `test` or `retry` all that was given up."""
    state = request.app.state
    now, business = state.system_clock.now(), state.business_clock.now()
    before = service.get_webhook(unit, webhook_id)
    if step in set(service.Step):
        service.take_step(unit, webhook_id, service.Step(step), now)
    elif step == "test":
        service.send_test(unit, webhook_id, new_id(state.system_clock), business)
    elif step == "retry":
        service.try_again(unit, webhook_id, business)
    else:
        raise DomainError("webhook_unknown", http_status=404)
    after = service.get_webhook(unit, webhook_id)
    note(request, visitor, unit, changed("webhook", webhook_id, before.facts(), after.facts()))
    return RedirectResponse(f"/webhooks/{webhook_id}", status_code=303)


def _list(
    request: Request,
    visitor: Visitor,
    unit: ReadUnit,
    given: Mapping[str, Any] | None = None,
    problem: tuple[str, str] = ("", ""),
) -> Response:
    texts, scope = reader_of(request, visitor).texts, scope_of(unit, visitor, None)
    rows = [
        (hook, ", ".join(texts.gettext(TOPIC_WORDS[one]) for one in sorted(hook.topics)))
        for hook in service.list_webhooks(unit)
    ]
    return render(
        request,
        "webhooks.html",
        part="webhooks",
        status=422 if problem[0] else 200,
        waiting=attention(unit, visitor, request),
        rows=rows,
        topics=[(one.value, texts.gettext(TOPIC_WORDS[one])) for one in Topic],
        stores=scope.visible,
        given=given or {"name": "", "url": "", "topics": [Topic.RECEIPT_BOOKED], "stores": []},
        wrong=problem[0],
        problem=problem[1],
    )


def _hook(
    request: Request, visitor: Visitor, unit: ReadUnit, webhook_id: str, secret: str = ""
) -> Response:
    reader, zone = reader_of(request, visitor), scope_of(unit, visitor, None).zone
    hook = service.get_webhook(unit, webhook_id)

    def when(at: datetime | None) -> str:
        return reader.formats.moment(at, zone) if at is not None else "–"

    return render(
        request,
        "webhook.html",
        part="webhooks",
        waiting=attention(unit, visitor, request),
        hook=hook,
        secret=secret,
        topics=[reader.texts.gettext(TOPIC_WORDS[one]) for one in sorted(hook.topics)],
        made=when(hook.made_at),
        paused=when(hook.paused_at) if hook.paused_at else "",
        ended=when(hook.ended_at) if hook.ended_at else "",
        deliveries=[
            {
                "one": one,
                "topic": reader.texts.gettext(TOPIC_WORDS[one.topic]),
                "made": when(one.made_at),
                "next": when(one.next_at),
                "body": _pretty(one.body),
                "outcome": _outcome(reader, one),
                "tone": _tone(one),
            }
            for one in service.deliveries(unit, webhook_id)
        ],
    )


def _outcome(reader: Reader, one: Delivery) -> str:
    if one.outcome.startswith("status_"):
        status = one.outcome.removeprefix("status_")
        return reader.texts.gettext("Answered {status}", status=status)
    return word(reader.texts, _OUTCOMES, one.outcome)


def _tone(one: Delivery) -> str:
    if one.delivered_at is not None:
        return "ok"
    return "bad" if one.next_at is None else "warning" if one.tries else "info"


def _pretty(body: str) -> str:
    return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
