"""SQL of what is known of jobs: which there are, how they ran last, and which runs are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from central_server.platform.schema import job_request, job_state
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork


def make_known(unit: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    """Keep exactly these jobs; how they ran before stays."""
    known = set(unit.connection.execute(select(job_state.c.job)).scalars())
    names = {row["job"] for row in rows}
    unit.connection.execute(job_state.delete().where(job_state.c.job.not_in(sorted(names))))
    for row in rows:
        if row["job"] in known:
            unit.connection.execute(
                job_state.update().where(job_state.c.job == row["job"]).values(**row)
            )
        else:
            unit.connection.execute(job_state.insert().values(**row, outcome="", message=""))


def states(unit: ReadUnit) -> list[Row[Any]]:
    """Every job by name."""
    return list(unit.connection.execute(select(job_state).order_by(job_state.c.job)))


def ran_well_since(unit: ReadUnit, job: str, since: datetime) -> bool:
    """Whether a good run of a job that began after a moment is written down."""
    query = select(job_state.c.job).where(
        job_state.c.job == job, job_state.c.outcome == "ok", job_state.c.started_at > since
    )
    return unit.connection.execute(query).first() is not None


def set_run(unit: UnitOfWork, job: str, values: dict[str, Any]) -> None:
    """Keep how a job ran last; of a job that no scheduler made known nothing is kept."""
    unit.connection.execute(job_state.update().where(job_state.c.job == job).values(**values))


def requests(unit: ReadUnit) -> list[str]:
    """The jobs that somebody asked for a run of, first asked first."""
    query = select(job_request.c.job).order_by(job_request.c.asked_at, job_request.c.job)
    return list(unit.connection.execute(query).scalars())


def request(unit: UnitOfWork, job: str, by: str, at: datetime) -> bool:
    """Ask for a run of a job; False if one is asked for already."""
    if job in requests(unit):
        return False
    unit.connection.execute(job_request.insert().values(job=job, asked_by=by, asked_at=at))
    return True


def forget_request(unit: UnitOfWork, job: str) -> None:
    """What was asked for is done."""
    unit.connection.execute(job_request.delete().where(job_request.c.job == job))
