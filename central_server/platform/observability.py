"""Logs and figures about the process itself: structured lines with a request id, and Prometheus metrics.

Ten metrics are named here and nowhere else. Counts that live in the database are read from it at each
scrape, so they are right however many processes serve; only the two HTTP metrics are per process.
"""

from __future__ import annotations

import logging
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from time import perf_counter
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from central_server.platform.database import Database
from central_server.platform.unit_of_work import ReadUnit, reading
from shared.errors import EnvironmentProblem

HTTP_REQUESTS = "tresen_http_requests"
HTTP_SECONDS = "tresen_http_request_seconds"
EVENTS_ACCEPTED = "tresen_journal_events_accepted"
EVENTS_PROJECTED = "tresen_journal_events_projected"
PROJECTION_LAG = "tresen_projection_lag_events"
FEED_HEAD = "tresen_feed_head_seq"
DIRTY_ROWS = "tresen_sequencer_dirty_rows"
EXCEPTIONS_OPEN = "tresen_event_exceptions_open"
SNAPSHOT_SECONDS = "tresen_snapshot_build_seconds"
TILLS_UNSEEN = "tresen_tills_unseen"

MetricsSource = Callable[[ReadUnit], Iterable[Metric]]

# Anybody may invent a method; each one would be a series of its own.
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_SECRET_WORDS = ("pin", "password", "token", "code_plain", "authorization", "cookie", "secret")


def counter(name: str, help_text: str, value: int) -> CounterMetricFamily:
    """A counter whose value stands in the database (`_total` is added by the format)."""
    return CounterMetricFamily(name, help_text, value=value)


def gauge(name: str, help_text: str, value: float) -> GaugeMetricFamily:
    """A gauge whose value stands in the database."""
    return GaugeMetricFamily(name, help_text, value=value)


class DatabaseMetrics(Collector):
    """Asks every source for its figures at each scrape. A database that is away leaves them out."""

    def __init__(self, database: Database, sources: Sequence[MetricsSource]) -> None:
        self._database = database
        self._sources = sources

    def collect(self) -> Iterator[Metric]:
        """The figures as they stand now."""
        try:
            with reading(self._database) as unit:
                families = [family for source in self._sources for family in source(unit)]
        except EnvironmentProblem:
            return
        yield from families

    def describe(self) -> list[Metric]:
        """Nothing beforehand: describing would need the database while the process starts."""
        return []


class HttpMetrics:
    """The two metrics of the web process itself."""

    def __init__(self, registry: CollectorRegistry) -> None:
        # When a series began is a series of its own to Prometheus' text format; nobody asks for it.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.requests = Counter(
            HTTP_REQUESTS, "Requests answered", ("method", "route", "status"), registry=registry
        )
        self.seconds = Histogram(
            HTTP_SECONDS, "Time to answer in seconds", ("route",), registry=registry
        )


class RequestObserver:
    """ASGI middleware: gives each request an id, logs it in one line and counts it."""

    def __init__(self, app: ASGIApp, metrics: HttpMetrics) -> None:
        self._app = app
        self._metrics = metrics
        self._log = structlog.get_logger("tresen.http")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        status = 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-request-id", request_id.encode()),
                ]
            await send(message)

        started = perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, watched)
            finally:
                seconds = perf_counter() - started
                route = getattr(scope.get("route"), "path", "unmatched")
                method = scope["method"] if scope["method"] in _METHODS else "other"
                self._metrics.requests.labels(method, route, str(status)).inc()
                self._metrics.seconds.labels(route).observe(seconds)
                self._log.info(
                    "request",
                    method=method,
                    route=route,
                    status=status,
                    milliseconds=round(seconds * 1000, 1),
                )


def configure_logging(level: str) -> None:
    """Write JSON lines to standard error, the product's and the libraries' alike."""
    number = getattr(logging, level.upper())
    shared_steps: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared_steps, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(number),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(default=str),
            ],
            foreign_pre_chain=shared_steps,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(number)
    # Jobs tick several times a second; that one was still running is no news.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # That a schema was looked at is no news; each readiness check looks.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # The observer writes one line per request itself.
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)


def hide_secrets(_logger: object, _method: str, event: Any) -> Any:
    """Blank values whose name sounds like a secret, should one ever be logged."""
    for name in event:
        lowered = str(name).lower()
        if any(lowered == word or lowered.endswith("_" + word) for word in _SECRET_WORDS):
            event[name] = "***"
    return event
