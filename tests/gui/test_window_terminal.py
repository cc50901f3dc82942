"""Card payments on the page, at a simulated terminal behind a real socket: what is seen, and what is on the receipt."""

import json
import threading

import pytest
from PySide6.QtCore import Qt

from pos_client.app.card_desk import DeskPace
from pos_client.features.devices.state import SetupState
from pos_client.runtime.gui_thread import forget_gui_thread
from pos_client.storage.feed_applier import FeedApplier
from shared.errors import DomainError
from shared.journal import parse_body, receipt_from_body
from tests.gui.pay_rig import PayingCashier
from tests.integration.terminal_rig import Connected
from tests.integration.till_world import World, all_events, page, staff_row


@pytest.fixture
def terminal():
    connected = Connected("tcp", used=True)
    yield connected
    connected.close()


@pytest.fixture
def world(tmp_path, terminal):
    world = World(tmp_path / "till")
    world.paths.settings.write_text(json.dumps({"terminal": terminal.address}))
    applier = FeedApplier(world.reference_file)
    lead = staff_row("103", name="Lea", role="store_manager")
    applier.take("staff", page([lead], "e.2.0"))
    applier.close()
    yield world
    world.close()


@pytest.fixture
def seat(qtbot, world):
    seated = []

    def sit():
        cashier = PayingCashier(qtbot, world.paths.root)
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


def receipts(world):
    till = world.open(login=False)
    found = [
        receipt_from_body(event.event_id, parse_body(event.body))
        for event in all_events(till)
        if event.type in {"sale.completed", "return.completed"}
    ]
    till.close()
    world.opened.remove(till)
    return found


def facts(world, kind):
    till = world.open(login=False)
    found = [parse_body(event.body) for event in all_events(till) if event.type == kind]
    till.close()
    world.opened.remove(till)
    return found


def tenders(receipt):
    return [(str(tender.kind), tender.amount) for tender in receipt.tenders]


def test_a_card_pays_and_the_receipt_says_what_the_terminal_said(cashier, world, terminal):
    cashier.scan_in(10)
    cashier.to_pay()
    assert "Terminal" in cashier.page.ways.buttons["card"].accessibleName()
    cashier.by_card()
    cashier.until(lambda: cashier.page.is_done)
    cashier.stop()
    (receipt,) = receipts(world)
    (tender,) = receipt.tenders
    assert (str(tender.kind), tender.amount) == ("card", 1000)
    assert tender.slip.card.endswith("0014")
    assert tender.slip.merchant[0] == "** SIMULATOR - KEINE ZAHLUNG **"
    assert terminal.money() == 1000


def test_the_terminals_words_are_seen_while_it_works(cashier, terminal):
    terminal.script("approve +slow 1")
    told = []
    cashier.till._opened.till.customer.listen(lambda state: told.append(state.notice))
    cashier.scan_in(10)
    cashier.to_pay()
    cashier.by_card()
    cashier.until_title("Karte ans Terminal")
    cashier.until(
        lambda: cashier.step.said.accessibleName() not in {"", "Das Terminal wird gefragt …"}
    )
    assert not cashier.page.ways.buttons["cash"].isEnabled()
    cashier.until(lambda: any(told))
    cashier.until(lambda: cashier.page.is_done)
    assert not told[-1], "the customer is still asked for something"


def test_a_terminal_that_is_set_up_while_the_till_runs_takes_the_next_card(world, seat, terminal):
    world.paths.settings.write_text("{}")
    cashier = seat()
    cashier.log_in("103")
    cashier.space.go("devices")
    cashier.space.devices._keep(SetupState("terminal", "Kartenterminal", terminal.address))
    paying = cashier.till._opened.paying
    cashier.until(lambda: paying.cards is not None)
    cashier.space.go("sale")
    cashier.scan_in(10)
    cashier.to_pay()
    cashier.by_card()
    cashier.until(lambda: cashier.page.is_done)
    assert terminal.money() == 1000


def test_a_terminal_is_not_taken_away_while_it_works(world, seat, terminal):
    terminal.script("approve +slow 1")
    cashier = seat()
    cashier.log_in("103")
    cashier.scan_in(10)
    cashier.to_pay()
    cashier.by_card()
    cashier.until_title("Karte ans Terminal")
    paying = cashier.till._opened.paying
    desk = paying.cards
    with pytest.raises(DomainError, match="card_desk_busy"):
        paying.take_terminal()
    other = SetupState("terminal", "Kartenterminal", "tcp://127.0.0.1:9")
    cashier.space.devices._keep(other)
    cashier.until(lambda: cashier.page.is_done)
    cashier.qtbot.wait(200)
    assert paying.cards is desk
    assert json.loads(world.paths.settings.read_text())["terminal"] == terminal.address


def test_a_declined_card_is_said_and_cash_pays_instead(cashier, world, terminal):
    terminal.script("decline 05")
    cashier.scan_in(10)
    cashier.to_pay()
    cashier.by_card()
    cashier.until_title("Abgelehnt")
    assert "05" in cashier.step.text.accessibleName()
    cashier.key("\x1b")
    cashier.until(lambda: not cashier.page.shows_step)
    cashier.means(Qt.Key.Key_F5)
    cashier.type("\r")
    cashier.until(lambda: cashier.page.is_done)
    cashier.stop()
    assert tenders(receipts(world)[0]) == [("cash", 1000)]
    assert terminal.money() == 0


def test_again_after_a_declined_card_asks_for_the_same_amount(cashier, terminal):
    terminal.script("decline 05")
    cashier.scan_in(10)
    cashier.to_pay()
    cashier.by_card("4")
    cashier.until_title("Abgelehnt")
    cashier.key("\r")
    cashier.until(lambda: cashier.due() == "6,00 €")
    assert terminal.money() == 400


def test_a_payment_is_aborted_with_esc(cashier, terminal):
    terminal.script("approve +slow 30")
    cashier.scan_in(10)
    cashier.to_pay()
    cashier.by_card()
    cashier.until_title("Karte ans Terminal")
    cashier.qtbot.wait(300)
    cashier.key("\x1b")
    cashier.until_title("Abgebrochen")
    assert terminal.money() == 0
    cashier.press("other")
    cashier.until(lambda: not cashier.page.shows_step)
    assert cashier.due() == "10,00 €"


def test_a_lost_line_is_unknown_then_found_and_charged_once(cashier, world, terminal):
    terminal.script("approve +lose status")
    cashier.scan_in(10)
    cashier.to_pay()
    cashier.by_card()
    cashier.until(lambda: cashier.page.is_done)
    cashier.stop()
    assert tenders(receipts(world)[0]) == [("card", 1000)]
    assert terminal.money() == 1000


def test_what_nobody_knows_somebody_who_leads_decides(cashier, world, terminal):
    terminal.script("approve +lose-unbooked status")
    cashier.scan_in(10)
    cashier.to_pay()
    cashier.by_card()
    cashier.until_title("Ausgang unbekannt")
    # Somebody paid another amount at the terminal itself: its last payment is not ours.
    elsewhere = threading.Thread(target=lambda: terminal.terminal.pay(333, "EUR", lambda _: None))
    elsewhere.start()
    elsewhere.join()
    cashier.qtbot.wait(1500)
    assert cashier.title == "Ausgang unbekannt"
    cashier.press("decide")
    cashier.until(lambda: cashier.shell.sheet.content is not None)
    sheet = cashier.shell.sheet.content
    vouch(sheet, "102", "not_paid")
    cashier.until(lambda: bool(sheet.message.accessibleName()))
    assert cashier.title == "Ausgang unbekannt"
    vouch(sheet, "103", "not_paid")
    cashier.until_title("Abgelehnt")
    cashier.press("other")
    cashier.means(Qt.Key.Key_F5)
    cashier.type("\r")
    cashier.until(lambda: cashier.page.is_done)
    cashier.stop()
    assert tenders(receipts(world)[0]) == [("cash", 1000)]
    (approval,) = facts(world, "approval.given")
    assert (approval["approved_by"], approval["paid"]) == ("103", False)


def vouch(sheet, staff, answer):
    sheet.staff.put(staff)
    sheet.pin.put("4711")
    getattr(sheet, answer).click()


def test_what_no_receipt_needs_is_given_back_at_the_terminal(cashier, terminal, world):
    loose_payment(cashier, terminal)
    cashier.press("give_back")
    cashier.until(lambda: terminal.money() == 0)
    cashier.until(lambda: not cashier.page.shows_step)
    assert cashier.due() == "3,00 €"


def test_what_cannot_be_given_back_is_settled_by_somebody_who_leads(cashier, terminal, world):
    loose_payment(cashier, terminal)
    cashier.press("settle")
    cashier.until(lambda: cashier.shell.sheet.content is not None)
    vouch(cashier.shell.sheet.content, "103", "paid")
    cashier.until(lambda: not cashier.page.shows_step)
    cashier.stop()
    (approval,) = facts(world, "approval.given")
    assert (approval["what"], approval["amount"]) == ("card_payment_settled", 1000)


def loose_payment(cashier, terminal):
    """A payment nobody heard the end of; the customer leaves half of the goods, and then it turns out to be paid."""
    terminal.script("approve +lose status")
    cashier.till.opened.paying.cards._pace = DeskPace(1.5, 1.5)
    cashier.scan_in(10, 3)
    cashier.to_pay()
    cashier.by_card("10")
    cashier.until_title("Ausgang unbekannt")
    cashier.press("other")
    cashier.until(lambda: not cashier.page.shows_step)
    cashier.space.pay.page.back.emit()
    cashier.until(lambda: cashier.shell.page == "sale")
    till = cashier.till.opened.till
    cashier.till.tasks.command(lambda: till.basket.on_void(1), owner=cashier.till)
    cards = cashier.till.opened.paying.cards
    cashier.until(lambda: any(not p.attempt.is_open for p in cards.state().pending))
    cashier.space.go("pay")
    cashier.until_title("Auf keinem Bon")


def test_split_and_taken_back_at_the_terminal(cashier, world, terminal):
    cashier.scan_in(10)
    cashier.to_pay()
    cashier.by_card("4")
    cashier.until(lambda: cashier.due() == "6,00 €")
    assert cashier.rows()[0][2] == "4,00"
    cashier.means(Qt.Key.Key_F5)
    cashier.type("1\r")
    cashier.until(lambda: cashier.due() == "5,00 €")
    cashier.key("\x1b")
    cashier.qtbot.wait(100)
    cashier.key("\x1b")
    cashier.until(lambda: bool(cashier.page.entry.field.message.accessibleName()))
    assert cashier.shell.page == "pay"
    cashier.take_back(0)
    cashier.until(lambda: cashier.due() == "9,00 €")
    assert terminal.money() == 0
    cashier.until(lambda: not cashier.page.shows_step)
    cashier.key("\x1b")
    cashier.qtbot.wait(100)
    cashier.key("\x1b")
    cashier.until(lambda: cashier.shell.page == "sale")
    cashier.scan_in(3)


def test_a_killed_till_shows_what_was_paid_before_anything_else(seat, world, terminal):
    first = seat()
    first.log_in()
    first.scan_in(10)
    first.to_pay()
    # The till dies while the customer pays: its worker never hears the end.
    first.space.pay.steps.is_open = False
    first.by_card()
    first.until(lambda: terminal.money() == 1000)
    first.until(
        lambda: any(not p.attempt.is_open for p in first.till.opened.paying.cards.state().pending)
    )
    first.stop()
    again = seat()
    again.until(lambda: again.space.pay.must_be_seen)
    again.log_in_to_pay()
    again.until(lambda: again.due() == "0,00 €")
    assert [row[0] for row in again.rows()] == ["card"]
    again.key("\r")
    again.until(lambda: again.page.is_done)
    again.stop()
    assert tenders(receipts(world)[0]) == [("card", 1000)]


def test_a_return_goes_back_to_the_card(cashier, world, terminal):
    cashier.scan_in(10)
    cashier.to_pay()
    cashier.by_card()
    cashier.until(lambda: cashier.page.is_done)
    cashier.key("\r")
    cashier.until(lambda: cashier.shell.page == "sale" and not cashier.lines())
    number = cashier.till.opened.till.payment.last_receipt.receipt_id.printed_number
    cashier.till.tasks.command(
        lambda: cashier.till.opened.till.basket.on_return_of(number, 1, "1", "zu klein"),
        owner=cashier.till,
    )
    cashier.until(lambda: cashier.till.opened.till.sale.basket is not None)
    cashier.space.go("pay")
    cashier.until(lambda: cashier.page.chosen == "card")
    assert "0014" in cashier.page.bill.note.accessibleName()
    cashier.until(lambda: cashier.page.entry.accept.text() == "10,00\u00a0€ am Terminal erstatten")
    cashier.key("\r")
    cashier.until(lambda: cashier.page.is_done)
    cashier.stop()
    assert tenders(receipts(world)[1]) == [("card", -1000)]
    assert terminal.money() == 0


def test_a_terminal_that_is_off_is_said_and_moves_nothing(cashier, terminal):
    terminal.close()
    cashier.scan_in(10)
    cashier.to_pay()
    cashier.by_card()
    cashier.until_title("Terminal nicht bereit")
    cashier.press("other")
    cashier.until(lambda: not cashier.page.shows_step)
