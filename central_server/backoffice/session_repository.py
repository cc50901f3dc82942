"""SQL of head-office sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, or_, select

from central_server.backoffice.tables import staff_session
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork


def insert_session(unit: UnitOfWork, values: dict[str, Any]) -> None:
    """Add a session."""
    unit.connection.execute(staff_session.insert().values(**values))


def session_row(unit: ReadUnit, digest: str) -> Row[Any] | None:
    """The session with this digest."""
    return unit.connection.execute(
        select(staff_session).where(staff_session.c.session_digest == digest)
    ).one_or_none()


def touch(unit: UnitOfWork, digest: str, at: datetime) -> None:
    """Note that a session was used."""
    unit.connection.execute(
        staff_session.update().where(staff_session.c.session_digest == digest).values(seen_at=at)
    )


def delete_session(unit: UnitOfWork, digest: str) -> None:
    """End one session."""
    unit.connection.execute(staff_session.delete().where(staff_session.c.session_digest == digest))


def delete_of(unit: UnitOfWork, staff_id: str) -> int:
    """End every session of a person; how many there were."""
    done = unit.connection.execute(
        staff_session.delete().where(staff_session.c.staff_id == staff_id)
    )
    return done.rowcount


def count_of(unit: ReadUnit, staff_id: str) -> int:
    """How many sessions a person has."""
    query = select(func.count()).select_from(staff_session)
    return unit.connection.execute(query.where(staff_session.c.staff_id == staff_id)).scalar_one()


def delete_expired(unit: UnitOfWork, opened_before: datetime, seen_before: datetime) -> int:
    """Delete sessions that nobody can use any more; how many."""
    done = unit.connection.execute(
        staff_session.delete().where(
            or_(staff_session.c.opened_at < opened_before, staff_session.c.seen_at < seen_before)
        )
    )
    return done.rowcount
