"""What waits for a second person. Knows nothing of what is released: who asks names it, who decides carries it out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from central_server.features.releases import repository
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError


class ReleaseKind(StrEnum):
    """What may need a release."""

    PRICE_CHANGE = "price_change"
    PROMOTION = "promotion"
    SETTING = "setting"


class ReleaseState(StrEnum):
    """Where a request stands."""

    WAITING = "waiting"
    RELEASED = "released"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


_SETTING = "four_eyes_"


@dataclass(frozen=True, slots=True)
class ReleaseRequest:
    """Something that somebody asked for; `subject` is its number in its own room."""

    request_id: int
    kind: ReleaseKind
    subject: str
    title: str
    state: ReleaseState
    asked_by: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    note: str


def rules(unit: ReadUnit) -> dict[ReleaseKind, bool]:
    """For each kind whether a second person has to release it; off until the chain switches it on."""
    stored = repository.settings(unit, [_SETTING + kind.value for kind in ReleaseKind])
    return {kind: stored.get(_SETTING + kind.value) == "1" for kind in ReleaseKind}


def set_rule(unit: UnitOfWork, kind: ReleaseKind, *, on: bool) -> None:
    """Switch the second person on or off for a kind; what waits goes on waiting."""
    repository.store_setting(unit, _SETTING + kind.value, "1" if on else "0")


def ask(
    unit: UnitOfWork, kind: ReleaseKind, subject: str, title: str, asker: str, at: datetime
) -> ReleaseRequest:
    """Put something into the queue."""
    number = repository.insert_request(
        unit,
        {
            "kind": kind.value,
            "subject": subject,
            "title": title[:160],
            "state": ReleaseState.WAITING.value,
            "asked_by": asker,
            "asked_at": at,
            "note": "",
        },
    )
    return get_request(unit, number)


def decide(
    unit: UnitOfWork,
    request_id: int,
    decision: ReleaseState,
    decider: str,
    note: str,
    at: datetime,
) -> ReleaseRequest:
    """Release, refuse or withdraw; whoever calls carries out what was released, in the same unit.

    `DomainError`: `release_unknown`, 404; `release_closed`; `release_own`, 403, if the asker releases or refuses,
    or somebody else withdraws.
    """
    row = repository.request_row(unit, request_id, lock=True)
    if row is None:
        raise DomainError("release_unknown", http_status=404)
    if row.state != ReleaseState.WAITING:
        raise DomainError("release_closed")
    if (row.asked_by == decider) != (decision is ReleaseState.WITHDRAWN):
        raise DomainError("release_own", http_status=403)
    values = {"state": decision.value, "decided_by": decider, "decided_at": at, "note": note[:300]}
    repository.update_request(unit, request_id, values)
    return get_request(unit, request_id)


def get_request(unit: ReadUnit, request_id: int) -> ReleaseRequest:
    """One request; `DomainError('release_unknown')`, 404."""
    row = repository.request_row(unit, request_id)
    if row is None:
        raise DomainError("release_unknown", http_status=404)
    return _request(row)


def requests(
    unit: ReadUnit, states: Iterable[ReleaseState], before: int | None = None, limit: int = 50
) -> list[ReleaseRequest]:
    """Requests in these states, newest first."""
    return [_request(row) for row in repository.request_rows(unit, states, before, limit)]


def count_waiting(unit: ReadUnit) -> int:
    """How many requests wait."""
    return repository.count_waiting(unit)


def _request(row: Row[Any]) -> ReleaseRequest:
    return ReleaseRequest(
        request_id=row.request_id,
        kind=ReleaseKind(row.kind),
        subject=row.subject,
        title=row.title,
        state=ReleaseState(row.state),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        decided_by=row.decided_by or "",
        decided_at=row.decided_at,
        note=row.note,
    )
