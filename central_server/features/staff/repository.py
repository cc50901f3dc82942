"""SQL of staff."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, func, select

from central_server.features.staff.tables import staff, staff_store
from central_server.platform.database import among
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork


def staff_row(unit: ReadUnit, staff_id: str) -> Row[Any] | None:
    """One member of staff."""
    return unit.connection.execute(select(staff).where(staff.c.staff_id == staff_id)).one_or_none()


def staff_rows(unit: ReadUnit) -> list[Row[Any]]:
    """All staff by number."""
    return list(unit.connection.execute(select(staff).order_by(staff.c.staff_id)))


def teams_of(unit: ReadUnit, staff_ids: Iterable[str]) -> dict[str, str]:
    """The team of each of these members of staff who is in one."""
    query = select(staff.c.staff_id, staff.c.team).where(
        among(unit.connection, staff.c.staff_id, sorted(set(staff_ids))), staff.c.team != ""
    )
    return {row[0]: row[1] for row in unit.connection.execute(query)}


def team_sizes(unit: ReadUnit) -> dict[str, int]:
    """How many people work in each team."""
    query = select(staff.c.team, func.count()).where(staff.c.active, staff.c.team != "")
    return {row[0]: row[1] for row in unit.connection.execute(query.group_by(staff.c.team))}


def stores_of(unit: ReadUnit) -> dict[str, frozenset[str]]:
    """The stores assigned to each member of staff."""
    found: dict[str, set[str]] = {}
    for row in unit.connection.execute(select(staff_store)):
        found.setdefault(row.staff_id, set()).add(row.store_id)
    return {staff_id: frozenset(stores) for staff_id, stores in found.items()}


def stores_of_one(unit: ReadUnit, staff_id: str) -> frozenset[str]:
    """The stores assigned to one member of staff."""
    query = select(staff_store.c.store_id).where(staff_store.c.staff_id == staff_id)
    return frozenset(unit.connection.execute(query).scalars())


def insert_staff(unit: UnitOfWork, values: dict[str, Any]) -> None:
    """Add a member of staff."""
    unit.connection.execute(staff.insert().values(**values))


def update_staff(unit: UnitOfWork, staff_id: str, values: dict[str, Any]) -> None:
    """Change a member of staff."""
    unit.connection.execute(staff.update().where(staff.c.staff_id == staff_id).values(**values))


def assign_stores(unit: UnitOfWork, staff_id: str, stores: Iterable[str]) -> None:
    """Assign exactly these stores."""
    unit.connection.execute(staff_store.delete().where(staff_store.c.staff_id == staff_id))
    rows = [{"staff_id": staff_id, "store_id": store_id} for store_id in sorted(stores)]
    if rows:
        unit.connection.execute(staff_store.insert(), rows)


def till_staff_rows(unit: ReadUnit, store_id: str, staff_ids: Iterable[str]) -> list[Row[Any]]:
    """Of these members of staff, those of one store who have a PIN."""
    query = (
        select(staff)
        .join(staff_store, staff_store.c.staff_id == staff.c.staff_id)
        .where(
            staff_store.c.store_id == store_id,
            staff.c.pin_verifier.is_not(None),
            among(unit.connection, staff.c.staff_id, staff_ids),
        )
    )
    return list(unit.connection.execute(query))
