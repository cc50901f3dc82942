"""Webhooks for head office: `/api/v1/webhooks`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from central_server.features.audit.service import added, changed, record
from central_server.features.webhooks import service
from central_server.features.webhooks.service import Step, Topic, Webhook, Wish
from central_server.platform.access import Right, StaffIdentity, needs
from central_server.platform.clock import new_id
from central_server.platform.unit_of_work import ReadOnlyUnit, UnitOfWork, WriteUnit

router = APIRouter(prefix="/api/v1", tags=["webhooks"])

WebhookKeeper = Annotated[StaffIdentity, needs(Right.KEYS_WRITE)]
WebhookId = Annotated[str, Path(max_length=12)]


class WebhookView(BaseModel):
    """A webhook; without `stores` it is told of all of them."""

    webhook_id: str
    name: str
    url: str
    topics: list[Topic]
    stores: list[str]
    made_by: str
    made_at: datetime
    ended_at: datetime | None
    paused_at: datetime | None
    waiting: int
    given_up: int

    @classmethod
    def of(cls, hook: Webhook) -> WebhookView:
        """The view of a webhook."""
        return cls(
            webhook_id=hook.webhook_id,
            name=hook.name,
            url=hook.url,
            topics=sorted(hook.topics),
            stores=sorted(hook.store_ids),
            made_by=hook.made_by,
            made_at=hook.made_at,
            ended_at=hook.ended_at,
            paused_at=hook.paused_at,
            waiting=hook.waiting,
            given_up=hook.given_up,
        )


class NewWebhook(BaseModel):
    """A webhook to be added."""

    name: str = Field(min_length=1, max_length=80)
    url: str = Field(min_length=1, max_length=500)
    topics: frozenset[Topic] = Field(min_length=1)
    stores: frozenset[str] = frozenset()


class AddedWebhook(WebhookView):
    """A webhook that was added, with the secret that its deliveries are signed with. It is shown this once."""

    secret: str


class DeliveryView(BaseModel):
    """One delivery: `outcome` of the last try is `delivered`, `status_…` or a code of an error."""

    delivery_id: UUID
    topic: str
    made_at: datetime
    tries: int
    next_at: datetime | None
    delivered_at: datetime | None
    outcome: str


class TriedAgain(BaseModel):
    """How many deliveries are tried again."""

    deliveries: int


@router.get("/webhooks", summary="All webhooks")
def webhooks(_staff: WebhookKeeper, unit: ReadOnlyUnit) -> list[WebhookView]:
    """Newest first, those that ended too."""
    return [WebhookView.of(hook) for hook in service.list_webhooks(unit)]


@router.post("/webhooks", summary="Add a webhook", status_code=201)
def add(new: NewWebhook, request: Request, staff: WebhookKeeper, unit: WriteUnit) -> AddedWebhook:
    """From now on it is told what happens. docs/webhooks.md says how deliveries are signed."""
    state = request.app.state
    now = state.system_clock.now()
    wish = Wish(new.name, new.url, new.topics, new.stores)
    hook, secret = service.subscribe(
        unit, wish, staff, state.sealing_key, state.settings.hosts_inside, now
    )
    record(unit, staff.staff_id, now, added("webhook", hook.webhook_id, hook.facts()))
    return AddedWebhook(**WebhookView.of(hook).model_dump(), secret=secret)


@router.post("/webhooks/{webhook_id}/end", summary="End a webhook")
def end(
    webhook_id: WebhookId, request: Request, staff: WebhookKeeper, unit: WriteUnit
) -> WebhookView:
    """It is told nothing any more, not even what waits."""
    return _stepped(request, staff, unit, webhook_id, Step.END)


@router.get("/webhooks/{webhook_id}/deliveries", summary="The latest deliveries of a webhook")
def deliveries(
    webhook_id: WebhookId, _staff: WebhookKeeper, unit: ReadOnlyUnit
) -> list[DeliveryView]:
    """Latest first, at most a hundred; they are kept for 30 days."""
    found = service.deliveries(unit, webhook_id)
    return [DeliveryView.model_validate(one, from_attributes=True) for one in found]


@router.post("/webhooks/{webhook_id}/retry", summary="Try again what was given up")
def retry(
    webhook_id: WebhookId, request: Request, _staff: WebhookKeeper, unit: WriteUnit
) -> TriedAgain:
    """The address works again: send what it missed."""
    now = request.app.state.business_clock.now()
    return TriedAgain(deliveries=service.try_again(unit, webhook_id, now))


@router.post("/webhooks/{webhook_id}/pause", summary="Let a webhook pause")
def pause(
    webhook_id: WebhookId, request: Request, staff: WebhookKeeper, unit: WriteUnit
) -> WebhookView:
    """What happens meanwhile waits for it."""
    return _stepped(request, staff, unit, webhook_id, Step.PAUSE)


@router.post("/webhooks/{webhook_id}/resume", summary="Go on with a webhook that pauses")
def resume(
    webhook_id: WebhookId, request: Request, staff: WebhookKeeper, unit: WriteUnit
) -> WebhookView:
    """What waited is sent now."""
    return _stepped(request, staff, unit, webhook_id, Step.RESUME)


@router.post("/webhooks/{webhook_id}/test", summary="Send a test delivery", status_code=202)
def test(
    webhook_id: WebhookId, request: Request, _staff: WebhookKeeper, unit: WriteUnit
) -> TriedAgain:
    """A delivery of the topic `test` that tells of nothing; how it ended stands among the deliveries."""
    state = request.app.state
    service.send_test(unit, webhook_id, new_id(state.system_clock), state.business_clock.now())
    return TriedAgain(deliveries=1)


def _stepped(
    request: Request, staff: StaffIdentity, unit: UnitOfWork, webhook_id: str, step: Step
) -> WebhookView:
    now = request.app.state.system_clock.now()
    before, after = service.take_step(unit, webhook_id, step, now)
    record(unit, staff.staff_id, now, changed("webhook", webhook_id, before.facts(), after.facts()))
    return WebhookView.of(after)
