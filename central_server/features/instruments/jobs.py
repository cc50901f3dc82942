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
    sign = context.signing_key.sign
    while True:
        with reading(context.database) as unit:
            if not batches.is_waiting(unit):
                return
        at = context.business_clock.now()
        run_writing(context.database, partial(batches.issue_part, sign=sign, at=at))


JOBS = (
    Job("gift_cards", expire, daily_at=(0, 20)),
    Job("voucher_batches", issue_batches, every_milliseconds=2_000),
)
