"""SQL of second factors and recovery codes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from central_server.features.staff.tables import staff_recovery_code, staff_second_factor
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork


def factor_row(unit: ReadUnit, staff_id: str) -> Row[Any] | None:
    """The second factor of somebody, offered or confirmed."""
    return unit.connection.execute(
        select(staff_second_factor).where(staff_second_factor.c.staff_id == staff_id)
    ).one_or_none()


def confirmed_staff(unit: ReadUnit) -> set[str]:
    """Everybody who has a second factor."""
    query = select(staff_second_factor.c.staff_id).where(
        staff_second_factor.c.confirmed_at.is_not(None)
    )
    return set(unit.connection.execute(query).scalars())


def insert_factor(unit: UnitOfWork, values: dict[str, Any]) -> None:
    """Offer a second factor."""
    unit.connection.execute(staff_second_factor.insert().values(**values))


def use_step(unit: UnitOfWork, staff_id: str, step: int) -> bool:
    """Use up a step; False if it, or a later one, is used up already, by whoever was quicker."""
    table = staff_second_factor
    done = unit.connection.execute(
        table.update()
        .where(table.c.staff_id == staff_id, table.c.last_step < step)
        .values(last_step=step)
    )
    return done.rowcount == 1


def confirm(unit: UnitOfWork, staff_id: str, at: datetime) -> None:
    """Note that the app showed the right code."""
    table = staff_second_factor
    unit.connection.execute(
        table.update().where(table.c.staff_id == staff_id).values(confirmed_at=at)
    )


def delete_factor(unit: UnitOfWork, staff_id: str) -> None:
    """Forget somebody's second factor and recovery codes."""
    for table in (staff_recovery_code, staff_second_factor):
        unit.connection.execute(table.delete().where(table.c.staff_id == staff_id))


def replace_recovery_codes(unit: UnitOfWork, staff_id: str, digests: Iterable[str]) -> None:
    """Give somebody exactly these recovery codes."""
    table = staff_recovery_code
    unit.connection.execute(table.delete().where(table.c.staff_id == staff_id))
    rows = [{"digest": digest, "staff_id": staff_id} for digest in digests]
    unit.connection.execute(table.insert(), rows)


def use_recovery_code(unit: UnitOfWork, staff_id: str, digest: str) -> bool:
    """Delete a recovery code; whether it was there."""
    table = staff_recovery_code
    done = unit.connection.execute(
        table.delete().where(table.c.digest == digest, table.c.staff_id == staff_id)
    )
    return done.rowcount == 1


def count_recovery_codes(unit: ReadUnit, staff_id: str) -> int:
    """How many recovery codes somebody has left."""
    table = staff_recovery_code
    query = select(func.count()).select_from(table).where(table.c.staff_id == staff_id)
    return unit.connection.execute(query).scalar_one()
