"""Joining at the screen, how the till looks, and what two scanners at once come to."""

import pytest

from pos_client.app.window.application import TillApplication, WindowOptions
from pos_client.features.joining.view import JoiningView
from pos_client.kit.choices import Segments
from pos_client.runtime.gui_thread import forget_gui_thread
from pos_client.storage.feed_applier import FeedApplier
from tests.gui.test_window import Cashier, cashier, seat, world  # noqa: F401 - fixtures
from tests.integration.till_world import gtin, item, item_row, page


@pytest.fixture
def unjoined(qtbot, tmp_path):
    till = TillApplication(WindowOptions(tmp_path / "new", size=(1366, 768), sync=False))
    qtbot.waitUntil(lambda: till.window.findChild(JoiningView) is not None, timeout=20_000)
    yield till.window.findChild(JoiningView)
    till.window.close()
    till.close()
    forget_gui_thread()


def test_a_new_till_asks_for_the_centre_and_says_what_is_wrong_with_the_code(qtbot, unjoined):
    unjoined.address.put("http://127.0.0.1:9")
    unjoined.code.put("ABC")
    unjoined.button.click()
    qtbot.waitUntil(lambda: bool(unjoined.code.message.text()), timeout=10_000)
    assert unjoined.code.text() == "ABC"
    assert unjoined.button.isEnabled()


def test_a_new_till_says_that_the_centre_does_not_answer(qtbot, unjoined):
    unjoined.address.put("http://127.0.0.1:9")
    unjoined.code.put("ABCD-EFGH-JKMN")
    unjoined.button.click()
    qtbot.waitUntil(
        lambda: bool(unjoined.address.message.text() or unjoined.banner.label.text()),
        timeout=20_000,
    )
    assert unjoined.button.isEnabled()


def settings(cashier):  # noqa: F811
    cashier.space.go("devices")
    cashier.until(lambda: cashier.shell.page == "devices")
    shown = cashier.space.devices.page
    shown.tabs["settings"].click()
    cashier.until(lambda: len(shown.settings.findChildren(Segments)) >= 4)
    return shown.settings


def test_a_dark_till_stays_dark_after_a_restart_and_undo_makes_it_light(cashier, seat):  # noqa: F811
    settings(cashier).changed.emit("theme", "dark")
    cashier.until(lambda: cashier.till.look.theme.name == "dark")
    cashier.stop()
    again = seat()
    again.log_in()
    assert again.till.look.theme.name == "dark"
    settings(again).changed.emit("theme", "contrast")
    again.until(lambda: again.till.look.theme.name == "contrast")
    settings(again).undo.emit()
    again.until(lambda: again.till.look.theme.name == "dark")


def test_the_left_hand_gets_the_receipt_on_the_left(cashier):  # noqa: F811
    settings(cashier).changed.emit("hand", "left")
    cashier.until(lambda: cashier.till.look.left_handed)
    cashier.space.go("sale")
    cashier.until(lambda: cashier.basket.x() < cashier.space.sale.page.left.x())


def test_two_scanners_at_once_are_refused_whole_and_the_next_scan_counts(cashier):  # noqa: F811
    cashier.scan_in(3)
    for one, other in zip(gtin(5), gtin(7), strict=True):
        cashier.key(one, 3)
        cashier.key(other, 3)
    cashier.key("\r", 3)
    cashier.key("\r", 3)
    cashier.until(lambda: bool(cashier.toast()))
    assert len(cashier.lines()) == 1
    cashier.qtbot.wait(60)
    cashier.scan_in(9)
    assert [row.name for row in cashier.lines()] == ["Schal 3", "Schal 9"]


def test_a_price_that_is_missing_is_said_and_the_basket_stays(seat, world):  # noqa: F811
    applier = FeedApplier(world.reference_file)
    applier.take("reference", page([item_row(item(77))], "e.2.0"))
    applier.close()
    sitting = seat()
    sitting.log_in()
    sitting.scan_in(3)
    sitting.scan(gtin(77))
    sitting.until(lambda: bool(sitting.toast()))
    assert len(sitting.lines()) == 1
    assert sitting.till.window.focusWidget() is sitting.search.edit


def test_without_a_size_the_window_is_as_large_as_the_screen(qtbot, qapp, tmp_path):
    till = TillApplication(WindowOptions(tmp_path / "new", sync=False))
    qtbot.waitUntil(lambda: till.window.findChild(JoiningView) is not None, timeout=20_000)
    assert till.window.size() == qapp.primaryScreen().size()
    till.window.close()
    till.close()
    forget_gui_thread()


def test_a_chosen_language_is_the_windows_at_once(cashier):  # noqa: F811
    shown = settings(cashier)
    shown.changed.emit("language", "en")
    cashier.until(lambda: cashier.basket.pay_button.text() == "Pay")


def test_undoing_a_language_changes_the_window_back(cashier):  # noqa: F811
    settings(cashier).changed.emit("language", "en")
    cashier.until(lambda: cashier.basket.pay_button.text() == "Pay")
    settings(cashier).undo.emit()
    cashier.until(lambda: cashier.basket.pay_button.text() == "Bezahlen")


def test_a_till_whose_settings_still_name_a_density_starts(seat, world):  # noqa: F811
    world.paths.settings.write_text('{"density": "compact", "theme": "dark"}', encoding="utf-8")
    sitting = seat()
    sitting.log_in()
    assert sitting.till.look.theme.name == "dark"
