"""Goods of another till's receipt come back at this window, as far as the centre can be asked."""

from pos_client.app.window.prompts import ChoiceList, TextPrompt
from pos_client.app.window.return_prompt import ReturnPrompt
from tests.simulation.centre import SKUS


def sold_elsewhere(shop):
    return sold_at(shop, shop.devices[1])


def sold_at(shop, other):
    till = other.open()
    till.basket.on_add(SKUS[0], "2")
    till.payment.on_cash()
    till.payment.on_finish()
    number = str(other.receipts()[-1].receipt_id)
    shop.settle()
    other.die()
    return number


def ask_for(cashier, number):
    """Open the sheet of goods that come back, and give the number."""
    cashier.space.sale.returns.take_back()
    cashier.until(lambda: isinstance(cashier.shell.sheet.content, TextPrompt))
    cashier.shell.sheet.content.given.emit(number)


def test_a_piece_of_another_tills_receipt_comes_back(seat, shop):
    number = sold_elsewhere(shop)
    cashier = seat()
    cashier.until(lambda: cashier.shell.page == "sale")
    ask_for(cashier, number)
    cashier.until(lambda: isinstance(cashier.shell.sheet.content, ChoiceList))
    cashier.shell.sheet.content.chosen.emit("1")
    cashier.until(lambda: isinstance(cashier.shell.sheet.content, ReturnPrompt))
    cashier.shell.sheet.content.given.emit("gefällt nicht", "")
    sale = cashier.till.opened.till.sale
    cashier.until(lambda: sale.basket is not None and len(sale.basket.lines) == 1)
    line = sale.basket.line(1)
    assert (line.quantity, line.origin.receipt) == (-1, number)


def test_without_the_centre_the_sheet_says_that_it_could_not_be_asked(seat, shop):
    number = sold_elsewhere(shop)
    shop.device.bridge.cut = True
    cashier = seat()
    cashier.until(lambda: cashier.shell.page == "sale")
    ask_for(cashier, number)
    cashier.until(
        lambda: (
            isinstance(cashier.shell.sheet.content, TextPrompt)
            and "nicht erreichbar" in cashier.shell.sheet.content.field.edit.accessibleDescription()
        )
    )


def test_goods_come_back_from_a_receipt_that_was_looked_up(seat, shop):
    number = sold_at(shop, shop.device)
    cashier = seat()
    cashier.until(lambda: cashier.shell.page == "sale")
    cashier.space.go("receipts")
    receipts = cashier.space.receipts.page
    cashier.until(lambda: bool(receipts.model.rows))
    assert not receipts.return_button.isEnabled()
    receipts.opened.emit(receipts.model.rows[0].number)
    cashier.until(receipts.return_button.isEnabled)
    receipts.return_button.click()
    cashier.until(lambda: isinstance(cashier.shell.sheet.content, ChoiceList))
    assert cashier.shell.page == "sale"
    cashier.shell.sheet.content.chosen.emit("1")
    cashier.until(lambda: isinstance(cashier.shell.sheet.content, ReturnPrompt))
    cashier.shell.sheet.content.given.emit("gefällt nicht", "")
    sale = cashier.till.opened.till.sale
    cashier.until(lambda: sale.basket is not None and bool(sale.basket.lines))
    assert sale.basket.line(1).origin.receipt == number


def test_an_answer_that_comes_too_late_opens_nothing(seat, shop, monkeypatch):
    number = sold_elsewhere(shop)
    cashier = seat()
    cashier.until(lambda: cashier.shell.page == "sale")
    questions, shown, learned, after = cashier.space.sale.returns, [], [], []
    stage = questions._stage
    learn = stage.paying.returns.learn
    monkeypatch.setattr(questions, "_show_bought", lambda *said: shown.append(said))
    monkeypatch.setattr(
        stage.paying.returns, "learn", lambda *said: (learn(*said), learned.append(said))
    )
    ask_for(cashier, number)
    cashier.space.go("receipts")
    cashier.until(lambda: bool(learned))
    stage.tasks.command(lambda: None, after.append, owner=cashier.shell)
    cashier.until(lambda: bool(after))
    assert (shown, cashier.shell.page) == ([], "receipts")
