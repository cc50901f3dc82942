"""Fixtures of the tests that speak to the centre over HTTP.

Migrating takes a second; it is done once per session and database, and each test gets a copy.
"""

import shutil
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from central_server.app.composition import compose
from central_server.app.factory import create_app
from central_server.app.schema import prepare
from central_server.platform import security
from central_server.platform.settings import Settings
from shared.identity import FixedClock
from tests.support.centre import furnish
from tests.support.postgres import empty_database, name_of
from tests.support.web_centre import WebCentre

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


# Argon2 at full cost takes a tenth of a second for each sign-in; that it is what is used is tested elsewhere.
security._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


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
    model = name_of(request.getfixturevalue("postgres_model"))
    with empty_database(request.getfixturevalue("postgres_url"), model) as url:
        yield url


@pytest.fixture
def web_centre(furnished_url, tmp_path):
    """A prepared centre in demo mode with stores DE01, AT01 and UK01; nobody is signed in."""
    with opened(furnished_url, tmp_path / "home") as (context, clock):
        app = create_app(context)
        with TestClient(app, raise_server_exceptions=False) as client:
            yield WebCentre(context, app, client, clock)
