"""The till's window drawn offscreen: own fonts, Fusion, no animation."""

import pytest

from pos_client.app.screens.gallery import application
from pos_client.app.translations import TillTexts
from pos_client.app.window.application import RESOURCES
from pos_client.kit.look import Look
from pos_client.runtime.gui_thread import forget_gui_thread
from tests.gui.value_rig import CardCashier, Shop


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


@pytest.fixture
def shop(tmp_path):
    made = Shop(tmp_path)
    yield made
    made.close()


@pytest.fixture
def seat(qtbot, shop):
    seated = []

    def sit():
        cashier = CardCashier(qtbot, shop.device.paths.root, shop.transport())
        seated.append(cashier)
        cashier.sign_on()
        return cashier

    yield sit
    for cashier in seated:
        cashier.stop()
    forget_gui_thread()


@pytest.fixture
def cashier(seat):
    cashier = seat()
    cashier.ring_up()
    return cashier
