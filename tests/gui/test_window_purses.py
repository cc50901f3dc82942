"""Vouchers and a customer's purses on the page, against a centre in the same process."""

from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from PySide6.QtCore import Qt

from central_server.features.customers import cards, finding
from central_server.features.customers.cards import CardChange
from central_server.features.customers.service import CustomerDraft, enter_batch
from central_server.platform.unit_of_work import reading
from pos_client.features.customers.view import FinderPanel, NewCustomerPanel, SaidPanel
from pos_client.features.payment.purses_view import PursesPanel
from pos_client.features.payment.step_view import StepPanel
from pos_client.runtime.gui_thread import forget_gui_thread
from pos_client.storage.sqlite import connect
from shared.customers import CONSENT_EVENT, FIELD_EVENT, NOTE_EVENT
from shared.tender import TenderKind
from shared.vouchers import read_token
from tests.gui.pay_rig import plain
from tests.gui.value_rig import ADA, BO, DUE, HAS, KD, paid
from tests.simulation.centre import SKUS, START
from tests.support.bridge import Faults

NEW_CARD = "KD-2000"
"""Issued behind the till's back: its lists do not have it yet."""
PURSES = ("points", "wallet", "cashback", "bonus", "store_credit", "invoice")


def kinds(tenders):
    return [(str(t.kind), t.amount, t.instrument, t.balance) for t in tenders]


def test_what_the_customer_of_the_receipt_has_is_offered_by_itself(seat, shop):
    cashier = seat()
    cashier.ring_up(customer=ADA)
    cashier.until(lambda: set(PURSES) <= set(cashier.offered()))
    assert "account" not in cashier.offered()
    assert cashier.offered()["points"] == "2000 = 20,00 €"
    assert cashier.offered()["invoice"] == "noch 20,00 €"
    cashier.choose("points")
    cashier.known("points")
    assert cashier.caption() == "Punkte Ada Löwe, 20,00 € verfügbar"
    cashier.key("\r")
    cashier.until(lambda: cashier.page.is_done)
    assert cashier.rows() == [("points", "•• C1 · Rest 10,00 €", "10,00")]
    assert kinds(paid(cashier, shop)) == [("points", DUE, ADA, HAS - DUE)]
    shop.settle()
    assert shop.purse(TenderKind.POINTS) == HAS - DUE


def test_a_scanned_card_says_whose_purses_pay_and_each_takes_a_part(seat, shop):
    cashier = seat()
    cashier.ring_up(SKUS[0], SKUS[0], SKUS[0])
    cashier.asked_for("account")
    cashier.scan(KD)
    cashier.known("points")
    for at, (kind, part) in enumerate((("points", "5"), ("wallet", "6"), ("invoice", "7")), 1):
        cashier.choose(kind)
        cashier.known(kind)
        cashier.type(f"{part}\r")
        cashier.until(lambda at=at: len(cashier.rows()) == at)
        cashier.qtbot.wait(50)
    assert cashier.offered()["points"] == "noch 15,00 €"
    cashier.take_back(0)
    cashier.until(lambda: cashier.offered()["points"] == "2000 = 20,00 €")
    cashier.until(lambda: shop.purse(TenderKind.POINTS) == HAS)
    cashier.choose("cash")
    cashier.until(lambda: cashier.page.chosen == "cash")
    cashier.qtbot.wait(50)
    cashier.type("\r")
    cashier.until(lambda: cashier.page.is_done)
    given = [(kind, amount) for kind, amount, _, _ in kinds(paid(cashier, shop))]
    assert given == [("wallet", 600), ("invoice", 700), ("cash", 1700)]
    shop.settle()
    left = [shop.purse(TenderKind(kind)) for kind in ("points", "wallet", "invoice")]
    assert left == [HAS, HAS - 600, HAS - 700]


def test_leaving_gives_every_purse_back(seat, shop):
    cashier = seat()
    cashier.ring_up(customer=ADA)
    cashier.until(lambda: "wallet" in cashier.offered())
    cashier.choose("wallet")
    cashier.known("wallet")
    cashier.type("4\r")
    cashier.until(lambda: cashier.due() == "6,00 €")
    assert shop.purse(TenderKind.WALLET) == HAS - 400
    cashier.page.back.emit()
    cashier.until(lambda: cashier.shell.page == "sale")
    cashier.until(lambda: shop.purse(TenderKind.WALLET) == HAS)


def test_nobody_has_that_number(cashier):
    cashier.asked_for("account")
    cashier.type("NIEMAND\r")
    cashier.until_title("Nicht angenommen")
    cashier.press("gift_again")
    cashier.until(lambda: cashier.page.asks_number and not cashier.page.shows_step)
    assert cashier.page.chosen == "account"


def test_a_lost_answer_about_a_purse_is_found_again_after_a_kill(seat, shop):
    cashier = seat()
    cashier.ring_up(customer=ADA)
    cashier.until(lambda: "store_credit" in cashier.offered())
    cashier.choose("store_credit")
    cashier.known("store_credit")
    shop.device.bridge.faults = Faults(answer_lost=100)
    cashier.key("\r")
    cashier.until_title("Keine Antwort der Zentrale")
    assert "stand_in" not in cashier.step.buttons
    cashier.stop()
    shop.device.bridge.faults = Faults()
    again = seat()
    again.space.go("pay")
    again.until(lambda: again.page.is_done)
    assert [row[0] for row in again.rows()] == ["store_credit"]
    again.stop()
    shop.settle()
    assert shop.purse(TenderKind.STORE_CREDIT) == HAS - DUE


def test_a_voucher_pays_in_part_and_stands_in_only_by_its_code(seat, shop):
    shop.allow_stand_in(5_000)
    token = shop.issue(3_000)
    number = read_token(token)[0].number
    cashier = seat()
    cashier.ring_up()
    cashier.asked_for("voucher")
    cashier.scan(token)
    cashier.known("voucher")
    assert cashier.caption() == f"Gutschein •• {number[-4:]}, 30,00 € verfügbar"
    cashier.type("4\r")
    cashier.until(lambda: cashier.due() == "6,00 €")
    shop.device.bridge.cut = True
    cashier.asked_for("voucher")
    cashier.type(f"{number}\r")
    cashier.known("voucher")
    cashier.type("1\r")
    cashier.until_title("Keine Antwort der Zentrale")
    cashier.qtbot.wait(100)
    assert "stand_in" not in cashier.step.buttons
    cashier.press("gift_other")
    cashier.until(lambda: not cashier.page.shows_step)
    cashier.asked_for("voucher")
    cashier.scan(token)
    cashier.known("voucher")
    cashier.key("\r")
    cashier.until_title("Keine Antwort der Zentrale")
    cashier.press("stand_in")
    cashier.until(lambda: cashier.page.is_done)
    shop.device.bridge.cut = False
    assert kinds(paid(cashier, shop)) == [
        ("voucher", 400, number, 2_600),
        ("voucher", 600, number, None),
    ]
    shop.settle()
    assert shop.voucher_has(number) == 2_000


def test_a_scan_chooses_what_pays(cashier, shop):
    cashier.scan(shop.card)
    cashier.known("gift_card")
    cashier.type("4\r")
    cashier.until(lambda: cashier.due() == "6,00 €")
    cashier.scan(shop.issue(3_000))
    cashier.known("voucher")
    assert cashier.page.entry.field.text() == "6,00"


def forged(token):
    facts, _ = read_token(token)
    return f"{facts.text()}.{urlsafe_b64encode(bytes(64)).decode().rstrip('=')}"


def test_a_voucher_that_is_not_good_is_refused_without_asking(cashier, shop):
    token = shop.issue(3_000, customer=BO)
    shop.device.bridge.cut = True
    cashier.asked_for("voucher")
    for code, said in (
        (forged(token), "Der Code auf dem Gutschein ist nicht von uns."),
        (token, "Der Gutschein ist für jemand anderen."),
        ("V123", "V123 ist keine"),
    ):
        cashier.scan(code)
        cashier.until(lambda said=said: cashier.complaint().startswith(said))
        assert cashier.page.asks_number
    assert cashier.rows() == []


def test_goods_go_back_to_the_purse_or_to_store_credit(seat, shop):
    cashier = seat()
    cashier.ring_up(SKUS[0], SKUS[0], customer=ADA)
    cashier.until(lambda: "wallet" in cashier.offered())
    cashier.choose("wallet")
    cashier.known("wallet")
    cashier.key("\r")
    cashier.until(lambda: cashier.page.is_done)
    till = cashier.till.opened.till
    number = till.payment.last_receipt.receipt_id.printed_number
    cashier.key("\r")
    cashier.until(lambda: cashier.shell.page == "sale")
    cashier.lane(lambda: till.basket.on_return_of(number, 1, "1", "zu klein"))
    cashier.space.go("pay")
    cashier.until(lambda: cashier.page.is_refund and cashier.page.chosen == "wallet")
    assert set(cashier.offered()) == {"cash", "card", "gift_card", "wallet", "account"}
    cashier.qtbot.wait(50)
    cashier.type("4\r")
    cashier.until(lambda: cashier.due() == "6,00 €")
    cashier.asked_for("account")
    cashier.scan(KD)
    cashier.known("store_credit")
    assert plain(cashier.page.entry.accept.text()) == "6,00 € gutschreiben"
    cashier.key("\r")
    cashier.until(lambda: cashier.page.is_done)
    cashier.stop()
    forget_gui_thread()
    assert kinds(shop.sold()[1].tenders) == [
        ("wallet", -400, ADA, None),
        ("store_credit", -600, KD, None),
    ]
    shop.settle()
    assert shop.purse(TenderKind.WALLET) == 400
    assert shop.purse(TenderKind.STORE_CREDIT) == HAS + 600


def purse_rows(cashier):
    panel = cashier.shell.sheet.content
    if not isinstance(panel, PursesPanel):
        return {}
    return {row.kind: (plain(row.amount), plain(row.detail)) for row in panel.state.rows}


def test_all_that_a_customer_has_is_shown_without_a_sale_and_the_receipt_is_theirs(seat):
    cashier = seat()
    cashier.key(Qt.Key.Key_F6)
    cashier.until(lambda: cashier.shell.sheet.content is not None)
    cashier.qtbot.wait(50)
    cashier.scan(KD)
    cashier.until(lambda: set(purse_rows(cashier)) == set(PURSES))
    rows = purse_rows(cashier)
    assert rows["points"] == ("20,00 €", "2000 Punkte · nächster Ablauf 31.12.2029")
    assert rows["invoice"] == ("20,00 €", "frei auf Rechnung")
    till = cashier.till.opened.till
    assert till.sale.basket is None
    cashier.key("\r")
    cashier.until(lambda: till.sale.basket is not None and till.sale.basket.customer == ADA)
    cashier.until(lambda: cashier.shell.sheet.content is None)


def test_what_a_voucher_has_is_shown_by_its_scan(seat, shop):
    cashier = seat()
    cashier.scan(shop.issue(3_000))
    cashier.until(lambda: isinstance(cashier.shell.sheet.content, StepPanel))
    panel = cashier.shell.sheet.content
    cashier.until(lambda: plain(panel.amount.accessibleName()) == "30,00 €")
    assert cashier.till.opened.till.sale.basket is None


def test_a_card_that_only_the_centre_knows_says_whose_receipt_it_is(seat, shop):
    shop.write(lambda unit: cards.issue(unit, ADA, NEW_CARD, CardChange("9001", START)))
    cashier = seat()
    cashier.key(Qt.Key.Key_F3)
    cashier.until(lambda: cashier.shell.sheet.content is not None)
    cashier.qtbot.wait(50)
    prompt = cashier.shell.sheet.content
    shop.device.bridge.cut = True
    cashier.type(f"{NEW_CARD}\r")
    cashier.until(lambda: "Zentrale" in prompt.field.message.accessibleName())
    shop.device.bridge.cut = False
    cashier.scan("NIEMAND")
    cashier.until(lambda: "NIEMAND" in prompt.field.message.accessibleName())
    cashier.scan(NEW_CARD)
    till = cashier.till.opened.till
    cashier.until(lambda: till.sale.basket is not None and till.sale.basket.customer == ADA)


def receipt_for(cashier):
    """For whom the receipt counts as the window shows it: what the till has is there before its answer is."""
    return cashier.space.sale._state.customer_number


def test_somebody_is_found_by_name_here_and_by_telephone_at_the_centre(seat, shop):
    cashier = seat()
    cashier.key(Qt.Key.Key_F3)
    cashier.until(lambda: cashier.shell.sheet.content is not None)
    cashier.qtbot.wait(50)
    shop.device.bridge.cut = True
    cashier.type("löwe\r")
    cashier.until(lambda: isinstance(cashier.shell.sheet.content, FinderPanel))
    panel = cashier.shell.sheet.content
    assert [row.number for row in panel.state.rows] == [ADA]
    panel.buttons[0].click()
    cashier.until(lambda: receipt_for(cashier) == ADA)
    shop.device.bridge.cut = False
    far = CustomerDraft("C77", {"name": "Fern Klee", "phone": "0171 5550077", "store_id": "AT01"})
    shop.write(lambda unit: enter_batch(unit, [far], START))
    cashier.space.sale.questions.customers.open()
    prompt = cashier.shell.sheet.content
    cashier.qtbot.wait(50)
    prompt.given.emit("01715550077")
    cashier.until(lambda: isinstance(cashier.shell.sheet.content, FinderPanel))
    (row,) = cashier.shell.sheet.content.state.rows
    assert (row.number, row.name, row.detail.endswith("077")) == ("C77", "Fern Klee", True)
    cashier.shell.sheet.content.buttons[0].click()
    cashier.until(lambda: receipt_for(cashier) == "C77")
    with reading(shop.context.database) as unit:
        assert finding.looks_at(unit, "C77")


def test_somebody_new_is_taken_down_without_a_network(seat, shop):
    cashier = seat()
    shop.device.bridge.cut = True
    cashier.space.sale.questions.customers.open()
    cashier.shell.sheet.content.newcomer.click()
    cashier.until(lambda: isinstance(cashier.shell.sheet.content, NewCustomerPanel))
    panel = cashier.shell.sheet.content
    panel.fields["name"].put("Cora Neu")
    panel.fields["email"].put("cora")
    cashier.scan("KD-9000")
    assert panel.fields["card"].text() == "KD-9000"
    panel.consents["mail"].click()
    panel.accept.click()
    cashier.until(lambda: bool(panel.fields["email"].edit.accessibleDescription()))
    panel.fields["email"].put("cora@example.org")
    panel.accept.click()
    cashier.until(lambda: receipt_for(cashier).startswith("P-"))
    number = receipt_for(cashier)
    cashier.space.sale.questions.customers.detach()
    cashier.until(lambda: receipt_for(cashier) == "")
    cashier.scan("KD-9000")
    cashier.until(lambda: receipt_for(cashier) == number)


def test_what_is_opened_before_an_answer_comes_is_not_left_by_it(seat):
    cashier = seat()
    customers = cashier.space.sale.questions.customers
    customers.attach(ADA, "Ada")
    customers.open()
    prompt = cashier.shell.sheet.content
    cashier.until(lambda: receipt_for(cashier) == ADA)
    assert cashier.shell.sheet.content is prompt
    assert prompt.isEnabled()
    # What it was asked in is left.
    prompt.given.emit(KD)
    cashier.until(lambda: cashier.shell.sheet.content is None)


def test_what_a_customer_says_is_heard_taken_out_again_and_kept_without_a_network(seat, shop):
    cashier = seat()
    cashier.space.sale.questions.customers.attach(ADA, "Ada")
    cashier.until(lambda: receipt_for(cashier) == ADA)
    shop.device.bridge.cut = True
    cashier.space.sale.questions.customers.open()
    cashier.shell.sheet.content.said.click()
    panel = cashier.shell.sheet.content
    assert isinstance(panel, SaidPanel)
    panel.fields["note"].put("Size 42")
    panel.fields["note"].submitted.emit("Size 42")
    cashier.until(lambda: len(panel.undo) == 1)
    assert panel.fields["note"].text() == ""
    assert panel.undo[0].detail.endswith(cashier.till.opened.till.recorder.operator.name)
    for answer in (True, False, None):
        panel.consents["mail"].click()
        cashier.until(lambda answer=answer: panel._state.consent("mail") is answer)
    assert len(panel.undo) == 1
    panel.consents["phone"].click()
    cashier.until(lambda: len(panel.undo) == 2)
    panel.undo[0].click()
    cashier.until(lambda: [row.statement.purpose for row in panel._state.rows] == ["phone"])
    panel.fields["email"].put("ada")
    panel.accept.click()
    cashier.until(lambda: bool(panel.fields["email"].edit.accessibleDescription()))
    assert said(shop) == []
    panel.fields["email"].put("ada@example.org")
    panel.accept.click()
    cashier.until(lambda: cashier.shell.sheet.content is not panel)
    assert said(shop) == ["consent.changed", "customer.field_changed"]


def said(shop):
    """What was journalled of what customers say; no file is read in the window's thread."""

    def read():
        with closing(connect(shop.device.paths.journal, synchronous="FULL")) as connection:
            return connection.execute("SELECT type FROM journal_event ORDER BY seq").fetchall()

    with ThreadPoolExecutor(1) as beside:
        rows = beside.submit(read).result()
    return [kind for (kind,) in rows if kind in {NOTE_EVENT, CONSENT_EVENT, FIELD_EVENT}]
