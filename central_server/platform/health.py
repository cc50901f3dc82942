"""`/healthz`, `/readyz` and `/metrics`: is the process alive, can it do its work, and how much did it do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from sqlalchemy import select

from central_server.platform.database import Database
from central_server.platform.schema import scheduler_heartbeat
from central_server.platform.unit_of_work import reading
from shared.errors import EnvironmentProblem
from shared.identity import Clock

HEARTBEAT_JOB = "heartbeat"
HEARTBEAT_LIMIT = timedelta(seconds=60)

router = APIRouter(tags=["operation"])


class Readiness(BaseModel):
    """`ready` or `not_ready`, and by check `ok` or what is wrong with it."""

    status: str
    checks: dict[str, str]


@router.get("/healthz", summary="Is the process alive?")
def healthz() -> dict[str, str]:
    """Answers as long as the process serves requests at all; asks nothing else."""
    return {"status": "ok"}


@router.get(
    "/readyz",
    summary="Can the centre do its work?",
    response_model=Readiness,
    responses={503: {"model": Readiness, "description": "It cannot: `checks` says why"}},
)
def readyz(request: Request) -> JSONResponse:
    """200 if the database answers, its schema is this version's and the scheduler lives; else 503."""
    state = request.app.state
    checks = readiness(state.database, state.system_clock, state.schema_is_current)
    ready = all(found == "ok" for found in checks.values())
    body = {"status": "ready" if ready else "not_ready", "checks": checks}
    return JSONResponse(body, status_code=200 if ready else 503)


@router.get("/metrics", summary="Figures for Prometheus", response_class=PlainTextResponse)
def metrics(request: Request) -> Response:
    """All metrics in the text format."""
    return Response(
        generate_latest(request.app.state.metrics_registry), media_type=CONTENT_TYPE_LATEST
    )


def readiness(
    database: Database, clock: Clock, schema_is_current: Callable[[Database], bool]
) -> dict[str, str]:
    """Each check with `ok` or what is wrong with it."""
    try:
        if not schema_is_current(database):
            return {"database": "ok", "schema": "not migrated", "scheduler": "unknown"}
        with reading(database) as unit:
            beat = unit.connection.execute(
                select(scheduler_heartbeat.c.beat_at).where(
                    scheduler_heartbeat.c.job == HEARTBEAT_JOB
                )
            ).scalar_one_or_none()
    except EnvironmentProblem as problem:
        return {"database": problem.code, "schema": "unknown", "scheduler": "unknown"}
    if beat is None:
        scheduler = "never seen"
    else:
        silent = clock.now() - beat
        seconds = silent.days * 86_400 + silent.seconds
        scheduler = "ok" if silent < HEARTBEAT_LIMIT else f"silent for {seconds} s"
    return {"database": "ok", "schema": "ok", "scheduler": scheduler}
