"""What can be done with an exception, and by whom: look, book again, dismiss. For pages and the JSON interface."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from central_server.features.audit.repository import AuditFilter
from central_server.features.audit.service import AuditChange, entries, record
from central_server.features.exceptions import service as exceptions
from central_server.features.tills.service import find_till, list_tills
from central_server.gateway.journal import repository as journal
from central_server.gateway.journal.decoding import Problem
from central_server.gateway.journal.jobs import places
from central_server.gateway.journal.projection import retry
from central_server.platform.access import StaffIdentity
from central_server.platform.database import Database
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork, writing
from shared.errors import DomainError

_NOTHING: Mapping[str, str] = {}


def tills_of(unit: ReadUnit, staff: StaffIdentity, till_id: str = "") -> list[str] | None:
    """The tills whose exceptions are shown: one, or all of the person's stores; None for the whole chain.

    `DomainError('store_not_allowed')`, 403, for a till of another store.
    """
    if till_id:
        _require_till(unit, staff, till_id)
        return [till_id]
    only = staff.only_stores()
    return None if only is None else [till.till_id for till in list_tills(unit, only)]


def visible_exception(unit: ReadUnit, staff: StaffIdentity, exception_id: int) -> dict[str, Any]:
    """One exception of a store the person may see."""
    found = exceptions.look_at(unit, exception_id)
    _require_till(unit, staff, found["till_id"])
    return found


def retry_now(
    database: Database, staff: StaffIdentity, exception_id: int, now: datetime
) -> Problem | None:
    """Book the event if nothing stands against it any more, and close the exception; else what still does.

    Takes a unit of its own: a refusal of the database ends it, and is an answer here and no error.
    """
    try:
        with writing(database) as unit:
            return _retry(unit, staff, exception_id, now)
    except (SQLAlchemyError, OverflowError) as error:
        reason = type(getattr(error, "orig", None) or error).__name__
        return Problem("booking_refused", {"reason": reason})


def _retry(
    unit: UnitOfWork, staff: StaffIdentity, exception_id: int, now: datetime
) -> Problem | None:
    found = exceptions.take(unit, exception_id)
    _require_till(unit, staff, found["till_id"])
    event = journal.one_event(unit.connection, found["event_id"])
    if event is None:
        raise DomainError("exception_unknown", {"id": exception_id}, http_status=404)
    place = places(unit, [event.till_id]).get(event.till_id)
    problem = retry(unit, event, place, now)
    if problem is None:
        exceptions.close(unit, exception_id, "repaired", staff.staff_id, now)
        _note(unit, staff, exception_id, "repaired", now)
    return problem


def dismiss(
    unit: UnitOfWork, staff: StaffIdentity, exception_id: int, now: datetime, note: str = ""
) -> None:
    """Close an exception without booking anything; the `note` says what came of it, and is kept in the audit trail."""
    found = exceptions.take(unit, exception_id)
    _require_till(unit, staff, found["till_id"])
    exceptions.close(unit, exception_id, "dismissed", staff.staff_id, now)
    _note(unit, staff, exception_id, "dismissed", now, {"note": note} if note else {})


def note_of(unit: ReadUnit, exception_id: int) -> str:
    """What whoever dismissed an exception wrote; empty if nothing."""
    asked = AuditFilter(kind="exception", object_key=str(exception_id))
    return next((str(one.after.get("note", "")) for one in entries(unit, asked, limit=1)), "")


def _note(
    unit: UnitOfWork,
    staff: StaffIdentity,
    exception_id: int,
    action: str,
    now: datetime,
    facts: Mapping[str, str] = _NOTHING,
) -> None:
    change = AuditChange(action, "exception", str(exception_id), {}, facts)
    record(unit, staff.staff_id, now, change)


def _require_till(unit: ReadUnit, staff: StaffIdentity, till_id: str) -> None:
    if staff.sees_all_stores:
        return
    till = find_till(unit, till_id)
    staff.require_store(till.store_id if till is not None else "")
