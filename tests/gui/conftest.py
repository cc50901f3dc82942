"""The till's window drawn offscreen: own fonts, Fusion, no animation."""

import pytest

from pos_client.app.screens.gallery import application
from pos_client.app.translations import TillTexts
from pos_client.app.window.application import RESOURCES
from pos_client.kit.look import Look


@pytest.fixture(scope="session")
def qapp():
    return application()


@pytest.fixture(scope="session")
def one_look(qapp):
    return Look(RESOURCES)


@pytest.fixture
def look(one_look):
    look = one_look
    look.use("light", keycaps=True, left_handed=False, reduced_motion=True)
    return look


@pytest.fixture
def words():
    return TillTexts("de", "DE", "EUR")
