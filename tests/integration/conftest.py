"""Fixtures of the tests that speak to the centre over HTTP."""

from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from central_server.app.composition import compose
from central_server.app.factory import create_app
from central_server.app.schema import prepare
from central_server.platform.settings import Settings
from shared.identity import FixedClock
from tests.support.centre import furnish
from tests.support.web_centre import WebCentre

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


@pytest.fixture
def web_centre(database_url, tmp_path):
    """A prepared centre in demo mode with stores DE01, AT01 and UK01; nobody is signed in."""
    clock = FixedClock(NOW)
    settings = Settings(home=tmp_path / "home", database_url=database_url, mode="demo")
    context = compose(settings, clock)
    prepare(context)
    furnish(context.database)
    app = create_app(context)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield WebCentre(context, app, client, clock)
    context.database.dispose()
