"""Customer, codes, the hint and the sheet of reasons at the till's window, on real files."""

import pytest
from PySide6.QtCore import Qt

from pos_client.app.window.prompts import ChoiceList, TextPrompt
from pos_client.app.window.return_prompt import ReturnPrompt
from pos_client.kit.buttons import Button
from pos_client.kit.choices import RemovableChip
from tests.gui.test_window import seat, world  # noqa: F401
from tests.integration.promotion_shop import (
    ADA,
    CARD_5,
    CODE_1,
    THREE_FOR_TWO,
    TWO_FROM_20,
    VIP_10,
    Shop,
)


@pytest.fixture
def world(tmp_path, request):  # noqa: F811
    shop = Shop(tmp_path / "till")
    shop.publish(*getattr(request, "param", (VIP_10, CODE_1, TWO_FROM_20)))
    shop.welcome(ADA)
    yield shop
    shop.close()


@pytest.fixture
def cashier(seat):  # noqa: F811
    cashier = seat()
    cashier.log_in()
    return cashier


def test_a_scanned_customer_stands_at_the_top_and_is_detached_with_a_way_back(cashier):
    cashier.scan_in(5)
    cashier.scan("70001")
    cashier.until(lambda: cashier.basket.title.accessibleName() == "Ada Beispiel")
    assert cashier.basket.saved.accessibleName() == "0,50 gespart"
    assert "Ada Beispiel" in cashier.toast()
    cashier.basket.customer_button.click()
    cashier.until(lambda: cashier.basket.title.accessibleName() == "Bon")
    assert cashier.basket.saved.accessibleName() == ""
    cashier.shell.toast.button.click()
    cashier.until(lambda: cashier.basket.title.accessibleName() == "Ada Beispiel")


def test_a_typed_customer_is_attached_before_the_first_article(cashier):
    cashier.type("70001\r")
    cashier.until(lambda: cashier.basket.title.accessibleName() == "Ada Beispiel")
    assert cashier.search.text() == ""
    assert not cashier.basket.pay_button.isEnabled()


def test_f3_asks_for_the_customer_and_says_what_is_wrong(cashier):
    cashier.key(Qt.Key.Key_F3)
    cashier.until(lambda: cashier.shell.sheet.content is not None)
    prompt = cashier.shell.sheet.content
    cashier.type("70009\r")
    cashier.until(lambda: not prompt.field.message.isHidden())
    assert "70009" in prompt.field.message.accessibleName()
    cashier.scan("70001")
    cashier.until(lambda: cashier.basket.title.accessibleName() == "Ada Beispiel")
    assert cashier.shell.sheet.content is None


def test_a_code_is_a_chip_that_can_be_taken_back(cashier):
    cashier.scan_in(5)
    cashier.type("herbst1\r")
    cashier.until(lambda: bool(cashier.basket.codes.findChildren(RemovableChip)))
    (chip,) = cashier.basket.codes.findChildren(RemovableChip)
    assert chip.text() == "HERBST1"
    assert cashier.basket.saved.accessibleName() == "1,00 gespart"
    chip.click()
    cashier.until(cashier.basket.codes.isHidden)
    assert cashier.basket.saved.accessibleName() == ""


# --- the hint and the sheet -----------------------------------------------------------------------


def hint(cashier):
    return cashier.basket.hint.text().replace("\xa0", " ")


def test_a_hint_comes_after_a_pause_and_goes_with_the_next_change(cashier):
    assert cashier.basket.hint.isHidden()
    cashier.scan_in(10, 4)
    assert hint(cashier) == "Warum nicht?"
    cashier.until(lambda: hint(cashier) == "Noch 6,00 €: 2,00 € weniger")
    assert cashier.basket.hint.accessibleName().endswith("2 € ab 20 €")
    cashier.scan_in(9)
    assert hint(cashier) == "Warum nicht?"
    cashier.qtbot.wait(600)
    assert hint(cashier) == "Warum nicht?"  # the two euros are off now


def rows(cashier):
    sheet = cashier.shell.sheet.content
    return {row.name: row.state for row in sheet.model.rows} if sheet is not None else {}


def test_f11_says_why_and_finds_by_name(cashier):
    cashier.key(Qt.Key.Key_F11)
    cashier.until(lambda: cashier.toast() == "Keine Aktion betrifft diese Artikel.")
    cashier.scan_in(5)
    cashier.key(Qt.Key.Key_F11)
    cashier.until(lambda: bool(rows(cashier)))
    assert rows(cashier) == {
        "2 € ab 20 €": "fehlt noch",
        "1 € mit Code": "Code",
        "10 % für VIP": "Kunde",
    }
    sheet = cashier.shell.sheet.content
    assert sheet.scopes is None
    cashier.type("vip")
    cashier.until(lambda: list(rows(cashier)) == ["10 % für VIP"])
    cashier.key(Qt.Key.Key_Down)
    assert sheet.window().focusWidget() is sheet.list
    assert sheet.list.currentIndex().row() == 0
    cashier.key("\x1b")
    cashier.until(lambda: cashier.shell.sheet.content is None)
    assert cashier.shell.window().focusWidget() is cashier.search.edit


def test_an_open_line_asks_for_itself_first(cashier):
    cashier.scan_in(5)
    cashier.basket.open_line(1)
    cashier.basket.hint.click()
    cashier.until(lambda: bool(rows(cashier)))
    sheet = cashier.shell.sheet.content
    assert sheet.scope == "line"
    sheet.scopes._parts["receipt"].click()
    assert sheet.scope == "receipt"


@pytest.mark.parametrize("world", [()], indirect=True)
def test_without_promotions_there_is_no_such_line(cashier):
    cashier.scan_in(5)
    assert cashier.basket.hint.isHidden()


# --- how the customer pays ------------------------------------------------------------------------


@pytest.mark.parametrize("world", [(CARD_5,)], indirect=True)
def test_f6_prices_for_the_card_before_it_is_taken(cashier):
    cashier.scan_in(10, 9)
    cashier.until(lambda: hint(cashier) == "Mit Karte: 5,00 € weniger")
    cashier.key("+")
    pay = cashier.space.pay.page
    cashier.until(lambda: cashier.shell.page == "pay" and bool(pay.entry.field.text()))
    assert pay.ways.savings["card"].accessibleName().replace("\xa0", " ") == (
        "Mit Karte: 5,00 € weniger"
    )
    assert pay.bill.due.accessibleName() == "19,00\xa0€"
    cashier.key(Qt.Key.Key_F6)
    cashier.until(lambda: pay.bill.due.accessibleName() == "14,00\xa0€")
    assert (pay.ways.buttons["card"].chosen, pay.ways.buttons["cash"].chosen) == (True, False)
    assert pay.entry.field.edit.accessibleName() == "Mit Karte, am Terminal"
    cashier.key(Qt.Key.Key_F5)
    cashier.until(lambda: pay.bill.due.accessibleName() == "19,00\xa0€")
    pay.ways.buttons["card"].click()
    cashier.until(lambda: pay.entry.field.text() == "14,00")
    cashier.key("\r")
    cashier.until(lambda: pay.is_done)
    assert pay.bill.total.accessibleName() == "14,00\xa0€"


@pytest.mark.parametrize("world", [(CARD_5,)], indirect=True)
def test_back_on_the_receipt_it_is_open_again_how_it_is_paid(cashier):
    cashier.scan_in(10, 9)
    cashier.key("+")
    pay = cashier.space.pay.page
    cashier.until(lambda: cashier.shell.page == "pay" and bool(pay.entry.field.text()))
    cashier.key(Qt.Key.Key_F6)
    cashier.until(lambda: pay.bill.due.accessibleName() == "14,00\xa0€")
    pay.entry.field.clear()
    cashier.key("\x1b")
    cashier.until(lambda: cashier.shell.page == "sale")
    cashier.until(lambda: cashier.basket.total.accessibleName() == "19,00\xa0€")


def test_in_portrait_the_hint_stands_above_the_total(cashier):
    cashier.till.window.resize(800, 1280)
    page = cashier.space.sale.page
    cashier.until(lambda: page.portrait)
    assert page.strip_hint.isHidden()
    cashier.scan_in(10, 4)
    assert page.strip_hint.isVisible()
    cashier.until(
        lambda: page.strip_hint.text().replace("\xa0", " ") == "Noch 6,00 €: 2,00 € weniger"
    )
    page.strip_hint.click()
    cashier.until(lambda: bool(rows(cashier)))


# --- goods come back with their receipt -----------------------------------------------------------


@pytest.mark.parametrize("world", [(THREE_FOR_TWO,)], indirect=True)
def test_f4_takes_pieces_of_a_receipt_back_and_says_why_less_is_paid(cashier):
    cashier.scan_in(10, 9, 8)
    cashier.pay("50")
    cashier.key("\r")
    cashier.until(lambda: cashier.shell.page == "sale")
    cashier.key(Qt.Key.Key_F4)
    cashier.until(lambda: isinstance(cashier.shell.sheet.content, TextPrompt))
    cashier.scan("DE01-T1-1-1")
    cashier.until(lambda: isinstance(cashier.shell.sheet.content, ChoiceList))
    goods = [button.accessibleName() for button in cashier.shell.sheet.content.findChildren(Button)]
    assert goods == [
        "Schal 10, 1 · bezahlt 10,00",
        "Schal 9, 1 · bezahlt 9,00",
        "Schal 8, 1 · bezahlt 0,00",
    ]
    cashier.shell.sheet.content.findChildren(Button)[1].click()
    cashier.until(lambda: isinstance(cashier.shell.sheet.content, ReturnPrompt))
    cashier.type("zu klein\r")
    # The list is there again for the next piece, without the one that is back.
    cashier.until(lambda: isinstance(cashier.shell.sheet.content, ChoiceList))
    assert len(cashier.shell.sheet.content.findChildren(Button)) == 2
    assert not cashier.basket.notice.isHidden()
    assert "davon 8,00 nicht zurück" in cashier.lines()[0].deal
    assert cashier.lines()[0].total == "−1,00"


@pytest.mark.parametrize("world", [(THREE_FOR_TWO,)], indirect=True)
def test_f4_with_a_number_that_is_no_receipt_here(cashier):
    cashier.key(Qt.Key.Key_F4)
    cashier.until(lambda: isinstance(cashier.shell.sheet.content, TextPrompt))
    cashier.type("DE01-T1-1-77\r")
    cashier.until(lambda: not cashier.shell.sheet.content.field.message.isHidden())
    assert "77" in cashier.shell.sheet.content.field.message.accessibleName()
