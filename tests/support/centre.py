"""A migrated centre on SQLite and on PostgreSQL, with three stores in two currencies and their tills."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from central_server.app.schema import upgrade
from central_server.features.stock.service import add_branch
from central_server.features.stores.service import Store, add_store
from central_server.features.tills.service import add_till
from central_server.platform.database import Database, open_database
from central_server.platform.unit_of_work import writing
from shared.identity import StoreId
from tests.support.journals import START
from tests.support.postgres import empty_database, name_of

# What structlog does by itself draws a failed request's trace with all its variables: two seconds each.
structlog.configure(
    processors=[
        structlog.stdlib.add_log_level,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)

STORES = (
    Store(StoreId("DE01"), "Hamburg", "DE", "EUR", "Europe/Berlin", languages=("de",)),
    Store(StoreId("AT01"), "Wien", "AT", "EUR", "Europe/Vienna", languages=("de",)),
    Store(StoreId("UK01"), "Bath", "GB", "GBP", "Europe/London", languages=("en",)),
)


@pytest.fixture(scope="session")
def bare_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file with the stores, of which each test gets a copy."""
    path = tmp_path_factory.mktemp("bare") / "centre.db"
    _made(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def bare_postgres(postgres_url: str) -> Iterator[str]:
    """As `bare_sqlite`, on PostgreSQL: its URL."""
    with empty_database(postgres_url) as url:
        _made(url)
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def centre(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty centre with stores DE01, AT01, UK01 and two tills (`-T1`, `-T2`) in each."""
    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            shutil.copy(request.getfixturevalue("bare_sqlite"), tmp_path / "tresen.db")
            url = f"sqlite:///{tmp_path / 'tresen.db'}"
        else:
            server = request.getfixturevalue("postgres_url")
            model = name_of(request.getfixturevalue("bare_postgres"))
            url = stack.enter_context(empty_database(server, model))
        database = open_database(url)
        yield database
        database.dispose()


def _made(url: str) -> None:
    database = open_database(url)
    upgrade(database)
    furnish(database)
    database.dispose()


def furnish(database: Database) -> None:
    """Add the stores with their stock locations and tills."""
    with writing(database) as unit:
        for store in STORES:
            add_branch(unit, add_store(unit, store, START), START)
            for number in (1, 2):
                add_till(
                    unit, f"{store.store_id}-T{number}", store.store_id, START, mode="training"
                )
