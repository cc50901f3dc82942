"""The job of gift cards: those whose last day is over end, and what is left on them becomes breakage."""

from __future__ import annotations

from central_server.features.instruments import service
from central_server.platform.scheduler import Job, JobContext
from central_server.platform.unit_of_work import run_writing


def expire(context: JobContext) -> None:
    """End what is over."""
    now = context.business_clock.now()
    while run_writing(context.database, lambda unit: service.expire_cards(unit, now.date(), now)):
        pass


JOBS = (Job("gift_cards", expire, daily_at=(0, 20)),)
