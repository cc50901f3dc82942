"""Small facts about this installation, by name: which demo chain is loaded, for instance."""

from __future__ import annotations

from sqlalchemy import select

from central_server.platform.schema import installation_setting
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork


def read_setting(unit: ReadUnit, name: str) -> str | None:
    """The value kept under a name, or None."""
    found: str | None = unit.connection.execute(
        select(installation_setting.c.value).where(installation_setting.c.name == name)
    ).scalar_one_or_none()
    return found


def write_setting(unit: UnitOfWork, name: str, value: str) -> None:
    """Keep a value under a name, in place of the one before."""
    table = installation_setting
    unit.connection.execute(table.delete().where(table.c.name == name))
    unit.connection.execute(table.insert().values(name=name, value=value))
