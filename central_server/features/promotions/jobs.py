"""The job of promotions: tills get each version in time before it begins, and forget it in time after it is over."""

from __future__ import annotations

from datetime import timedelta

from central_server.features.promotions import budget_stops, service
from central_server.features.promotions.service import Publication
from central_server.platform.scheduler import Job, JobContext
from central_server.platform.unit_of_work import reading, run_writing


def settle(context: JobContext) -> None:
    """Tell tills what came due. Most runs find nothing; they must not cost a write transaction."""
    now = context.business_clock.now()
    ahead = timedelta(days=context.settings.promotion_days_ahead)
    with reading(context.database) as unit:
        if service.is_settled(unit, now, ahead):
            return
    run_writing(context.database, lambda unit: service.settle(unit, now, ahead))


def stop_spent(context: JobContext) -> None:
    """Withdraw promotions that have given what their budget stop says. Most runs find none and write nothing."""
    with reading(context.database) as unit:
        if not budget_stops.is_any_reached(unit):
            return
    ahead = timedelta(days=context.settings.promotion_days_ahead)
    publication = Publication(context.business_clock.now(), budget_stops.ACTOR, ahead)
    at = context.system_clock.now()
    run_writing(context.database, lambda unit: budget_stops.stop_reached(unit, publication, at))


JOBS = (
    Job("promotions", settle, every_milliseconds=60_000),
    Job("budget_stops", stop_spent, every_milliseconds=2_000),
)
