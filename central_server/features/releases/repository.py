"""SQL of releases and of the rules that ask for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, func, select

from central_server.features.releases.tables import release_request
from central_server.platform.schema import installation_setting
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork


def settings(unit: ReadUnit, names: Iterable[str]) -> dict[str, str]:
    """The stored values of some settings."""
    query = select(installation_setting).where(installation_setting.c.name.in_(sorted(names)))
    return {row.name: row.value for row in unit.connection.execute(query)}


def store_setting(unit: UnitOfWork, name: str, value: str) -> None:
    """Store one setting."""
    table = installation_setting
    unit.connection.execute(table.delete().where(table.c.name == name))
    unit.connection.execute(table.insert().values(name=name, value=value))


def insert_request(unit: UnitOfWork, values: dict[str, Any]) -> int:
    """Add a request; its number."""
    done = unit.connection.execute(release_request.insert().values(**values))
    key = done.inserted_primary_key
    assert key is not None  # noqa: S101 - the database numbers requests by itself
    return int(key[0])


def request_row(unit: ReadUnit, request_id: int, *, lock: bool = False) -> Row[Any] | None:
    """One request, on demand so that nobody else decides until the unit ends."""
    query = select(release_request).where(release_request.c.request_id == request_id)
    return unit.connection.execute(query.with_for_update() if lock else query).one_or_none()


def request_rows(
    unit: ReadUnit, states: Iterable[str], before: int | None, limit: int
) -> list[Row[Any]]:
    """Requests in these states, newest first."""
    table = release_request
    query = select(table).where(table.c.state.in_(sorted(states)))
    if before is not None:
        query = query.where(table.c.request_id < before)
    query = query.order_by(table.c.request_id.desc()).limit(limit)
    return list(unit.connection.execute(query))


def count_waiting(unit: ReadUnit) -> int:
    """How many requests wait."""
    query = select(func.count()).select_from(release_request)
    return unit.connection.execute(query.where(release_request.c.state == "waiting")).scalar_one()


def update_request(unit: UnitOfWork, request_id: int, values: dict[str, Any]) -> None:
    """Write a decision."""
    table = release_request
    unit.connection.execute(table.update().where(table.c.request_id == request_id).values(**values))
