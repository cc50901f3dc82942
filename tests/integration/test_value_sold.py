"""Gift cards and vouchers as lines of receipts: loaded once, with the receipt alone, paid for in money, taxed once."""

import base64
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from central_server.features.instruments import service, vouchers
from central_server.features.instruments.sources import Asked
from central_server.features.instruments.voucher_repository import VoucherType
from central_server.features.ledger import balances
from central_server.features.ledger import service as ledger
from central_server.features.ledger.verification import verify
from central_server.features.reporting.cell_repository import cells_that_differ
from central_server.features.reporting.tables import figure_cell, figure_sales, figure_vat
from central_server.features.stock import service as stock
from central_server.features.stock.service import levels_of_sku
from central_server.platform.unit_of_work import reading
from pos_client.app.gift_cards import known_value
from pos_client.app.voucher_check import check_voucher
from pos_client.storage.identity import IdentityFile
from pos_client.sync.ports import CentreRefusedError
from shared.basket import StockArea
from shared.errors import EnvironmentProblem
from shared.ledger import AccountKind
from shared.ledger.posting import rate_account
from shared.receipt.paper import QrCode
from shared.receipt.voucher_paper import number_of, voucher_papers
from shared.tender import Tender, TenderKind
from shared.vouchers import StandInPolicy, VoucherClass, read_code
from tests.integration.ledger_rig import named
from tests.integration.promotion_rig import promotion, publish
from tests.integration.test_foreign_returns import refused
from tests.integration.test_journal_intake import open_exceptions
from tests.simulation.centre import SKUS, START
from tests.simulation.test_gift_cards import WORTH, CardWorld

MULTI = VoucherType("SHOP", "Gutschein", "EUR", VoucherClass.MULTI, True, None, None, None)
SINGLE = VoucherType("ONE", "Hemden", "EUR", VoucherClass.SINGLE, True, "standard", "DE", None)
SOON = replace(SINGLE, code="SOON", valid_days=1)
AUSTRIA = VoucherType("ATONE", "Wien", "EUR", VoucherClass.SINGLE, True, "standard", "AT", None)


class Shop(CardWorld):
    """The chain with a printed card, a card in use, and two types of vouchers that tills know."""

    def __init__(self):
        super().__init__(1)

        def prepare(unit):
            for kind in (MULTI, SINGLE, SOON, AUSTRIA):
                vouchers.add_type(unit, kind, START)
            return service.print_cards(unit, "2950", 2, lambda: 700_007, START)

        self.printed, self.other = self.write(prepare)
        self.settle()
        self.here, self.there = self.devices
        self.start = self.house(AccountKind.INSTRUMENTS)

    @property
    def till(self):
        return self.here.open()

    def known(self, device, number, kind=TenderKind.GIFT_CARD):
        return known_value(self.cards(device).balance(number, kind))

    def sell_card(self, number=None, amount="50", device=None):
        device = device or self.here
        known = self.known(device, number or self.printed)
        return device.open().basket.on_gift_card(known, amount)

    def sell_voucher(self, kind="SHOP", amount="119"):
        """A voucher on a receipt of its own; its line."""
        self.till.basket.on_voucher(kind, amount)
        return self.finish().lines[-1]

    def finish(self, device=None):
        till = (device or self.here).open()
        till.payment.on_cash()
        till.payment.on_finish()
        return till.payment.last_receipt

    def pay(self, code, device, kind):
        """The open receipt of a device is paid with a card or voucher."""
        cards, till = self.cards(device), device.open()
        due = till.sale.payment.due
        till.sale.tender(cards.ask(till.sale.basket.basket_id, code, due, kind=kind).tender())
        till.payment.on_finish()
        return till.payment.last_receipt

    def pay_by_voucher(self, code, device=None):
        return self.pay(code, device or self.here, TenderKind.VOUCHER)

    def pay_with_card(self, number, device):
        return self.pay(number, device, TenderKind.GIFT_CARD).total

    def on_card(self, number):
        with reading(self.context.database) as unit:
            return service.balance_of(unit, service.find_card(unit, number))

    def on_voucher(self, number):
        with reading(self.context.database) as unit:
            return vouchers.balance_of(unit, vouchers.find(unit, number))

    def account(self, kind, *stores, rate=19):
        """What accounts of these stores (DE01) for a rate have together: debits less credits."""
        total = 0
        with reading(self.context.database) as unit:
            for store in stores or ("DE01",):
                key = rate_account(kind, store, "EUR", "standard", Decimal(rate))
                found = ledger.find_account(unit, key)
                if found is not None:
                    sums = balances.balance(unit, found.id)
                    total += sums.debits - sums.credits
        return total

    def levels(self, sku):
        with reading(self.context.database) as unit:
            found = levels_of_sku(unit, sku)
            assert stock.check_levels(unit) == []
        return {level.location.location_id: level.quantity_thousandths for level in found}

    def total(self, column, *where):
        with reading(self.context.database) as unit:
            return unit.connection.execute(select(func.sum(column)).where(*where)).scalar_one()

    def vat(self):
        return self.total(figure_vat.c.vat, figure_vat.c.category == "standard")

    def vats_agree(self, store="DE01"):
        """What is due by the figures of a store is what the ledger has, and what the cells have."""
        both = (AccountKind.TAX, AccountKind.VOUCHER_TAX)
        here = figure_vat.c.store_id == store, figure_vat.c.category == "standard"
        of_rate = figure_vat.c.rate_thousandths == 19_000
        figures = self.total(figure_vat.c.vat, *here, of_rate) or 0
        assert -sum(self.account(kind, store) for kind in both) == figures
        cell = figure_cell.c
        of_day = (cell.dimension == "vat", cell.grain == "day", cell.store_id == store)
        cells = self.total(cell.gross - cell.net, *of_day, cell.key == "standard:19000") or 0
        assert figures == cells

    def turnover(self):
        return self.total(figure_sales.c.gross)

    def check(self):
        """Ledger, figures and receipts tell the same."""
        assert verify(self.context.database) == []
        with reading(self.context.database) as unit:
            assert cells_that_differ(unit.connection) == []
        assert self.house(AccountKind.INSTRUMENTS) == self.start
        assert open_exceptions(self.context.database) == []


@pytest.fixture
def shop():
    shop = Shop()
    yield shop
    shop.close()
    shop.centre.restore()


def test_a_card_is_loaded_by_the_finished_receipt_and_by_nothing_else(shop):
    before = shop.turnover()
    shop.till.basket.on_add(SKUS[0])
    goods = shop.till.sale.totals.gross
    shop.sell_card()
    shop.sell_card(shop.card, "20")
    receipt = shop.finish()
    assert [(r.category, r.gross, r.vat) for r in receipt.vat if r.rate == 0] == [
        ("outside", 7_000, 0)
    ]
    assert shop.on_card(shop.printed) == 0
    # The till dies before anything is sent, and what it sends comes twice.
    shop.here.die()
    shop.settle()
    shop.here.die()
    shop.settle()
    assert shop.on_card(shop.printed) == 5_000
    assert shop.on_card(shop.card) == WORTH + 2_000
    assert shop.turnover() - before == goods
    shop.check()


def test_what_is_taken_off_or_given_up_is_not_loaded(shop):
    shop.till.basket.on_add(SKUS[0])
    line = shop.sell_card().last
    shop.till.basket.on_void(line.number)
    shop.finish()
    shop.sell_card()
    shop.till.basket.on_cancel("")
    shop.settle()
    assert shop.on_card(shop.printed) == 0
    shop.check()


def test_a_card_is_checked_before_it_is_a_line(shop):
    basket = shop.till.basket
    printed = shop.known(shop.here, shop.printed)
    refused("giftcard_below_least", basket.on_gift_card, printed, "4,99")
    refused("giftcard_above_most", basket.on_gift_card, shop.known(shop.here, shop.card), "200,01")
    refused("giftcard_blocked", basket.on_gift_card, replace(printed, state="blocked"), "50")
    refused(
        "giftcard_currency_differs", basket.on_gift_card, replace(printed, currency="CHF"), "50"
    )
    refused("giftcard_number_invalid", basket.on_gift_card, replace(printed, number="2950"), "50")
    assert shop.till.sale.basket is None
    basket.on_gift_card(printed, "50")
    refused("value_twice", basket.on_gift_card, printed, "50")
    refused("value_line_fixed", basket.on_quantity, 1, "2")
    refused("value_line_fixed", basket.on_price, 1, "1", "Fehler")
    refused("voucher_type_unknown", basket.on_voucher, "ATONE", "10")
    assert len(shop.till.sale.basket.lines) == 1


def test_two_tills_that_sell_one_card_lose_nobodys_money(shop):
    known = shop.known(shop.here, shop.printed)
    shop.sell_card()
    shop.there.open().basket.on_gift_card(known, "30")
    shop.finish()
    shop.finish(shop.there)
    shop.settle()
    assert shop.on_card(shop.printed) == 8_000
    shop.check()


def test_a_card_that_was_blocked_meanwhile_waits_for_a_person(shop):
    shop.sell_card(shop.card, "20")
    shop.finish()
    block = Asked(named("block"), shop.card, "DE01", START.date(), "101")
    assert shop.write(lambda unit: service.block(unit, block, START)).approved
    shop.settle()
    assert shop.on_card(shop.card) == WORTH
    ((code, _, _),) = open_exceptions(shop.context.database)
    assert code == "giftcard_not_loaded"
    assert verify(shop.context.database) == []


def test_value_is_paid_for_with_money(shop):
    shop.till.basket.on_add(SKUS[0])
    goods = shop.till.sale.totals.gross
    shop.sell_card()
    cards, sale = shop.cards(shop.here), shop.till.sale
    held = cards.ask(sale.basket.basket_id, shop.card, goods + 1)
    refused("tender_value_for_value", sale.tender, held.tender())
    cards.give_back(held.auth_id)
    shop.till.payment.on_means("gift_card")
    assert shop.till.payment.amount("") == goods
    sale.tender(cards.ask(sale.basket.basket_id, shop.card, goods).tender())
    refused(
        "tender_value_for_value",
        sale.tender,
        Tender(TenderKind.GIFT_CARD, 1, sale.basket.basket_id, shop.card),
    )
    shop.till.payment.on_tender("card", None)
    shop.till.payment.on_finish()
    shop.settle()
    assert shop.on_card(shop.card) == WORTH - goods
    assert shop.on_card(shop.printed) == 5_000
    shop.check()


def test_no_promotion_looks_at_value(shop):
    shop.till.basket.on_add(SKUS[0])
    before = shop.till.sale.deal
    shop.sell_card(amount="400")
    after = shop.till.sale.deal
    assert [line.id for line in after.frozen.lines] == [line.id for line in before.frozen.lines]
    assert after.given == before.given


def test_a_voucher_is_known_at_another_till_before_the_centre_has_heard_of_it(shop):
    shop.here.bridge.cut = True
    with pytest.raises(EnvironmentProblem, match="centre_unreachable"):
        shop.sell_card()
    line = shop.sell_voucher()
    shop.here.bridge.cut = False
    other = shop.there.open()
    other.basket.on_add(SKUS[0])
    basket = other.sale.basket
    assert check_voucher(other, line.value.code, basket) == line.value.number
    facts, signer, signature = read_code(line.value.code)
    forged = replace(facts, amount=99_999).token(signature, signer)
    refused("voucher_signature_invalid", check_voucher, other, forged, basket)
    stranger = facts.token(signature, replace(signer, key=b"\x01" * 32))
    refused("voucher_signature_invalid", check_voucher, other, stranger, basket)
    # It is no forgery, only news.
    cards = shop.cards(shop.there)
    with pytest.raises(CentreRefusedError, match="404 voucher_not_booked"):
        cards.balance(line.value.code, TenderKind.VOUCHER)
    asked = cards.ask(basket.basket_id, line.value.code, 100, kind=TenderKind.VOUCHER)
    assert (asked.phase, asked.code) == ("declined", "voucher_not_booked")
    shop.settle()
    paid = shop.pay_by_voucher(line.value.code, shop.there).tenders[0]
    assert paid.purpose.business_case == "MehrzweckgutscheinEinloesung"
    shop.settle()
    assert shop.on_voucher(line.value.number) == 11_900 - paid.amount
    shop.check()


def test_a_voucher_of_a_promotion_is_known_at_another_till(shop):
    publish(
        shop.context.database,
        shop.clock,
        promotion("V5", stage="benefit", reward={"voucher": {"amount": "5.00", "valid_days": 30}}),
    )
    shop.settle()
    shop.till.basket.on_add(SKUS[0])
    receipt = shop.finish()
    (given,) = receipt.vouchers
    (paper,) = voucher_papers(receipt, shop.till.texts, 42)
    assert given.code in [row.text for row in paper.rows if isinstance(row, QrCode)]
    other = shop.there.open()
    other.basket.on_add(SKUS[0])
    assert check_voucher(other, given.code, other.sale.basket) == number_of(receipt, given)
    other.sale.cancel("invented")
    shop.settle()
    # The centre knows the same code, and nobody takes more without it than stands there; another till takes nothing.
    shop.policy = StandInPolicy(20_000, 20_000, 20_000)
    for device, amount, allowed in (
        (shop.here, 501, False),
        (shop.here, 500, True),
        (shop.there, 500, False),
    ):
        device.open().basket.on_add(SKUS[0], "9")
        device.bridge.cut = True
        cards, basket = shop.cards(device), device.open().sale.basket
        unknown = cards.ask(basket.basket_id, given.code, amount, kind=TenderKind.VOUCHER)
        assert cards.may_stand_in(unknown.auth_id) is allowed
        if not allowed:
            refused("stand_in_refused", cards.stand_in, unknown.auth_id)
        cards.give_back(unknown.auth_id)
        device.bridge.cut = False
        device.open().sale.cancel("invented")
    other.basket.on_add(SKUS[0], "9")
    cards, basket = shop.cards(shop.there), other.sale.basket.basket_id
    shop.settle()
    paid = cards.ask(basket, given.code, 500, kind=TenderKind.VOUCHER)
    assert (paid.phase, paid.amount) == ("approved", 500)


def test_a_till_that_joined_before_there_were_certificates_gets_its_own(shop):
    identity = IdentityFile(shop.here.paths)
    shop.here.die()
    old = identity.require().model_copy(update={"certificate": ""})
    shop.here.paths.identity.write_text(old.model_dump_json())
    assert not shop.here.paths.certificate.exists()
    assert shop.sell_voucher().value.code == ""
    shop.here.die()
    shop.settle()
    line = shop.sell_voucher()
    other = shop.there.open()
    other.basket.on_add(SKUS[0])
    assert check_voucher(other, line.value.code, other.sale.basket) == line.value.number
    identity.take_over(old)
    assert not shop.here.paths.certificate.exists()


def test_unused_it_comes_back_and_used_it_does_not(shop):
    shop.sell_card()
    shop.till.basket.on_voucher("ONE", "119")
    bought = shop.finish()
    number = str(bought.receipt_id)
    shop.settle()
    basket = shop.till.basket
    refused("value_unchecked", basket.on_return_of, number, 1, "1", "unbenutzt")
    card = shop.known(shop.here, shop.printed)
    used = replace(card, balance=4_999)
    refused("value_used", basket.on_return_of, number, 1, "1", "unbenutzt", known=used)
    basket.on_return_of(number, 1, "1", "unbenutzt", known=card)
    voucher = shop.known(shop.here, bought.lines[1].value.number, TenderKind.VOUCHER)
    basket.on_return_of(number, 2, "1", "unbenutzt", known=voucher)
    refused("value_twice", basket.on_return_of, number, 1, "1", "unbenutzt", known=card)
    back = shop.finish()
    refused("return_too_many", basket.on_return_of, number, 1, "1", "unbenutzt", known=card)
    assert back.total == -5_000 - 11_900
    shop.settle()
    assert shop.on_card(shop.printed) == shop.on_voucher(voucher.number) == 0
    assert shop.account(AccountKind.VOUCHER_TAX) == shop.account(AccountKind.VOUCHER_SALES) == 0
    assert shop.till.basket.on_bought(number).rows == ()
    shop.check()


def test_what_was_spent_before_it_came_back_is_the_stores_loss(shop):
    shop.sell_card()
    number = str(shop.finish().receipt_id)
    shop.settle()
    card = shop.known(shop.here, shop.printed)
    shop.till.basket.on_return_of(number, 1, "1", "unbenutzt", known=card)
    shop.there.open().basket.on_add(SKUS[0])
    spent = shop.pay_with_card(shop.printed, shop.there)
    shop.there.sync()
    shop.project()
    shop.finish()
    shop.settle()
    ((code, _, _),) = open_exceptions(shop.context.database)
    assert code == "value_spent_before_return"
    assert shop.on_card(shop.printed) == 0
    assert shop.house(AccountKind.STAND_IN_LOSS) == spent
    assert verify(shop.context.database) == []


def test_goods_and_value_of_one_receipt_come_back_apart(shop):
    shop.till.basket.on_add(SKUS[0], "2")
    shop.sell_card()
    bought = shop.finish()
    number, piece = str(bought.receipt_id), bought.lines[0].gross // 2
    shop.settle()
    card = shop.known(shop.here, shop.printed)
    shop.till.basket.on_return_of(number, 2, "1", "unbenutzt", known=card)
    shop.finish()
    shop.till.basket.on_return_of(number, 1, "1", "defekt", "quarantine")
    back = shop.finish()
    assert back.total == -piece
    assert back.lines[0].area is StockArea.QUARANTINE
    shop.settle()
    levels = shop.levels(back.lines[0].sku)
    assert levels["DE01-QUARANTINE"] == 1_000
    shop.check()


def test_practice_signs_and_loads_nothing(shop):
    shop.till.basket.on_training(True)
    shop.till.basket.on_voucher("SHOP", "25")
    shop.sell_card()
    receipt = shop.finish()
    shop.till.basket.on_training(False)
    assert receipt.lines[0].value.code == ""
    assert list(voucher_papers(receipt, shop.till.texts, 42)) == []
    shop.settle()
    assert shop.on_card(shop.printed) == 0
    shop.check()


def test_papers_carry_the_code(shop):
    line = shop.sell_voucher()
    receipt = shop.till.payment.last_receipt
    (paper,) = voucher_papers(receipt, shop.till.texts, 42)
    (code,) = [row.text for row in paper.rows if type(row).__name__ == "QrCode"]
    assert code == line.value.code
    assert len(code) <= 300
    certificate = read_code(code)[1].certificate
    assert base64.b64encode(certificate).decode() == shop.till.identity.certificate
