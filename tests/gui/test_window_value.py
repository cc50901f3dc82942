"""Gift cards and vouchers are sold at the window: by scan, by key, by touch; and goods come back to an area."""

import pytest
from PySide6.QtCore import Qt

from pos_client.app.window.prompts import ChoiceList, NumberPrompt
from pos_client.app.window.return_prompt import ReturnPrompt
from pos_client.features.payment.step_view import StepPanel
from pos_client.runtime.gui_thread import forget_gui_thread
from shared.basket import StockArea, ValueKind
from tests.gui.pay_rig import plain
from tests.simulation.centre import SKUS
from tests.simulation.test_gift_cards import WORTH


def sheet(cashier, kind):
    """The sheet that is open, once it is one of this kind."""
    cashier.until(lambda: isinstance(cashier.shell.sheet.content, kind))
    cashier.qtbot.wait(50)
    return cashier.shell.sheet.content


@pytest.fixture
def cashier(seat):
    """At the sale, with one article on the receipt."""
    cashier = seat()
    cashier.until(lambda: cashier.shell.page == "sale")
    till = cashier.till.opened.till
    cashier.lane(lambda: till.basket.on_add(SKUS[0]))
    return cashier


def pay(cashier):
    cashier.space.go("pay")
    cashier.until(lambda: bool(cashier.page.chosen))
    cashier.qtbot.wait(50)
    cashier.key("\r")
    cashier.until(lambda: cashier.page.is_done)


def rows(cashier):
    return [(row.name, plain(row.total)) for row in cashier.space.sale._state.lines]


def receipts(cashier, shop):
    cashier.stop()
    forget_gui_thread()
    return shop.sold()


def test_a_scanned_card_is_topped_up_and_paid_in_cash(cashier, shop):
    cashier.scan(shop.card)
    panel = sheet(cashier, StepPanel)
    cashier.until(lambda: "top_up" in panel.buttons)
    panel.buttons["top_up"].click()
    prompt = sheet(cashier, NumberPrompt)
    assert shop.card[-4:] in prompt.field.edit.accessibleName()
    prompt.field.put("300")
    prompt.accept.click()
    cashier.until(lambda: "500,00" in prompt.field.message.accessibleName())
    prompt.field.put("50")
    prompt.accept.click()
    cashier.until(lambda: len(rows(cashier)) == 2)
    assert rows(cashier)[-1] == ("Geschenkkarte aufladen", "50,00")
    pay(cashier)
    (receipt,) = receipts(cashier, shop)
    assert receipt.lines[-1].value.top_up
    shop.settle()
    assert shop.free() == WORTH + 5_000


def test_a_voucher_is_sold_by_key_and_its_number_is_signed(cashier, shop):
    sale = cashier.space.sale
    cashier.key(Qt.Key.Key_F5)
    choices = sheet(cashier, ChoiceList)
    choices.chosen.emit("SHOP")
    prompt = sheet(cashier, NumberPrompt)
    cashier.type("25,50\r")
    cashier.until(lambda: ("Gutschein", "25,50") in rows(cashier))
    assert cashier.shell.sheet.content is not prompt
    number = sale._state.lines[-1].number
    sale.page.basket.ask_price.emit(number)
    price = sheet(cashier, NumberPrompt)
    price.field.put("1")
    price.reason.put("Fehler")
    price.accept.click()
    cashier.until(lambda: "stehen fest" in price.field.message.accessibleName())
    pay(cashier)
    (receipt,) = receipts(cashier, shop)
    value = receipt.lines[-1].value
    assert (value.kind, value.code[:4]) == (ValueKind.VOUCHER, "TV2.")


def test_without_the_centre_no_card_is_sold_and_it_is_said(cashier, shop):
    before = rows(cashier)
    shop.device.bridge.cut = True
    cashier.scan(shop.card)
    panel = sheet(cashier, StepPanel)
    cashier.until(lambda: "another" in panel.buttons and bool(panel.text.accessibleName()))
    assert "nicht erreichbar" in panel.text.accessibleName()
    assert {"sell", "top_up"}.isdisjoint(panel.buttons)
    assert rows(cashier) == before


def test_a_broken_piece_goes_to_quarantine_unless_somebody_says_otherwise(cashier, shop):
    sale = cashier.space.sale
    till = cashier.till.opened.till
    cashier.lane(lambda: till.sale.cancel(""))
    bought = str(cashier.lane(lambda: till.archive.recent(1))[0].receipt.receipt_id)
    sale.returns.of_receipt(bought)
    choices = sheet(cashier, ChoiceList)
    choices.chosen.emit("1")
    prompt = sheet(cashier, ReturnPrompt)
    prompt.buttons["defect"].click()
    cashier.until(lambda: till.sale.basket is not None)
    # The lines that are left are asked for once more before the sheet is done.
    cashier.until(lambda: cashier.shell.sheet.content is not prompt)
    cashier.qtbot.wait(50)
    cashier.shell.sheet.leave()
    (line,) = till.sale.basket.lines.values()
    assert (line.area, line.sku in SKUS) == (StockArea.QUARANTINE, True)
    cashier.lane(lambda: till.sale.cancel(""))
    sale.returns.of_receipt(bought)
    sheet(cashier, ChoiceList).chosen.emit("1")
    prompt = sheet(cashier, ReturnPrompt)
    prompt.areas.chosen.emit("supplier")
    prompt.buttons["defect"].click()
    cashier.until(lambda: till.sale.basket is not None)
    (line,) = till.sale.basket.lines.values()
    assert line.area is StockArea.SUPPLIER
