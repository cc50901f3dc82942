"""What happens at a counter: a double tap, a book on the keyboard, a scan where none is expected, a disk that fails."""

# ruff: noqa: F811 - the fixtures are those of the window's own tests

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from pos_client.app.window.approval import Decision
from pos_client.app.window.prompts import TextPrompt
from pos_client.features.stock_lookup.variant_view import StockTable, VariantPicker
from pos_client.kit.buttons import Button
from pos_client.kit.numpad import NumPad
from pos_client.kit.rows import RowList
from pos_client.runtime.gui_thread import forget_gui_thread
from pos_client.storage.feed_applier import FeedApplier
from shared.errors import EnvironmentProblem
from shared.journal import parse_body
from tests.gui.test_window import (  # noqa: F401 - fixtures
    PERSON_MS,
    cashier,
    seat,
    types,
    world,
)
from tests.integration.till_world import (
    all_events,
    gtin,
    item,
    item_row,
    page,
    price_row,
    staff_row,
)


def tap_again(widget):
    """The second press and release of a quick pair, as Qt reports it."""
    middle = QPointF(widget.rect().center())
    for kind in (QEvent.Type.MouseButtonDblClick, QEvent.Type.MouseButtonRelease):
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(kind, middle, widget.mapToGlobal(middle), left, left, none)
        QApplication.sendEvent(widget, event)


def hold(cashier, key, times=5):
    """A key that is held down: what the windowing system repeats."""
    handle, none = cashier.till.window.windowHandle(), Qt.KeyboardModifier.NoModifier
    for _ in range(times):
        event = QKeyEvent(QEvent.Type.KeyPress, key, none, "\r", True)
        QApplication.sendEvent(handle, event)
        cashier.qtbot.wait(30)


def sheet_of(cashier, kind):
    cashier.until(lambda: isinstance(cashier.shell.sheet.content, kind))
    return cashier.shell.sheet.content


@pytest.mark.parametrize(("make", "presses"), [("button", 0), ("pad", 1)])
def test_the_second_of_two_quick_taps_counts_on_a_pad_only(qtbot, look, make, presses):
    pad = NumPad(look, erase_name="x")
    widget = Button(look, "Pay") if make == "button" else pad.keys["1"]
    qtbot.addWidget(widget if make == "button" else pad)
    pressed = []
    widget.clicked.connect(lambda: pressed.append(True))
    tap_again(widget)
    assert len(pressed) == presses


def test_one_enter_opens_the_payment_and_a_held_one_does_not_pay(cashier):
    cashier.scan_in(3)
    cashier.key("\r")
    cashier.until(lambda: cashier.shell.page == "pay")
    cashier.until(lambda: bool(cashier.space.pay.page.entry.field.text()))
    cashier.qtbot.wait(300)
    assert not cashier.space.pay.page.is_done
    hold(cashier, Qt.Key.Key_Return)
    assert not cashier.space.pay.page.is_done


def lead(world):
    applier = FeedApplier(world.reference_file)
    row = staff_row("103", name="Lea", role="store_manager")
    applier.take("staff", page([row], "e.2.0"))
    applier.close()


def test_a_scan_into_the_return_sheet_comes_back_once_somebody_vouches(world, seat):
    lead(world)
    cashier = seat()
    cashier.log_in()
    cashier.key(Qt.Key.Key_F4)
    first = sheet_of(cashier, TextPrompt)
    cashier.qtbot.wait(PERSON_MS)
    cashier.scan(gtin(3))
    cashier.until(lambda: cashier.shell.sheet.content not in {None, first})
    reason = cashier.shell.sheet.content
    reason.field.put("zu klein")
    reason.accept.click()
    reason.accept.click()
    vouching = sheet_of(cashier, Decision)
    vouching.paid.click()
    cashier.until(lambda: not vouching.message.isHidden())
    assert not cashier.lines()
    vouching.staff.put("103")
    vouching.pin.put("4711")
    vouching.paid.click()
    cashier.until(lambda: bool(cashier.lines()))
    cashier.qtbot.wait(100)
    (line,) = cashier.lines()
    assert line.total.lstrip("−-") != line.total
    cashier.stop()
    forget_gui_thread()
    events = [each for each in all_events(world.open()) if each.type == "approval.given"]
    (given,) = (parse_body(each.body) for each in events)
    assert (given["what"], given["approved_by"]) == ("return_without_receipt", "103")
    assert (given["line"], given["id_seen"]) == (1, True)


def test_a_wrong_code_of_a_return_is_asked_for_again(cashier):
    cashier.key(Qt.Key.Key_F4)
    first = sheet_of(cashier, TextPrompt)
    first.field.put("nope")
    first.accept.click()
    cashier.until(lambda: cashier.shell.sheet.content not in {None, first})
    reason = cashier.shell.sheet.content
    reason.field.put("zu klein")
    reason.accept.click()
    cashier.until(lambda: cashier.shell.sheet.content not in {None, first, reason})
    again = cashier.shell.sheet.content
    assert again.field.text() == "nope"
    assert again.field.message.text()
    assert not cashier.lines()


def test_a_number_of_several_variants_that_comes_back_asks_which_one(world, seat):
    lead(world)
    variants = [item(70 + at, article_no="H70", size=size) for at, size in enumerate(("M", "L"))]
    applier = FeedApplier(world.reference_file)
    rows = [row for of in variants for row in (item_row(of), price_row(of.sku, 500))]
    applier.take("reference", page(rows, "e.2.0"))
    applier.close()
    cashier = seat()
    cashier.log_in()
    cashier.key(Qt.Key.Key_F4)
    first = sheet_of(cashier, TextPrompt)
    first.field.put("H70")
    first.accept.click()
    cashier.until(lambda: cashier.shell.sheet.content not in {None, first})
    reason = cashier.shell.sheet.content
    reason.field.put("zu klein")
    reason.accept.click()
    picker = sheet_of(cashier, VariantPicker)
    assert not cashier.lines()
    picker.chosen.emit("S71")
    picker.chosen.emit("S71")
    vouching = sheet_of(cashier, Decision)
    vouching.staff.put("103")
    vouching.pin.put("4711")
    vouching.not_paid.click()
    cashier.until(lambda: bool(cashier.lines()))
    assert [(row.sku, row.is_return) for row in cashier.lines()][:1] == [("S71", True)]
    cashier.until(cashier.shell.sheet.isHidden)


def test_enter_before_the_hits_shows_the_stock_of_the_first_of_them(cashier):
    cashier.space.go("stock")
    stock = cashier.space.stock
    cashier.until(lambda: stock.lookup.has_tiles)
    stock.lookup.search.put("schal 7")
    stock.lookup.submitted.emit("schal 7")
    cashier.until(lambda: isinstance(stock._shown, StockTable))
    assert [row.name for row in stock.lookup.model.rows] == ["Schal 7"]
    assert not cashier.toast()


def test_enter_on_a_code_shows_its_stock_without_a_search(cashier):
    cashier.space.go("stock")
    stock = cashier.space.stock
    stock.lookup.search.put(gtin(7))
    stock.lookup.submitted.emit(gtin(7))
    cashier.until(lambda: isinstance(stock._shown, StockTable))
    assert not stock.lookup.model.rows


def test_enter_on_words_that_mean_nothing_says_so(cashier):
    cashier.space.go("stock")
    stock = cashier.space.stock
    stock.lookup.search.put("nirgends")
    stock.lookup.submitted.emit("nirgends")
    cashier.until(lambda: stock.lookup.pages.currentWidget() is stock.lookup.empty)
    assert not isinstance(stock._shown, StockTable)


def test_enter_before_the_hits_never_takes_one_of_the_search_before(cashier):
    cashier.type("schal 3")
    model = cashier.space.sale.page.lookup.model
    cashier.until(lambda: [row.name for row in model.rows] == ["Schal 3"])
    for _ in range(len("3")):
        cashier.key(Qt.Key.Key_Backspace)
    cashier.key("7")
    cashier.key("\r")
    cashier.until(lambda: len(cashier.lines()) == 1)
    assert cashier.lines()[0].name == "Schal 7"


def test_a_receipt_that_is_paid_but_could_not_be_completed_is_completed_by_enter(
    cashier, monkeypatch, world
):
    payment = cashier.till.opened.till.payment
    finish, failed = payment.on_finish, []

    def fails_once():
        if not failed:
            failed.append(True)
            raise EnvironmentProblem("disk_full")
        return finish()

    monkeypatch.setattr(payment, "on_finish", fails_once)
    cashier.scan_in(3)
    cashier.key("+")
    page = cashier.space.pay.page
    cashier.until(lambda: cashier.shell.page == "pay" and bool(page.entry.field.text()))
    cashier.type("10\r")
    cashier.until(lambda: page.entry.accept.text() == "Bon abschließen")
    assert not page.is_done
    cashier.key("\r")
    cashier.until(lambda: page.is_done)
    assert page.done.change.accessibleName() == "7,00\u00a0€"
    cashier.stop()
    assert types(world).count("sale.completed") == 1


def test_a_scan_at_the_log_in_is_no_wrong_pin(seat, world):
    sitting = seat()
    sitting.until(lambda: bool(sitting.space.login.page.tiles))
    sitting.space.login.page.pin.setFocus()
    for _ in range(4):
        sitting.qtbot.wait(PERSON_MS)
        sitting.scan("4006381333931")
    sitting.qtbot.wait(200)
    assert sitting.space.login.page.pin.dots.typed == 0
    sitting.log_in()
    sitting.stop()
    assert "operator.login_failed" not in types(world)


def counting(cashier):
    cashier.key(Qt.Key.Key_F12)
    page = cashier.space.shift.page
    cashier.until(lambda: cashier.shell.page == "shift" and page.is_closed)
    cashier.qtbot.wait(50)
    cashier.type("100\r")
    cashier.until(lambda: not page.is_closed)
    page.count_button.click()
    cashier.until(lambda: page.is_counting)
    return page


def test_a_scan_while_counting_changes_no_count_and_stays_there(cashier):
    page = counting(cashier)
    cashier.type("12")
    before = dict(page.counting.counts)
    cashier.qtbot.wait(PERSON_MS)
    cashier.scan(gtin(3))
    cashier.until(lambda: bool(cashier.toast()))
    assert page.counting.counts == before
    assert cashier.shell.page == "shift"


def test_a_count_that_is_put_off_is_there_when_it_goes_on(cashier):
    page = counting(cashier)
    cashier.type("3")
    cashier.until(lambda: page.counting.total.accessibleName().startswith("600"))
    cashier.key("\x1b")
    cashier.until(lambda: not page.is_counting)
    page.count_button.click()
    cashier.until(lambda: page.is_counting)
    cashier.until(lambda: page.counting.total.accessibleName().startswith("600"))


def test_the_barcode_of_a_receipt_opens_it_and_prints_nothing(cashier, world):
    cashier.scan_in(3)
    cashier.pay()
    till = cashier.till.opened.till
    code = str(till.payment.last_receipt.receipt_id)
    cashier.qtbot.wait(PERSON_MS)
    cashier.scan(code)
    cashier.until(lambda: cashier.shell.page == "receipts")
    cashier.qtbot.wait(400)
    cashier.stop()
    assert "receipt.reprinted" not in types(world)


def test_one_less_of_one_piece_is_a_deletion_with_its_way_back(cashier):
    cashier.scan_in(3)
    cashier.basket.less.emit(cashier.lines()[0].number)
    cashier.until(lambda: not cashier.lines())
    cashier.until(lambda: not cashier.shell.toast.button.isHidden())
    cashier.shell.toast.button.click()
    cashier.until(lambda: len(cashier.lines()) == 1)


def test_plus_pays_also_after_a_line_was_tapped(cashier):
    cashier.scan_in(3)
    cashier.basket.list.setFocus()
    assert isinstance(cashier.till.window.focusWidget(), RowList)
    cashier.key("+")
    cashier.until(lambda: cashier.shell.page == "pay")


def test_an_answer_for_the_sale_takes_no_focus_from_another_page(cashier):
    cashier.key(Qt.Key.Key_F12)
    cashier.until(lambda: cashier.shell.page == "shift")
    cashier.space.sale.focus()
    assert cashier.till.window.focusWidget() is not cashier.search.edit


def test_starting_again_while_the_till_is_open_changes_nothing(cashier):
    opened = cashier.till.opened
    cashier.till.open()
    cashier.qtbot.wait(200)
    assert cashier.till.opened is opened
    cashier.scan_in(3)
