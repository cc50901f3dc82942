"""Fixtures of the tests that speak to the centre over HTTP.

Migrating takes a second; it is done once per session and database, and each test gets a copy.
"""

import itertools
import shutil
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
import pytest
from fastapi.testclient import TestClient
from psycopg import sql

from central_server.app.composition import compose
from central_server.app.factory import create_app
from central_server.app.schema import prepare
from central_server.platform.settings import Settings
from shared.identity import FixedClock
from tests.support.centre import furnish
from tests.support.postgres import empty_database
from tests.support.web_centre import WebCentre

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
COPIES = itertools.count(1)


@contextmanager
def opened(url, home):
    """The centre on a database, at a clock that stands."""
    clock = FixedClock(NOW)
    context = compose(Settings(home=home, database_url=url, mode="demo"), clock)
    try:
        yield context, clock
    finally:
        context.database.dispose()


def prepare_at(url, home):
    with opened(url, home) as (context, _):
        prepare(context)
        furnish(context.database)


@pytest.fixture(scope="session")
def sqlite_model(tmp_path_factory):
    home = tmp_path_factory.mktemp("model")
    prepare_at(f"sqlite:///{home / 'model.db'}", home)
    return home / "model.db"


@pytest.fixture(scope="session")
def postgres_model(postgres_url, tmp_path_factory):
    with empty_database(postgres_url) as url:
        prepare_at(url, tmp_path_factory.mktemp("model"))
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def furnished_url(request, tmp_path):
    """URL of a prepared database of the test's own with stores DE01, AT01 and UK01."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_model"), tmp_path / "centre.db")
        yield f"sqlite:///{tmp_path / 'centre.db'}"
        return
    model = request.getfixturevalue("postgres_model")
    server, _, name = model.rpartition("/")
    copy = f"{name}_copy{next(COPIES)}"
    maintenance = request.getfixturevalue("postgres_url").replace("+psycopg", "", 1)
    statements = sql.Identifier(copy), sql.Identifier(name)
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*statements))
        yield f"{server}/{copy}"
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(statements[0]))


@pytest.fixture
def web_centre(furnished_url, tmp_path):
    """A prepared centre in demo mode with stores DE01, AT01 and UK01; nobody is signed in."""
    with opened(furnished_url, tmp_path / "home") as (context, clock):
        app = create_app(context)
        with TestClient(app, raise_server_exceptions=False) as client:
            yield WebCentre(context, app, client, clock)
