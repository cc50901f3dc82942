"""A window that is higher than wide: the receipt is pulled up over the tiles, and selling goes on around it."""

import pytest
from PySide6.QtCore import QCoreApplication, Qt

from pos_client.app.screens.scenes import SCENES, Set
from pos_client.app.translations import TillTexts
from tests.gui.test_window import cashier, seat, world  # noqa: F401 - fixtures
from tests.integration.till_world import gtin


@pytest.fixture
def upright(cashier):  # noqa: F811
    cashier.till.window.resize(800, 1280)
    cashier.until(lambda: cashier.space.sale.page.portrait)
    cashier.till.look.reduced_motion = True
    return cashier


def pulled_up(cashier):  # noqa: F811
    page = cashier.space.sale.page
    page.strip_open.click()
    cashier.until(lambda: page.pull.isVisible() and cashier.basket.isVisible())
    return page


def test_the_receipt_is_pulled_up_and_covers_most_of_the_page(upright):
    upright.scan_in(3)
    page = upright.space.sale.page
    assert not upright.basket.isVisible()
    pulled_up(upright)
    assert page.pull.panel.y() == page.height() - int(page.height() * 0.85)
    assert upright.basket.width() == page.width()


def test_scans_and_quantities_count_with_the_receipt_up(upright):
    upright.scan_in(3)
    page = pulled_up(upright)
    upright.qtbot.wait(100)
    upright.scan(gtin(5))
    upright.until(lambda: len(upright.lines()) == 2)
    upright.key("*")
    upright.until(lambda: upright.shell.sheet.content is not None)
    upright.type("3\r")
    upright.until(lambda: upright.lines()[1].quantity == "3")
    assert page.pull.isVisible()


@pytest.mark.parametrize("key", ["\x1b", "s"])
def test_escape_and_typing_lead_back_to_the_search(upright, key):
    upright.scan_in(3)
    page = pulled_up(upright)
    upright.key(key)
    upright.until(page.pull.isHidden)
    upright.until(lambda: upright.till.window.focusWidget() is upright.search.edit)
    assert upright.search.text() == key.strip("\x1b")


def test_a_receipt_that_is_paid_does_not_stay_up(upright):
    upright.scan_in(3)
    page = pulled_up(upright)
    upright.pay()
    upright.key("\r")
    upright.until(lambda: upright.shell.page == "sale" and not upright.lines())
    assert page.pull.isHidden()


def test_turned_on_its_side_the_receipt_stands_beside_the_tiles_again(upright):
    upright.scan_in(3)
    page = pulled_up(upright)
    upright.till.window.resize(1366, 768)
    upright.until(lambda: not page.portrait)
    upright.until(page.pull.isHidden)
    upright.until(upright.basket.isVisible)
    assert upright.basket.x() > page.left.x()
    upright.key(Qt.Key.Key_Delete)
    upright.until(lambda: not upright.lines())


@pytest.mark.parametrize("language", ["de", "en"])
def test_everything_that_is_wrong_is_read_whole_in_the_status_bar(qtbot, look, language):
    window = SCENES["devices"](Set(look, TillTexts(language, "DE", "EUR")))
    qtbot.addWidget(window)
    window.resize(800, 1280)
    window.show()
    for _ in range(3):
        QCoreApplication.processEvents()
    wrong = [item for item in window.bar.items.values() if item.isVisible()]
    assert len(wrong) == 3
    assert [item.width() >= item.sizeHint().width() for item in wrong] == [True] * 3
