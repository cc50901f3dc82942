"""SQL of API keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from central_server.features.keys.tables import api_key
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork


def key_rows(unit: ReadUnit) -> list[Row[Any]]:
    """All keys, newest first."""
    query = select(api_key).order_by(api_key.c.issued_at.desc(), api_key.c.key_id)
    return list(unit.connection.execute(query))


def key_row(unit: ReadUnit, key_id: str) -> Row[Any] | None:
    """One key."""
    return unit.connection.execute(select(api_key).where(api_key.c.key_id == key_id)).one_or_none()


def insert_key(unit: UnitOfWork, values: dict[str, Any]) -> None:
    """Add a key."""
    unit.connection.execute(api_key.insert().values(**values))


def note_use(unit: UnitOfWork, key_id: str, at: datetime) -> None:
    """Note when a key was used."""
    unit.connection.execute(api_key.update().where(api_key.c.key_id == key_id).values(used_at=at))


def revoke(unit: UnitOfWork, key_id: str, at: datetime) -> None:
    """End a key."""
    unit.connection.execute(
        api_key.update().where(api_key.c.key_id == key_id).values(revoked_at=at)
    )
