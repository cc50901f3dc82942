"""Jobs and metrics of the journal: projecting what was accepted, and checking it every night."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic

from prometheus_client.metrics_core import Metric

from central_server.features.exceptions import service as exceptions
from central_server.features.stores.service import list_stores
from central_server.features.tills.service import list_tills
from central_server.gateway.journal import checks, repository
from central_server.gateway.journal.decoding import TillPlace
from central_server.gateway.journal.projection import project_pending
from central_server.platform.observability import (
    EVENTS_ACCEPTED,
    EVENTS_PROJECTED,
    EXCEPTIONS_OPEN,
    PROJECTION_LAG,
    counter,
    gauge,
)
from central_server.platform.scheduler import Job, JobContext
from central_server.platform.unit_of_work import ReadUnit

# A run ends after this long even if more is waiting, so that the scheduler can be stopped in between.
_LONGEST_RUN_SECONDS = 10


def places(unit: ReadUnit, till_ids: Iterable[str]) -> dict[str, TillPlace]:
    """Store and currency of tills."""
    wanted = set(till_ids)
    stores = {store.store_id: store for store in list_stores(unit)}
    return {
        till.till_id: TillPlace(till.store_id, stores[till.store_id].currency)
        for till in list_tills(unit)
        if till.till_id in wanted
    }


def project(context: JobContext) -> None:
    """Book what is waiting."""
    deadline = monotonic() + _LONGEST_RUN_SECONDS
    while project_pending(context.database, places, context.business_clock):
        if monotonic() > deadline:
            return


def check(context: JobContext) -> None:
    """The nightly checks of chains, figures and stock."""
    checks.nightly(context.database)


JOBS = (
    Job("projector", project, every_milliseconds=200),
    Job("nightly_checks", check, daily_at=(2, 30)),
)


def metrics(unit: ReadUnit) -> Iterable[Metric]:
    """What the journal says about itself at each scrape."""
    accepted, projected = repository.counts(unit.connection)
    waiting = accepted - projected
    yield counter(EVENTS_ACCEPTED, "Journal events accepted from tills", accepted)
    yield counter(EVENTS_PROJECTED, "Journal events booked", projected)
    yield gauge(PROJECTION_LAG, "Journal events accepted and not booked yet", waiting)
    yield gauge(EXCEPTIONS_OPEN, "Events waiting for a person", exceptions.open_count(unit))
