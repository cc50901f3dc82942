"""Settling what waits in the exceptions queue: try to book an event again, or take note of it."""

from __future__ import annotations

from datetime import datetime

from central_server.features.exceptions import service as exceptions
from central_server.gateway.journal import repository
from central_server.gateway.journal.decoding import Problem
from central_server.gateway.journal.jobs import places
from central_server.gateway.journal.projection import retry
from central_server.platform.unit_of_work import UnitOfWork
from shared.errors import DomainError


def try_again(unit: UnitOfWork, exception_id: int, by: str, at: datetime) -> Problem | None:
    """Book the event of an open exception and close it as repaired; what still stands against it, or None.

    `DomainError('exception_unknown')`, `('exception_closed')`.
    """
    row = exceptions.take(unit, exception_id)
    event = repository.one_event(unit.connection, row["event_id"])
    if event is None:
        raise DomainError("exception_unknown", {"id": exception_id}, http_status=404)
    place = places(unit, [event.till_id]).get(event.till_id)
    problem = retry(unit, event, place, at)
    if problem is None:
        exceptions.close(unit, exception_id, "repaired", by, at)
    return problem


def dismiss(unit: UnitOfWork, exception_id: int, by: str, at: datetime) -> None:
    """Close an open exception without booking: a person took note, and the event stays in the journal."""
    exceptions.take(unit, exception_id)
    exceptions.close(unit, exception_id, "dismissed", by, at)
