"""Brings a database to this version's schema, and says whether it is there. Alembic is configured here, in code."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

import central_server
from central_server.app.metadata import all_tables
from central_server.features.catalogue.search_index import fill
from central_server.features.catalogue.service import ensure_vat_rates
from central_server.features.customers.finding import fill as fill_customers
from central_server.features.offers.service import ensure_standard_offer
from central_server.features.reporting.cells import make_once
from central_server.gateway.journal.ledger_replay import replay_once
from central_server.gateway.sequencer import ensure_heads
from central_server.platform.database import Database, hold_schema_lock
from central_server.platform.scheduler import JobContext
from central_server.platform.unit_of_work import UnitOfWork, reading, run_writing, writing
from shared.errors import EnvironmentProblem

MIGRATIONS = Path(central_server.__file__).parent / "migrations"
# The full-text index of articles is each database's own and made by its migration, not by the tables of the code.
_OWN_OF_DATABASE = ("article_words", "lexemes")


def _is_compared(
    _thing: object, name: str | None, _kind: str, reflected: bool, _match: object
) -> bool:
    return not (reflected and (name or "").startswith(_OWN_OF_DATABASE))


_COMPARE: dict[str, Any] = {
    "compare_type": True,
    "compare_server_default": True,
    "include_object": _is_compared,
}


def upgrade(database: Database) -> str:
    """Migrate to the newest revision, which is returned. Whoever comes second waits and finds it done."""
    config = _config()
    with writing(database) as unit:
        hold_schema_lock(unit.connection)
        config.attributes["connection"] = unit.connection
        command.upgrade(config, "head")
    return _newest()


def prepare(context: JobContext) -> None:
    """Migrate, and put in what every installation starts with: feeds, the standard offer, VAT rates. A chain whose
    receipts are older than the ledger or the figures of periods gets them booked there.
    """
    upgrade(context.database)
    now = context.business_clock.now()

    def begin(unit: UnitOfWork) -> None:
        ensure_heads(unit, context.system_clock)
        ensure_standard_offer(unit, now)
        ensure_vat_rates(unit, now)
        fill(unit)
        fill_customers(unit)

    run_writing(context.database, begin)
    replay_once(context.database, context.business_clock)
    make_once(context.database)


def make_ready(context: JobContext) -> None:
    """Prepare a SQLite database by itself; `EnvironmentProblem('schema_outdated')` for another one that is not
    at this version: its operator decides when to migrate.
    """
    if not context.database.is_postgresql:
        prepare(context)
    elif not schema_is_current(context.database):
        raise EnvironmentProblem("schema_outdated")


def schema_is_current(database: Database) -> bool:
    """Whether the database is at the newest revision."""
    with reading(database) as unit:
        return MigrationContext.configure(unit.connection).get_current_revision() == _newest()


def differences(database: Database) -> Sequence[Any]:
    """What a migration would still have to change so that the database is as the code says; empty if nothing."""
    with reading(database) as unit:
        context = MigrationContext.configure(unit.connection, opts=_COMPARE)
        return list(compare_metadata(context, all_tables()))


@cache
def _newest() -> str:
    newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    assert newest is not None  # noqa: S101 - there is at least the first revision
    return newest


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["metadata"] = all_tables()
    config.attributes["compare"] = _COMPARE
    return config
