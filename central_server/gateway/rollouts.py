"""How the first tills of a new setting fare, and going on to all of them where nothing speaks against it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from central_server.features.audit.service import AuditChange, record
from central_server.features.exceptions import service as exceptions
from central_server.features.rollouts import service
from central_server.features.rollouts.service import Rollout, RolloutState
from central_server.features.tills.service import TillState, devices_of, list_tills
from central_server.gateway import position_repository
from central_server.platform.changes import till_scope
from central_server.platform.scheduler import Job, JobContext
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork, reading, run_writing

_FEED = "config"
ACTOR = "scheduler"


@dataclass(frozen=True, slots=True)
class FirstTill:
    """One of the first tills. `exceptions` were raised since the version began; `devices` are those in trouble."""

    till_id: str
    store_id: str
    has_it: bool
    last_contact_at: datetime | None
    is_silent: bool
    exceptions: int
    devices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Health:
    """The first tills of a version."""

    tills: tuple[FirstTill, ...]

    @property
    def reached(self) -> int:
        """How many have it."""
        return sum(till.has_it for till in self.tills)

    @property
    def exceptions(self) -> int:
        """How many exceptions their receipts raised since."""
        return sum(till.exceptions for till in self.tills)

    @property
    def against(self) -> str:
        """What speaks against going on, as a code; empty if nothing does."""
        if self.exceptions:
            return "exceptions"
        if any(till.is_silent for till in self.tills):
            return "silent"
        return "missing" if self.reached < len(self.tills) else ""


def health_of(unit: ReadUnit, one: Rollout, now: datetime) -> Health:
    """The first tills of a version as they are now."""
    first = set(one.till_ids)
    tills = [till for till in list_tills(unit) if till.till_id in first]
    numbers = position_repository.numbers_of(unit, _FEED, "config", one.key)
    reached = position_repository.reached_by(unit, _FEED, first)
    raised = exceptions.raised_since(unit, one.began_at or one.asked_at, first)
    devices = devices_of(unit, first)
    made = []
    for till in tills:
        told, there = numbers.get(till_scope(till.till_id)), reached.get(till.till_id)
        made.append(
            FirstTill(
                till_id=till.till_id,
                store_id=till.store_id,
                has_it=told is not None and there is not None and there.wide >= told,
                last_contact_at=till.last_contact_at,
                is_silent=till.state is not TillState.ACTIVE or till.is_unseen(now),
                exceptions=raised.get(till.till_id, 0),
                devices=tuple(
                    each.kind for each in devices.get(till.till_id, ()) if each.needs_look
                ),
            )
        )
    return Health(tuple(made))


def go_on(context: JobContext) -> None:
    """Give versions whose time has come to all tills; stop those that something speaks against."""
    now = context.system_clock.now()
    with reading(context.database) as unit:
        under_way = service.list_rollouts(unit, {RolloutState.RUNNING})
    for one in under_way:
        if one.all_at is not None and one.all_at <= now:
            run_writing(context.database, partial(_step, rollout_id=one.rollout_id, now=now))


def _step(unit: UnitOfWork, rollout_id: int, now: datetime) -> None:
    one = service.get_rollout(unit, rollout_id)
    if one.state is not RolloutState.RUNNING:
        return
    against = health_of(unit, one, now).against
    if against:
        service.stop(unit, rollout_id, against)
        change = AuditChange("stopped", "rollout", str(rollout_id), {}, {"reason": against})
    else:
        service.to_all(unit, rollout_id, now)
        change = AuditChange("applied", "rollout", str(rollout_id), {}, {})
    record(unit, ACTOR, now, change)


JOBS = (Job("settings_rollouts", go_on, every_milliseconds=30_000),)
