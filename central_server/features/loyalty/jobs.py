"""Jobs of loyalty: announcing what ends soon, and working off debts with what may be spent by now."""

from __future__ import annotations

from functools import partial

from central_server.features.loyalty import service
from central_server.platform.scheduler import Job, JobContext
from central_server.platform.unit_of_work import run_writing


def announce(context: JobContext) -> int:
    """Note what ends soon; how many ends were announced now."""
    today = context.business_clock.now().date()
    count = 0
    while more := run_writing(context.database, lambda unit: service.announce(unit, today)):
        count += more
    return count


def settle(context: JobContext) -> None:
    """Work off debts."""
    now = context.business_clock.now()
    last = 0
    while last := run_writing(
        context.database,
        partial(service.settle_debts, after=last, today=now.date(), at=now),
    ):
        pass


def nightly(context: JobContext) -> None:
    """Announce, then settle: the ledger's own job, which comes after, ends what is over."""
    announce(context)
    settle(context)


JOBS = (Job("loyalty", nightly, daily_at=(0, 5)),)
