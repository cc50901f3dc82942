"""Sessions of people signed in at head office. All of it goes by the system clock.

The token is random and known to the browser only; the form token is worked out from it, so a form belongs to
one session.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from central_server.backoffice import session_repository as repository
from central_server.features.staff import repository as staff_repository
from central_server.features.staff.service import StaffMember, get_staff
from central_server.platform.scheduler import Job, JobContext
from central_server.platform.security import random_token, token_digest
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork, run_writing

IDLE_LIMIT = timedelta(minutes=30)
ABSOLUTE_LIMIT = timedelta(hours=12)
CODE_LIMIT = timedelta(minutes=5)
# Noting each use would write with every page; this is exact enough for thirty minutes.
_TOUCH_AFTER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Session:
    """A session that holds, and whose it is."""

    digest: str
    form_token: str
    member: StaffMember
    needs_touch: bool


def form_token(token: str) -> str:
    """What forms carry to prove that they come from a page of this session."""
    return token_digest(f"form {token}")


def open_session(
    unit: UnitOfWork,
    staff_id: str,
    now: datetime,
    old_token: str | None,
    *,
    awaits_code: bool = False,
) -> str:
    """A fresh session for somebody whose password was right; the token for the cookie.

    The session that the browser had before ends: a token known before signing in is worth nothing after. With
    `awaits_code` nobody is signed in yet: the token leads to the form for the code of the second factor.
    """
    if old_token:
        repository.delete_session(unit, token_digest(old_token))
    token = random_token()
    repository.insert_session(
        unit,
        {
            "session_digest": token_digest(token),
            "staff_id": staff_id,
            "password_mark": _password_mark(unit, staff_id),
            "awaits_code": awaits_code,
            "opened_at": now,
            "seen_at": now,
        },
    )
    return token


def find_session(unit: ReadUnit, token: str, now: datetime) -> Session | None:
    """The session of a cookie; None if it ended, timed out, or its person left or has a new password."""
    row = repository.session_row(unit, token_digest(token))
    if (
        row is None
        or row.awaits_code
        or now - row.opened_at > ABSOLUTE_LIMIT
        or now - row.seen_at > IDLE_LIMIT
    ):
        return None
    member = _holder(unit, row)
    if member is None:
        return None
    return Session(
        digest=row.session_digest,
        form_token=form_token(token),
        member=member,
        needs_touch=now - row.seen_at > _TOUCH_AFTER,
    )


def awaiting_code(unit: ReadUnit, token: str, now: datetime) -> StaffMember | None:
    """Whose password was right and whose code is still to come; None after five minutes."""
    row = repository.session_row(unit, token_digest(token))
    if row is None or not row.awaits_code or now - row.opened_at > CODE_LIMIT:
        return None
    return _holder(unit, row)


def _holder(unit: ReadUnit, row: Row[Any]) -> StaffMember | None:
    member = get_staff(unit, row.staff_id)
    if not member.active or row.password_mark != _password_mark(unit, row.staff_id):
        return None
    return member


def touch_session(unit: UnitOfWork, session: Session, now: datetime) -> None:
    """Note that the session was used now."""
    repository.touch(unit, session.digest, now)


def close_session(unit: UnitOfWork, session: Session) -> None:
    """End one session."""
    repository.delete_session(unit, session.digest)


def close_all(unit: UnitOfWork, staff_id: str) -> int:
    """End every session of somebody; how many there were."""
    return repository.delete_of(unit, staff_id)


def count_sessions(unit: ReadUnit, staff_id: str) -> int:
    """How many sessions somebody has open."""
    return repository.count_of(unit, staff_id)


def _password_mark(unit: ReadUnit, staff_id: str) -> str:
    row = staff_repository.staff_row(unit, staff_id)
    return token_digest(f"mark {row.password_verifier if row is not None else ''}")


def clean(context: JobContext) -> None:
    """Delete sessions that nobody can use any more."""
    now = context.system_clock.now()
    run_writing(
        context.database,
        lambda unit: repository.delete_expired(unit, now - ABSOLUTE_LIMIT, now - IDLE_LIMIT),
    )


JOBS = (Job("session_cleaning", clean, every_milliseconds=600_000),)
