"""Gift cards on the page, against a centre in the same process: balance, parts, refusals, silence, and coming back."""

from PySide6.QtCore import Qt

from pos_client.features.payment.step_view import StepPanel
from pos_client.runtime.gui_thread import forget_gui_thread
from pos_client.storage.authorisations import OutstandingAuthorisations
from shared.vouchers.number import check_digit
from tests.gui.pay_rig import plain
from tests.gui.value_rig import DUE, ON_CARD, paid
from tests.simulation.test_gift_cards import WORTH
from tests.support.bridge import Faults


def test_a_gift_card_shows_what_it_has_and_pays(cashier, shop):
    cashier.gift_known(shop.card)
    assert cashier.caption() == f"Geschenkkarte •• {shop.card[-4:]}, Guthaben 300,00 €"
    assert cashier.page.entry.accept.text() == "10,00\u00a0€ von der Geschenkkarte"
    cashier.key("\r")
    cashier.until(lambda: cashier.page.is_done)
    assert cashier.rows() == [("gift_card", f"•• {shop.card[-4:]} · Rest 290,00 €", "10,00")]
    (tender,) = paid(cashier, shop)
    assert (tender.instrument, tender.balance) == (shop.card, ON_CARD)
    assert shop.check() == 0


def test_a_scan_is_the_number_that_is_asked_for(cashier, shop):
    cashier.means(Qt.Key.Key_F7)
    cashier.until(lambda: cashier.page.asks_number)
    cashier.scan(shop.card)
    cashier.until(lambda: "Guthaben" in cashier.caption())


def test_part_by_gift_card_and_the_rest_in_cash(cashier, shop):
    cashier.gift_known(shop.card)
    cashier.type("4\r")
    cashier.until(lambda: cashier.due() == "6,00 €")
    assert cashier.page.chosen == "cash"
    cashier.type("10\r")
    cashier.until(lambda: cashier.page.is_done)
    kinds = [(str(t.kind), t.amount) for t in paid(cashier, shop)]
    assert kinds == [("gift_card", 400), ("cash", 1000), ("change", -400)]
    assert shop.check() == 0


def test_a_number_that_is_none_is_refused_at_the_field(cashier):
    cashier.gift("2950000000000000")
    cashier.until(lambda: bool(cashier.page.entry.field.message.accessibleName()))
    assert cashier.page.asks_number


def test_more_than_the_card_has_is_not_offered(cashier, shop):
    cashier.gift_known(shop.card)
    cashier.type("301")
    cashier.until(lambda: not cashier.page.entry.accept.isEnabled())


def test_an_unknown_card_is_said_with_what_to_do(cashier, shop):
    wrong = shop.card[:-2] + str((int(shop.card[-2]) + 1) % 10)
    cashier.gift(wrong + check_digit(wrong))
    cashier.until_title("Karte nicht angenommen")
    assert cashier.step.text.accessibleName() == "Diese Geschenkkarte gibt es nicht."
    cashier.press("gift_again")
    cashier.until(lambda: cashier.page.asks_number and not cashier.page.shows_step)


def test_no_answer_is_unknown_and_counts_once_it_comes(cashier, shop):
    shop.device.bridge.cut = True
    cashier.gift_known(shop.card)
    assert cashier.caption().endswith("Guthaben nicht bekannt")
    cashier.key("\r")
    cashier.until_title("Keine Antwort der Zentrale")
    assert "stand_in" not in cashier.step.buttons
    shop.device.bridge.cut = False
    cashier.until(lambda: cashier.page.is_done)
    assert [t.amount for t in paid(cashier, shop)] == [DUE]
    assert shop.check() == 0


def test_a_lost_answer_is_found_again_under_the_same_id(cashier, shop):
    cashier.gift_known(shop.card)
    shop.device.bridge.faults = Faults(answer_lost=100)
    cashier.key("\r")
    cashier.until_title("Keine Antwort der Zentrale")
    assert shop.free() == ON_CARD
    shop.device.bridge.faults = Faults()
    cashier.until(lambda: cashier.page.is_done)
    assert shop.free() == ON_CARD


def test_who_pays_another_way_gets_back_what_may_be_held(cashier, shop):
    cashier.gift_known(shop.card)
    shop.device.bridge.faults = Faults(answer_lost=100)
    cashier.key("\r")
    cashier.until_title("Keine Antwort der Zentrale")
    shop.device.bridge.faults = Faults()
    cashier.press("gift_other")
    cashier.until(lambda: cashier.page.chosen == "cash" and not cashier.page.shows_step)
    cashier.qtbot.wait(50)
    cashier.type("\r")
    cashier.until(lambda: cashier.page.is_done)
    assert [str(t.kind) for t in paid(cashier, shop)] == ["cash"]
    assert shop.check() == 0
    assert shop.free() == WORTH


def test_what_the_chain_allows_is_taken_without_the_centre(shop, seat):
    shop.allow_stand_in(5_000)
    cashier = seat()
    cashier.ring_up()
    shop.device.bridge.cut = True
    cashier.gift_known(shop.card)
    cashier.key("\r")
    cashier.until_title("Keine Antwort der Zentrale")
    cashier.press("stand_in")
    cashier.until(lambda: cashier.page.is_done)
    assert cashier.rows()[0][1].endswith("ohne Zentrale angenommen")
    shop.device.bridge.cut = False
    assert [t.balance for t in paid(cashier, shop)] == [None]
    assert shop.check() == 0
    assert shop.free() == ON_CARD


def test_taking_back_and_leaving_give_back(cashier, shop):
    for part in ("4", "2"):
        cashier.gift_known(shop.card)
        cashier.type(f"{part}\r")
        cashier.until(lambda part=part: len(cashier.rows()) == (1 if part == "4" else 2))
    assert shop.free() == WORTH - 600
    cashier.take_back(0)
    cashier.until(lambda: cashier.due() == "8,00 €")
    cashier.until(lambda: shop.free() == WORTH - 200)
    cashier.space.pay.page.back.emit()
    cashier.until(lambda: cashier.shell.page == "sale")
    cashier.until(lambda: shop.free() == WORTH)


def test_a_killed_till_finds_out_what_it_asked_for(cashier, shop, seat):
    cashier.gift_known(shop.card)
    shop.device.bridge.faults = Faults(answer_lost=100)
    cashier.key("\r")
    cashier.until_title("Keine Antwort der Zentrale")
    cashier.stop()
    shop.device.bridge.faults = Faults()
    again = seat()
    again.space.go("pay")
    again.until(lambda: again.page.is_done)
    assert again.rows()[0][0] == "gift_card"
    again.stop()
    assert shop.check() == 0
    assert shop.free() == ON_CARD


def test_goods_that_were_paid_by_gift_card_go_back_to_one(cashier, shop):
    cashier.gift_known(shop.card)
    cashier.key("\r")
    cashier.until(lambda: cashier.page.is_done)
    till = cashier.till.opened.till
    number = till.payment.last_receipt.receipt_id.printed_number
    cashier.key("\r")
    cashier.until(lambda: cashier.shell.page == "sale")
    cashier.till.tasks.command(
        lambda: till.basket.on_return_of(number, 1, "1", "zu klein"), owner=cashier.till
    )
    cashier.space.go("pay")
    cashier.until(lambda: cashier.page.asks_number and cashier.page.is_refund)
    assert shop.card[-4:] in cashier.page.bill.note.accessibleName()
    cashier.qtbot.wait(50)
    cashier.type(f"{shop.card}\r")
    cashier.until(lambda: not cashier.page.asks_number and not cashier.page.shows_step)
    cashier.until(lambda: cashier.page.entry.accept.text() == "10,00\u00a0€ auf die Geschenkkarte")
    cashier.key("\r")
    cashier.until(lambda: cashier.page.is_done)
    cashier.stop()
    forget_gui_thread()
    back = shop.sold()[1].tenders[0]
    assert (back.amount, back.instrument, back.balance) == (-DUE, shop.card, WORTH)
    shop.settle()
    assert shop.free() == WORTH


def test_nothing_of_a_card_is_left_open_when_the_receipt_is_given_up(cashier, shop):
    cashier.gift_known(shop.card)
    cashier.type("4\r")
    cashier.until(lambda: cashier.due() == "6,00 €")
    till = cashier.till.opened.till
    cashier.till.tasks.command(lambda: till.basket.on_cancel("Test"), owner=cashier.till)
    cashier.until(lambda: till.sale.basket is None)
    cashier.stop()
    forget_gui_thread()
    shop.settle()
    assert OutstandingAuthorisations(shop.device.open().journal.file).all() == ()
    assert shop.free() == WORTH


def test_what_a_card_has_is_asked_without_a_sale(seat, shop):
    cashier = seat()
    cashier.key(Qt.Key.Key_F6)
    cashier.until(lambda: cashier.shell.sheet.content is not None)
    cashier.qtbot.wait(50)
    cashier.type("12\r")
    cashier.until(lambda: sheet_title(cashier) == "Nicht angenommen")
    cashier.qtbot.wait(50)
    cashier.scan(shop.card)
    cashier.until(lambda: looked_up(cashier) == "300,00 €")
    assert cashier.till.opened.till.sale.basket is None


def test_a_scanned_gift_card_shows_what_it_has(seat, shop):
    cashier = seat()
    cashier.scan(shop.card)
    cashier.until(lambda: looked_up(cashier) == "300,00 €")


def looked_up(cashier):
    panel = cashier.shell.sheet.content
    return plain(panel.amount.accessibleName()) if isinstance(panel, StepPanel) else ""


def sheet_title(cashier):
    panel = cashier.shell.sheet.content
    return panel.title.accessibleName() if isinstance(panel, StepPanel) else ""
