"""The till in its window, on real files: keys and scans go to the window, and what comes of it is looked at there."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from pos_client.app.window.application import TillApplication, WindowOptions
from pos_client.kit.panels import EmptyState
from pos_client.runtime.gui_thread import forget_gui_thread
from pos_client.storage.feed_applier import FeedApplier
from pos_client.storage.sqlite import connect
from tests.integration.till_world import PIN, World, all_events, gtin, page, staff_row

CLOCK = "2026-11-25T12:00:00+01:00"
PERSON_MS = 100
SCANNER_MS = 5
KEYS = {"\r": Qt.Key.Key_Return, "\x1b": Qt.Key.Key_Escape}


class Cashier:
    """Sits at a till's window. A second start of the same till is another cashier at the same data."""

    def __init__(self, qtbot, data, printer=None):
        self.qtbot = qtbot
        self.stamp = 1
        ready = []
        self.till = TillApplication(
            WindowOptions(data, size=(1366, 768), printer=printer, sync=False, clock=CLOCK),
            lambda: ready.append(True),
        )
        qtbot.waitUntil(lambda: bool(ready), timeout=20_000)

    @property
    def space(self):
        return self.till.workspace

    @property
    def shell(self):
        return self.space.shell

    @property
    def basket(self):
        return self.space.sale.page.basket

    @property
    def search(self):
        return self.space.sale.page.lookup.search

    def key(self, key, gap_ms=PERSON_MS):
        """A key as the windowing system brings it: with the time at which it was pressed."""
        self.stamp += gap_ms
        sign = key if isinstance(key, str) else ""
        code = KEYS.get(key) or (Qt.Key(ord(sign.upper())) if sign else key)
        handle, none = self.till.window.windowHandle(), Qt.KeyboardModifier.NoModifier
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, code, none, sign)
            event.setTimestamp(self.stamp)
            QApplication.sendEvent(handle, event)

    def type(self, text):
        for sign in text:
            self.key(sign)
            self.qtbot.wait(5)

    def scan(self, code):
        self.stamp += PERSON_MS
        for sign in f"{code}\r":
            self.key(sign, SCANNER_MS)

    def until(self, holds):
        self.qtbot.waitUntil(holds, timeout=10_000)

    def log_in(self, staff="101"):
        self.until(lambda: bool(self.space.login.page.tiles))
        tile = next(t for t in self.space.login.page.tiles if t.tile.staff_id == staff)
        tile.click()
        self.type(f"{PIN}\r")
        self.until(lambda: self.shell.page == "sale")

    def lines(self):
        return [row for row in self.basket.model.rows if not row.voided]

    def scan_in(self, *numbers):
        for number in numbers:
            before = len(self.lines())
            self.scan(gtin(number))
            self.until(lambda count=before: len(self.lines()) == count + 1)

    def pay(self, typed=""):
        self.key("+")
        self.until(
            lambda: self.shell.page == "pay" and bool(self.space.pay.page.entry.field.text())
        )
        self.type(f"{typed}\r")
        self.until(lambda: self.space.pay.page.is_done)

    def toast(self):
        return self.shell.toast.label.accessibleName() if not self.shell.toast.isHidden() else ""

    def stop(self):
        """Once or more often. A window that stays makes each look of the next ones slower."""
        if not isValid(self.till.window):
            return
        self.till.window.close()
        self.till.close()
        self.till.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path / "till")
    yield world
    world.close()


@pytest.fixture
def seat(qtbot, world):
    seated = []

    def sit():
        cashier = Cashier(qtbot, world.paths.root)
        seated.append(cashier)
        return cashier

    yield sit
    for cashier in seated:
        cashier.stop()
    forget_gui_thread()


@pytest.fixture
def cashier(seat):
    cashier = seat()
    cashier.log_in()
    return cashier


def types(world):
    till = world.open(login=False)
    kinds = [event.type for event in all_events(till)]
    till.close()
    world.opened.remove(till)
    return kinds


def test_a_day_in_short_log_in_scan_take_cash_next(cashier, world):
    assert cashier.till.window.focusWidget() is cashier.search.edit
    cashier.scan_in(3, 5)
    assert cashier.basket.total.accessibleName() == "8,00\u00a0€"
    cashier.pay("20")
    assert cashier.space.pay.page.done.change.accessibleName() == "12,00\u00a0€"
    cashier.key("\r")
    cashier.until(lambda: cashier.shell.page == "sale" and not cashier.lines())
    cashier.stop()
    kinds = types(world)
    assert kinds.count("sale.completed") == 1
    assert kinds[0] == "operator.logged_in"


def test_the_next_scan_after_the_change_begins_the_next_receipt(cashier):
    cashier.scan_in(3)
    cashier.pay()
    cashier.scan(gtin(7))
    cashier.until(lambda: cashier.shell.page == "sale" and len(cashier.lines()) == 1)
    assert cashier.lines()[0].total == "7,00"


def test_the_open_basket_is_there_after_a_restart(seat, cashier):
    cashier.scan_in(3, 5)
    cashier.stop()
    again = seat()
    again.log_in()
    again.until(lambda: len(again.lines()) == 2)


def test_a_wrong_pin_is_answered_at_the_pad(seat):
    cashier = seat()
    cashier.until(lambda: bool(cashier.space.login.page.tiles))
    cashier.type("9999\r")
    hint = cashier.space.login.page.pin.hint
    cashier.until(lambda: hint.property("tone") == "danger")
    assert cashier.space.login.page.pin.dots.typed == 0
    assert cashier.shell.page == "login"


def test_an_unknown_barcode_is_said_and_changes_nothing(cashier):
    cashier.scan_in(3)
    cashier.scan("4012345000016")
    cashier.until(lambda: bool(cashier.toast()))
    assert len(cashier.lines()) == 1
    assert cashier.search.text() == ""
    assert cashier.till.window.focusWidget() is cashier.search.edit


def test_a_scan_while_a_sheet_is_open_closes_it_and_counts(cashier):
    cashier.scan_in(3)
    cashier.key("*")
    cashier.until(lambda: cashier.shell.sheet.content is not None)
    cashier.qtbot.wait(PERSON_MS)
    cashier.scan_in(5)
    cashier.until(cashier.shell.sheet.isHidden)
    assert [row.quantity for row in cashier.lines()] == ["1", "1"]


def test_a_quantity_by_key_and_an_unusual_one_asks(cashier):
    cashier.scan_in(3)
    cashier.key("*")
    cashier.until(lambda: cashier.shell.sheet.content is not None)
    cashier.type("10000\r")
    cashier.until(lambda: "Confirm" in type(cashier.shell.sheet.content).__name__)
    assert cashier.lines()[0].quantity == "1"
    cashier.shell.sheet.content.button.click()
    cashier.until(lambda: cashier.lines()[0].quantity == "10.000")


def test_a_code_of_a_hundred_and_one_characters_is_refused(cashier):
    cashier.scan("1" * 101)
    cashier.until(lambda: bool(cashier.toast()))
    assert cashier.lines() == []


def test_a_line_is_deleted_and_brought_back(cashier):
    cashier.scan_in(3, 5)
    cashier.key(Qt.Key.Key_Delete)
    cashier.until(lambda: len(cashier.lines()) == 1)
    assert any(row.voided for row in cashier.basket.model.rows)
    cashier.shell.toast.button.click()
    cashier.until(lambda: len(cashier.lines()) == 2)


def test_park_and_recall(cashier):
    cashier.scan_in(3)
    cashier.key(Qt.Key.Key_F8)
    cashier.until(lambda: not cashier.lines())
    assert not cashier.basket.parked_button.isHidden()
    cashier.key(Qt.Key.Key_F8)
    cashier.until(lambda: cashier.shell.sheet.content is not None)
    cashier.shell.sheet.content.chosen.emit(cashier_parked(cashier))
    cashier.until(lambda: len(cashier.lines()) == 1)


def cashier_parked(cashier):
    rows = []
    cashier.till.tasks.query(
        cashier.till.opened.till.basket.on_parked,
        rows.extend,
        owner=cashier.till,
        kind="t",
        lane="till",
    )
    cashier.until(lambda: bool(rows))
    return rows[0].basket_id


def test_typing_searches_and_enter_takes_the_marked_hit(cashier):
    cashier.type("schal 7")
    model = cashier.space.sale.page.lookup.model
    cashier.until(lambda: [row.name for row in model.rows] == ["Schal 7"])
    cashier.key("\r")
    cashier.until(lambda: len(cashier.lines()) == 1)
    assert cashier.search.text() == ""


def test_less_than_the_total_is_a_part_payment_and_back_gives_it_back(cashier):
    cashier.scan_in(10)
    cashier.key("+")
    cashier.until(
        lambda: cashier.shell.page == "pay" and bool(cashier.space.pay.page.entry.field.text())
    )
    cashier.type("4\r")
    cashier.until(lambda: cashier.space.pay.page.bill.due.accessibleName() == "6,00\u00a0€")
    cashier.key("\x1b")
    cashier.qtbot.wait(PERSON_MS)
    cashier.key("\x1b")
    cashier.until(lambda: cashier.shell.page == "sale")
    cashier.scan_in(3)


def test_the_drawer_is_opened_counted_blind_and_closed(cashier, world):
    cashier.key(Qt.Key.Key_F12)
    page = cashier.space.shift.page
    cashier.until(lambda: cashier.shell.page == "shift" and page.is_closed)
    cashier.qtbot.wait(50)
    cashier.type("100\r")
    cashier.until(lambda: not page.is_closed)
    page.count_button.click()
    cashier.until(lambda: page.is_counting)
    assert "100,00" not in page.counting.total.accessibleName()
    cashier.type("\r1\r")
    for _ in range(14):
        cashier.type("\r")
    cashier.until(page.counting.hand_in.isEnabled)
    page.counting.hand_in.click()
    cashier.until(lambda: page.is_counted or cashier.shell.sheet.content is not None)
    if not page.is_counted:  # nothing of this till was sent: it asks first
        cashier.shell.sheet.content.button.click()
        cashier.until(lambda: page.is_counted)
    cashier.stop()
    assert "shift.closed" in types(world)


def test_every_page_opens_and_the_scanner_leads_back_to_the_sale(cashier):
    for name in ("stock", "receipts", "shift", "devices"):
        cashier.space.go(name)
        cashier.until(lambda name=name: cashier.shell.page == name)
        cashier.qtbot.wait(60)
    cashier.scan_in(3)
    assert cashier.shell.page == "sale"


def test_a_person_who_reads_english_gets_the_window_in_english(qtbot, world, seat):
    applier = FeedApplier(world.reference_file)
    applier.take("staff", page([staff_row("103", name="Amy", language="en")], "e.2.0"))
    applier.close()
    cashier = seat()
    cashier.log_in("103")
    cashier.until(lambda: cashier.basket.pay_button.text() == "Pay")
    cashier.scan_in(3)


def test_a_second_till_on_the_same_folder_says_so(seat, cashier, qtbot, world):
    other = TillApplication(WindowOptions(world.paths.root, size=(1366, 768), sync=False))

    def said():
        shown = other.window.findChild(EmptyState)
        return shown is not None and bool(shown.text.text()) and shown.text.isVisible()

    qtbot.waitUntil(lambda: said() and other.workspace is None, timeout=10_000)
    other.window.close()
    other.close()


def test_nothing_of_the_disk_is_touched_by_the_gui_thread(cashier):
    with pytest.raises(RuntimeError, match="in the GUI thread"):
        connect(cashier.till.opened.till.paths.journal, synchronous="FULL", read_only=True)
