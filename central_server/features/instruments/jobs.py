"""The jobs of instruments: gift cards whose last day is over end, and batches of vouchers are issued."""

from __future__ import annotations

from functools import partial

from central_server.features.instruments import batches, service
from central_server.platform.scheduler import Job, JobContext
from central_server.platform.unit_of_work import reading, run_writing


def expire(context: JobContext) -> None:
    """End what is over."""
    now = context.business_clock.now()
    while run_writing(context.database, lambda unit: service.expire_cards(unit, now.date(), now)):
        pass


def issue_batches(context: JobContext) -> None:
    """Issue what is left of batches, a part in each transaction. Most runs find nothing and write nothing."""
    while True:
        at = context.business_clock.now()
        with reading(context.database) as unit:
            part = batches.next_part(unit, context.signing_key.sign, at)
        if part is None:
            return
        run_writing(context.database, partial(batches.issue_part, part=part, at=at))


JOBS = (
    Job("gift_cards", expire, daily_at=(0, 20)),
    Job("voucher_batches", issue_batches, every_milliseconds=2_000),
)
