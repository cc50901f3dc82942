"""Sends what webhooks are to be told. An address that does not answer delays its own deliveries and nobody else's."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from central_server.features.webhooks import repository, service
from central_server.features.webhooks.service import DELIVERED, Delivery, Webhook
from central_server.platform import outbound
from central_server.platform.scheduler import Job, JobContext
from central_server.platform.unit_of_work import reading, run_writing
from shared.errors import DomainError, EnvironmentProblem

_AT_ONCE = 50
_KEPT = timedelta(days=30)
_ACCEPTED = range(200, 300)


def deliver(context: JobContext) -> None:
    """Try everything that is due; after a failure the rest of that webhook waits for the next run.

    Due is by the business clock, which what is told was noted with; signatures carry the system's time.
    """
    now = context.business_clock.now()
    with reading(context.database) as unit:
        hooks = service.list_webhooks(unit, ended=False)
    for hook in hooks:
        if hook.paused_at is not None:
            continue
        with reading(context.database) as unit:
            secret, due = service.due(unit, hook.webhook_id, context.sealing_key, now, _AT_ONCE)
        for delivery in due:
            outcome = _outcome(context, hook, delivery, secret)
            at = context.business_clock.now()
            keep = partial(service.keep_try, delivery=delivery, outcome=outcome, now=at)
            run_writing(context.database, keep)
            if outcome != DELIVERED:
                break


def _outcome(context: JobContext, hook: Webhook, delivery: Delivery, secret: bytes) -> str:
    inside = context.settings.hosts_inside
    headers = service.headers_of(delivery, secret, context.system_clock.now())
    try:
        target = service.target(hook, inside)
        status = outbound.post(target, headers, delivery.body.encode(), inside)
    except (DomainError, EnvironmentProblem) as problem:
        return problem.code
    return DELIVERED if status in _ACCEPTED else f"status_{status}"


def forget(context: JobContext) -> None:
    """Forget what was told, or given up, more than 30 days ago."""
    before = context.business_clock.now() - _KEPT
    run_writing(context.database, lambda unit: repository.forget(unit, before))


JOBS = (
    Job("webhooks", deliver, every_milliseconds=5_000),
    Job("forget_webhook_deliveries", forget, daily_at=(3, 40)),
)
