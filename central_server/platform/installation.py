"""Small facts about this installation, by name: whether it is a demo, for instance."""

from __future__ import annotations

from sqlalchemy import inspect, select

from central_server.platform.database import Database
from central_server.platform.schema import installation_setting
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork, reading

MODE_SETTING = "mode"


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


def with_stored_mode(settings: Settings, database: Database) -> Settings:
    """`settings` with the mode that the database was made for, unless the operator set one.

    So a demo stays a demo at its next start, and nobody takes its sales for business.
    """
    if "mode" in settings.model_fields_set:
        return settings
    with reading(database) as unit:
        if not inspect(unit.connection).has_table(installation_setting.name):
            return settings
        stored = read_setting(unit, MODE_SETTING)
    return settings.model_copy(update={"mode": stored}) if stored is not None else settings
