"""The exceptions queue: putting in, looking at, closing."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from central_server.features.exceptions import list_repository, repository
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError, ErrorParam

BLOCKED = "blocked"
NOTICE = "notice"
# Names what a check found, so that the same thing found again is the same.
_CHECKS = UUID("00000000-0000-8000-8000-6e6967687401")


@dataclass(frozen=True, slots=True)
class Source:
    """The journal event that an exception is about."""

    till_id: str
    incarnation: int
    seq: int
    event_id: UUID
    type: str


def raised_since(unit: ReadUnit, since: datetime, till_ids: Collection[str]) -> dict[str, int]:
    """How many exceptions of these tills were raised since, open or not; tills without any are left out."""
    return list_repository.raised_since(unit.connection, since, till_ids)


def raise_exception(
    unit: UnitOfWork,
    source: Source,
    code: str,
    params: Mapping[str, ErrorParam],
    kind: str,
    at: datetime,
) -> None:
    """Put an event into the queue: `blocked` if it is not booked, `notice` if somebody should look at it."""
    row = {
        "till_id": source.till_id,
        "incarnation": source.incarnation,
        "seq": source.seq,
        "event_id": source.event_id,
        "type": source.type,
        "code": code[:60],
        "params": json.dumps(dict(params), ensure_ascii=False, sort_keys=True),
        "kind": kind,
        "raised_at": at,
    }
    repository.add(unit.connection, row)


def raise_check(
    unit: UnitOfWork, check: str, code: str, params: Mapping[str, ErrorParam], at: datetime
) -> bool:
    """Put what a nightly check found into the queue as a notice, about no event; whether it was not there yet."""
    about = uuid5(_CHECKS, json.dumps([check, code, dict(params)], sort_keys=True))
    if repository.is_open(unit.connection, about, code[:60]):
        return False
    source = Source(till_id="", incarnation=0, seq=0, event_id=about, type=check)
    raise_exception(unit, source, code, params, NOTICE, at)
    return True


def open_count(unit: ReadUnit) -> int:
    """How many exceptions wait for a person."""
    return repository.count_open(unit.connection)


def listed(
    unit: ReadUnit, *, state: str | None = "open", till_ids: list[str] | None = None
) -> list[dict[str, Any]]:
    """The newest exceptions in a state (None: any), of all tills or of these."""
    return repository.listed(unit.connection, state, till_ids)


def take(unit: UnitOfWork, exception_id: int) -> dict[str, Any]:
    """One open exception, locked to be closed; `DomainError('exception_unknown')`, `('exception_closed')`."""
    found = repository.one(unit.connection, exception_id)
    if found is None:
        raise DomainError("exception_unknown", {"id": exception_id}, http_status=404)
    if found["state"] != "open":
        raise DomainError("exception_closed", {"id": exception_id})
    return found


def close(unit: UnitOfWork, exception_id: int, state: str, by: str, at: datetime) -> None:
    """Close an exception as `repaired` (booked now) or `dismissed` (a person took note)."""
    repository.close(unit.connection, exception_id, state, by, at)


def open_by_till(unit: ReadUnit) -> dict[str, int]:
    """How many exceptions are open, by till; tills without any are left out."""
    return list_repository.open_by_till(unit.connection)


def page(
    unit: ReadUnit,
    *,
    states: Collection[str] | None = ("open",),
    till_ids: Collection[str] | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """A page of exceptions, newest first; `before` is the number of the last one shown."""
    return list_repository.page(unit.connection, states, till_ids, before, limit)


def look_at(unit: ReadUnit, exception_id: int) -> dict[str, Any]:
    """One exception, open or closed; `DomainError('exception_unknown')`, 404."""
    found = list_repository.look(unit.connection, exception_id)
    if found is None:
        raise DomainError("exception_unknown", {"id": exception_id}, http_status=404)
    return found
