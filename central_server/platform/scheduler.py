"""Runs the table of jobs that `app` hands over, in a process of its own.

Any number of schedulers may run: each run of a job first takes the job's lock (an advisory lock of
PostgreSQL, a lock file beside SQLite) and is skipped where somebody else holds it. Knows no job.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import IO

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import text

from central_server.platform import job_repository
from central_server.platform.clock import BusinessClock
from central_server.platform.database import Database
from central_server.platform.health import HEARTBEAT_JOB
from central_server.platform.schema import scheduler_heartbeat
from central_server.platform.security import SigningKey
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import UnitOfWork, reading, run_writing
from shared.errors import EnvironmentProblem
from shared.identity import Clock

log = structlog.get_logger(__name__)

# Of a job that runs all the time, a good run is written down so seldom.
_SELDOM = timedelta(seconds=5)
_ASKED_EVERY = 1_000


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a job gets: everything it needs, passed in."""

    database: Database
    settings: Settings
    system_clock: Clock
    business_clock: BusinessClock
    signing_key: SigningKey
    pin_key: bytes = field(repr=False)
    sealing_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Job:
    """One job: every `every_milliseconds`, or daily at `daily_at` (hour, minute; UTC)."""

    name: str
    run: Callable[[JobContext], None]
    every_milliseconds: int = 0
    daily_at: tuple[int, int] | None = None

    def next_run(self, after: datetime) -> datetime:
        """When it runs again after a run that began at this moment."""
        if self.daily_at is None:
            return after + timedelta(milliseconds=self.every_milliseconds)
        hour, minute = self.daily_at
        at = after.astimezone(UTC).replace(hour=hour, minute=minute, second=0, microsecond=0)
        return at if at > after else at + timedelta(days=1)


def heartbeat(context: JobContext) -> None:
    """Leave a sign of life that `/readyz` looks for."""

    def beat(unit: UnitOfWork) -> None:
        table = scheduler_heartbeat
        unit.connection.execute(table.delete().where(table.c.job == HEARTBEAT_JOB))
        unit.connection.execute(
            table.insert().values(job=HEARTBEAT_JOB, beat_at=context.system_clock.now())
        )

    run_writing(context.database, beat)


HEARTBEAT = Job(HEARTBEAT_JOB, heartbeat, every_milliseconds=5_000)


def run_scheduler(context: JobContext, jobs: Sequence[Job], parent: int | None = None) -> None:
    """Run `jobs` until the process is told to stop, or until the process `parent` is gone."""
    scheduler = BlockingScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(max(4, len(jobs) + 2))},
        job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": 3600},
    )
    make_known(context, jobs)
    by_name = {job.name: job for job in jobs}
    asked = Job("asked", lambda given: run_asked(given, by_name), every_milliseconds=_ASKED_EVERY)
    for job in (HEARTBEAT, asked, *jobs):
        scheduler.add_job(run_job, _trigger(job), args=[context, job], id=job.name)

    def leave_with_parent() -> None:
        if os.getppid() != parent:
            log.warning("scheduler_leaves_with_parent")
            scheduler.shutdown(wait=False)

    if parent is not None and sys.platform != "win32":
        scheduler.add_job(leave_with_parent, IntervalTrigger(seconds=1, timezone=UTC), id="parent")
    log.info("scheduler_started", jobs=[job.name for job in jobs])
    try:
        scheduler.start()
    except (KeyboardInterrupt, SystemExit):
        scheduler.shutdown(wait=False)
    log.info("scheduler_stopped")


def _trigger(job: Job) -> IntervalTrigger | CronTrigger:
    if job.daily_at is not None:
        hour, minute = job.daily_at
        return CronTrigger(hour=hour, minute=minute, timezone=UTC)
    return IntervalTrigger(seconds=job.every_milliseconds / 1000, timezone=UTC)


def make_known(context: JobContext, jobs: Sequence[Job]) -> None:
    """Write down which jobs there are and when they run next; those that are gone are forgotten."""
    now = context.system_clock.now()
    rows = [
        {
            "job": job.name,
            "every_milliseconds": job.every_milliseconds,
            "daily_at": "" if job.daily_at is None else "{:02}:{:02}".format(*job.daily_at),
            "next_at": job.next_run(now),
        }
        for job in jobs
    ]
    run_writing(context.database, lambda unit: job_repository.make_known(unit, rows))


def run_asked(context: JobContext, jobs: Mapping[str, Job]) -> None:
    """Run what somebody asked for; what is running already is asked for again until it is done."""
    with reading(context.database) as unit:
        asked = job_repository.requests(unit)
    for name in asked:
        job = jobs.get(name)
        if job is None or _run(context, job, asked=True):
            run_writing(context.database, partial(job_repository.forget_request, job=name))


def run_job(context: JobContext, job: Job) -> bool:
    """Run `job` once now, unless somebody else is at it; whether it ran to its end.

    Errors end this run only: they are logged, and the next run tries again.
    """
    return _run(context, job, asked=False) == _OK


_OK, _ENVIRONMENT, _FAILED, _BUSY = "ok", "environment", "failed", ""


def _run(context: JobContext, job: Job, *, asked: bool) -> str:
    """How a run ended; empty where somebody else is at the job, or has just done what was asked for."""
    began, started = context.system_clock.now(), perf_counter()
    outcome, message = _OK, ""
    try:
        with job_lock(context, job.name) as held:
            if not held or (asked and not _still_asked(context, job)):
                return _BUSY
            job.run(context)
    except EnvironmentProblem as problem:
        log.warning("job_environment_problem", job=job.name, code=problem.code)
        outcome, message = _ENVIRONMENT, problem.code
    except Exception as error:  # a bug in one job must not end the others
        log.exception("job_failed", job=job.name)
        outcome, message = _FAILED, type(error).__name__
    seconds = perf_counter() - started
    if seconds > 5:
        log.info("job_was_slow", job=job.name, seconds=round(seconds, 1))
    _write_down(context, job, began, (round(seconds * 1000), outcome, message))
    return outcome


def _still_asked(context: JobContext, job: Job) -> bool:
    with reading(context.database) as unit:
        return job.name in job_repository.requests(unit)


def _write_down(
    context: JobContext, job: Job, began: datetime, ended: tuple[int, str, str]
) -> None:
    """Keep how a run ended, for the page of jobs. Nothing depends on it: where it cannot be written, it is not."""
    milliseconds, outcome, message = ended
    values = {
        "started_at": began,
        "milliseconds": milliseconds,
        "outcome": outcome,
        "message": message,
        "next_at": job.next_run(began),
    }
    since = began - _SELDOM if outcome == _OK and job.daily_at is None else None
    try:
        with reading(context.database) as unit:
            if since is not None and job_repository.ran_well_since(unit, job.name, since):
                return
        run_writing(context.database, lambda unit: job_repository.set_run(unit, job.name, values))
    except EnvironmentProblem as problem:
        log.warning("job_run_not_kept", job=job.name, code=problem.code)


@contextmanager
def job_lock(context: JobContext, name: str) -> Iterator[bool]:
    """Hold the lock of the job `name` for the block; yields False if somebody else has it."""
    if context.database.is_postgresql:
        with _advisory_lock(context.database, name) as held:
            yield held
        return
    context.settings.locks_dir.mkdir(parents=True, exist_ok=True)
    with _file_lock(context.settings.locks_dir / f"{name}.lock") as held:
        yield held


@contextmanager
def _advisory_lock(database: Database, name: str) -> Iterator[bool]:
    digest = hashlib.sha256(f"tresen job {name}".encode()).digest()
    number = int.from_bytes(digest[:8], "big", signed=True)
    # The lock belongs to a transaction that does nothing else: a pooler may give each transaction another session,
    # in which one of the session could neither be held nor given back. It has no snapshot, so it keeps nothing
    # from being cleaned up, however long the job runs.
    with database.write_engine.connect() as connection:
        held = connection.execute(
            text("SELECT pg_try_advisory_xact_lock(:number)"), {"number": number}
        ).scalar_one()
        # The server's limit is for those who forget a transaction; this one waits on purpose. Coming after the
        # question it also ends it: the answer to a question with parameters keeps its snapshot until the next one.
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        yield bool(held)


@contextmanager
def _file_lock(path: Path) -> Iterator[bool]:
    with path.open("a+b") as file:
        held = _try_lock(file)
        try:
            yield held
        finally:
            if held:
                _unlock(file)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_UN)
