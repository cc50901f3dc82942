"""Makes the web application from its parts. Routers, error texts and metrics are tuples: a feature adds one entry."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

import anyio.to_thread
from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from starlette.routing import BaseRoute

from central_server.app.error_texts import ERROR_TEXTS
from central_server.app.schema import schema_is_current
from central_server.backoffice.error_pages import error_page
from central_server.backoffice.parts import ROUTERS as BACK_OFFICE
from central_server.backoffice.parts import install_back_office
from central_server.features.catalogue.api import router as catalogue
from central_server.features.loyalty.api import router as write_offs
from central_server.features.offers.api import router as offers
from central_server.features.pricing.api import router as pricing
from central_server.features.reporting.api import router as reporting
from central_server.features.sales.api import router as sales
from central_server.features.stock.api import router as stock
from central_server.features.stores.api import router as stores
from central_server.features.tills.api import router as tills
from central_server.features.tills.service import unseen_metric
from central_server.features.webhooks.api import router as webhooks
from central_server.gateway.authorisations import router as authorisations
from central_server.gateway.codes import router as codes
from central_server.gateway.devices import router as devices
from central_server.gateway.feeds import FeedWatch
from central_server.gateway.feeds import router as feeds
from central_server.gateway.journal.api import processed_through
from central_server.gateway.journal.api import router as journal
from central_server.gateway.journal.jobs import metrics as journal_metrics
from central_server.gateway.malformed import keep_malformed
from central_server.gateway.newcomers import router as newcomers
from central_server.gateway.pictures import router as pictures
from central_server.gateway.provisioning import router as provisioning
from central_server.gateway.purchases import router as purchases
from central_server.gateway.sequencer import feed_metrics
from central_server.gateway.snapshots import router as snapshots
from central_server.gateway.snapshots import snapshot_metrics
from central_server.platform.bodies import BodyLimit
from central_server.platform.errors import ERROR_RESPONSES, install_error_handlers
from central_server.platform.health import router as health
from central_server.platform.observability import (
    DatabaseMetrics,
    HttpMetrics,
    MetricsSource,
    RequestObserver,
)
from central_server.platform.scheduler import JobContext
from central_server.platform.security import RateLimiter
from central_server.platform.unit_of_work import ReadUnit
from shared.wire.models import MAX_BATCH_BYTES

# Nobody has to be known to send a body, so it is bounded before anything else looks at it. The largest that
# is meant is a journal batch, whose quoted bodies may take twice their bytes, with its envelope.
MAX_REQUEST_BYTES = 2 * MAX_BATCH_BYTES + 200_000

# In the order in which a request is tried against them: what customers wait for, and what tills ask all day, first.
ROUTERS: tuple[APIRouter, ...] = (
    authorisations,
    journal,
    feeds,
    codes,
    purchases,
    devices,
    newcomers,
    pictures,
    snapshots,
    provisioning,
    health,
    stores,
    tills,
    offers,
    catalogue,
    pricing,
    stock,
    sales,
    reporting,
    webhooks,
    write_offs,
    *BACK_OFFICE,
)
# Requests that are being worked on at once, besides those that wait for a feed.
_WORKING_THREADS = 50

Companion = Callable[[], AbstractAsyncContextManager[None]]


def create_app(context: JobContext, companion: Companion = nullcontext) -> FastAPI:
    """The application on an opened and migrated database. `companion` lives as long as the application does."""
    watch = FeedWatch(context.database, context.settings.long_poll_seats)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        limiter = anyio.to_thread.current_default_thread_limiter()
        limiter.total_tokens = _WORKING_THREADS + context.settings.long_poll_seats
        async with companion():
            yield
        watch.close()

    app = FastAPI(
        title="Tresen central server",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    _fill_state(app, context, watch)
    registry = CollectorRegistry()
    metrics = HttpMetrics(registry)
    registry.register(DatabaseMetrics(context.database, _metric_sources(context)))
    app.state.metrics_registry = registry
    app.router.routes.extend(_routes())
    install_back_office(app)
    install_error_handlers(app, ERROR_TEXTS, error_page, keep_malformed)
    app.add_middleware(BodyLimit, limit=MAX_REQUEST_BYTES)
    app.add_middleware(RequestObserver, metrics=metrics)
    return app


@functools.cache
def _routes() -> tuple[BaseRoute, ...]:
    """All routes. They hold nothing of an application, and to read their signatures takes a tenth of a second."""
    together = APIRouter()
    for router in ROUTERS:
        together.include_router(router, responses=ERROR_RESPONSES)
    return tuple(together.routes)


def _fill_state(app: FastAPI, context: JobContext, watch: FeedWatch) -> None:
    state = app.state
    state.database = context.database
    state.settings = context.settings
    state.system_clock = context.system_clock
    state.business_clock = context.business_clock
    state.signing_key = context.signing_key
    state.pin_key = context.pin_key
    state.sealing_key = context.sealing_key
    state.error_texts = ERROR_TEXTS
    state.schema_is_current = schema_is_current
    state.feed_watch = watch
    state.processed_through = processed_through
    state.provisioning_limiter = RateLimiter(
        context.system_clock, context.settings.provisioning_attempts_per_minute
    )
    state.authorisation_limiter = RateLimiter(
        context.system_clock, context.settings.authorisations_per_minute
    )


def _metric_sources(context: JobContext) -> tuple[MetricsSource, ...]:
    def unseen(unit: ReadUnit) -> Iterable[Metric]:
        yield unseen_metric(unit, context.system_clock.now())

    return (feed_metrics, snapshot_metrics, journal_metrics, unseen)
