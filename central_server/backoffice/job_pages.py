"""`/jobs`: what the schedulers do by themselves, how it went last, and a run now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Row

from central_server.backoffice.formats import Formats
from central_server.backoffice.scope import scope_of
from central_server.backoffice.shell import Reader, attention, reader_of, render
from central_server.backoffice.trail import note
from central_server.backoffice.visitors import Visitor, looks, sends
from central_server.backoffice.words import JOB_OUTCOMES, JOB_WORDS
from central_server.features.audit.service import AuditChange
from central_server.platform import job_repository
from central_server.platform.access import Right
from central_server.platform.unit_of_work import ReadOnlyUnit, WriteUnit
from shared.errors import DomainError

router = APIRouter(include_in_schema=False)

JobReader = Annotated[Visitor, looks(Right.JOBS_READ)]
JobRunner = Annotated[Visitor, sends(Right.JOBS_RUN)]
# A job that should have run so long ago is late: its schedulers are not there, or it never ends.
_LATE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as people read it."""

    job: str
    name: str
    sentence: str
    rhythm: str
    last: str
    took: str
    result: str
    tone: str
    message: str
    next: str
    is_late: bool
    is_asked: bool


@router.get("/jobs")
def jobs_page(request: Request, visitor: JobReader, unit: ReadOnlyUnit) -> Response:
    """Every job that a scheduler has made known."""
    reader = reader_of(request, visitor)
    now = request.app.state.system_clock.now()
    asked = set(job_repository.requests(unit))
    zone = scope_of(unit, visitor, None).zone
    rows = [_row(reader, row, now, zone, row.job in asked) for row in job_repository.states(unit)]
    return render(
        request,
        "jobs.html",
        part="jobs",
        waiting=attention(unit, visitor, request),
        rows=sorted(rows, key=lambda row: row.name.casefold()),
        is_asked=bool(asked),
        failed=sum(row.tone == "bad" for row in rows),
        late=sum(row.is_late for row in rows),
    )


@router.post("/jobs/{job}/run")
def run_now(request: Request, job: str, visitor: JobRunner, unit: WriteUnit) -> Response:
    """Ask the schedulers for a run; whichever is free does it, once."""
    if job not in {row.job for row in job_repository.states(unit)}:
        raise DomainError("not_found", http_status=404)
    now = request.app.state.system_clock.now()
    if job_repository.request(unit, job, visitor.identity.staff_id, now):
        note(request, visitor, unit, AuditChange("asked", "job", job, {}, {}))
    return RedirectResponse("/jobs", status_code=303)


def _row(reader: Reader, row: Row[Any], now: datetime, zone: str, asked: bool) -> JobRow:
    _, formats = reader.texts.gettext, reader.formats
    name, sentence = JOB_WORDS.get(row.job, (row.job.replace("_", " "), ""))
    said, tone = JOB_OUTCOMES.get(row.outcome, (row.outcome, ""))
    return JobRow(
        job=row.job,
        name=_(name),
        sentence=_(sentence) if sentence else "",
        rhythm=_("daily at {time}", time=_clock(formats, row.daily_at, now, zone))
        if row.daily_at
        else _rhythm(reader, row.every_milliseconds),
        last=formats.ago(row.started_at, now) if row.started_at is not None else "",
        took="" if row.milliseconds is None else _("{count} ms", count=formats.whole(row.milliseconds)),
        result=_(said),
        tone=tone,
        message=row.message,
        next=formats.moment(row.next_at, zone) if row.daily_at and row.next_at else "",
        is_late=row.next_at is not None and row.next_at + _LATE < now,
        is_asked=asked,
    )  # fmt: skip


def _clock(formats: Formats, daily_at: str, now: datetime, zone: str) -> str:
    """A time of the day in UTC, as the clocks of `zone` show it today."""
    at = datetime.combine(now.astimezone(UTC).date(), time.fromisoformat(daily_at), UTC)
    return formats.clock(at, zone)


def _rhythm(reader: Reader, milliseconds: int) -> str:
    _ = reader.texts.gettext
    if milliseconds < 1_000:
        return _("every {count} ms", count=milliseconds)
    if milliseconds < 60_000:
        return _("every {count} s", count=milliseconds // 1_000)
    return _("every {count} min", count=milliseconds // 60_000)
