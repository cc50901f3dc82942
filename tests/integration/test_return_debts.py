"""What a return will leave owed is said before it is paid out, and is what the centre books; balances tell it too."""

import re

import pytest

from central_server.features.customers.service import CustomerDraft, enter_batch
from central_server.features.instruments import voucher_repository, vouchers
from central_server.features.loyalty import service
from central_server.platform.unit_of_work import reading
from pos_client.app.pay_steps import PaySteps
from pos_client.app.translations import TillTexts
from shared.journal import receipt_from_body, receipt_to_body
from shared.ledger import AccountKind, Transfer
from shared.ledger.posting import store_account
from shared.loyalty import Purse, PurseTerms, purse_key
from shared.wire.authorisations import PursesRequest
from tests.integration.ledger_rig import Books
from tests.integration.promotion_rig import publish
from tests.integration.test_foreign_returns import look_up
from tests.integration.test_till_returns import FROM_15, POINTS, WALLET
from tests.simulation.centre import SKUS, START
from tests.simulation.world import World

ADA = "C900"


class Shop(World):
    """A till whose goods earn points, wallet and a voucher, which may be spent after `window_days`."""

    def __init__(self, window_days=0):
        super().__init__(1, tills=2)
        self.here, self.there = self.devices[0], self.devices[1]
        self.books = Books(self.context.database, START, START.date())
        self.write(lambda unit: enter_batch(unit, [CustomerDraft(ADA, {"name": "Ada"})], START))
        for purse in (Purse.POINTS, Purse.WALLET):
            terms = PurseTerms(window_days)
            self.write(lambda unit, p=purse, t=terms: service.set_terms(unit, p, t, START))
        publish(self.context.database, self.clock, POINTS, WALLET, FROM_15)
        self.settle()

    def write(self, work):
        return self.books.write(work)

    def sell(self, quantity="4"):
        """Pieces of 10.00 for Ada; the receipt, which the centre knows."""
        till = self.here.open()
        till.basket.on_add(SKUS[0], quantity)
        till.basket.on_customer(ADA, "Ada")
        till.payment.on_cash()
        till.payment.on_finish()
        self.settle()
        return till.payment.last_receipt

    def spend(self, purse, amount, name):
        house = store_account(AccountKind.INSTRUMENTS, "DE01", "EUR")
        if purse is Purse.POINTS:
            house = service.source_key(purse, "DE01", "EUR")
        spent = Transfer(purse_key(purse, ADA, "EUR"), house, amount, "redeem")
        self.books.post(name, spent)

    def redeem_voucher(self, receipt):
        with reading(self.context.database) as unit:
            (given,) = voucher_repository.given_for(
                unit.connection, [str(receipt.receipt_id)], lock=False
            )
        house = store_account(AccountKind.INSTRUMENTS, "DE01", "EUR")
        spent = Transfer(vouchers.account_of(given), house, given.amount, "redeem")
        self.books.post("voucher", spent)

    def return_of(self, receipt, quantity, device=None):
        """Pieces lie on the open receipt of a till that has asked the centre; what the page says."""
        device = device or self.here
        number = str(receipt.receipt_id)
        look_up(device, number)
        till = device.open()
        till.basket.on_return_of(number, 1, quantity, "zu klein")
        note = till.payment.on_open().note.replace("\xa0", " ")
        # Austria writes the sign first.
        return re.sub(r"€ (\d+,\d\d)", r"\1 €", note).splitlines()

    def pay_out(self, device=None):
        till = (device or self.here).open()
        till.payment.on_cash()
        till.payment.on_finish()
        self.settle()
        return till.payment.last_receipt

    def owed(self, purse):
        with reading(self.context.database) as unit:
            return service.purse_balance(unit, purse, ADA, "EUR", START.date()).debt


@pytest.fixture
def shop():
    made = []

    def open_shop(window_days=0):
        made.append(Shop(window_days))
        return made[-1]

    yield open_shop
    for each in made:
        each.close()
        each.centre.restore()


OWED = "Davon schon ausgegeben, wird mit späterem Guthaben verrechnet: "


@pytest.mark.parametrize("elsewhere", [False, True])
def test_what_was_spent_is_said_before_paying_out_and_owed_afterwards(shop, elsewhere):
    shop = shop()
    receipt = shop.sell()
    device = shop.there if elsewhere else shop.here
    shop.spend(Purse.POINTS, 35, "points")
    shop.spend(Purse.WALLET, 150, "wallet")
    shop.redeem_voucher(receipt)
    said = shop.return_of(receipt, "3", device)
    assert said[1:] == [
        "Mit den Waren geht zurück: 30 Punkte, Guthaben 3,00 €, Gutschein 5,00 €",
        OWED + "25 Punkte, Guthaben 0,50 €, Gutschein 5,00 €",
    ]
    back = shop.pay_out(device)
    assert [(str(each.kind), each.amount) for each in back.owed] == [
        ("points", 25),
        ("wallet", 50),
        ("voucher", 500),
    ]
    assert receipt_from_body(back.event_id, receipt_to_body(back)) == back
    assert shop.owed(Purse.POINTS) == 25
    assert shop.owed(Purse.WALLET) == 50 + 500
    # Ten points and as much more are still to come back; of what is owed already nothing is owed once more.
    said = shop.return_of(receipt, "1", device)
    assert said[1:] == [
        "Mit den Waren geht zurück: 10 Punkte, Guthaben 1,00 €",
        OWED + "10 Punkte, Guthaben 1,00 €",
    ]
    shop.pay_out(device)
    assert (shop.owed(Purse.POINTS), shop.owed(Purse.WALLET)) == (35, 650)


@pytest.mark.parametrize(
    ("language", "rows"),
    [
        ("de", [("Offen aus Rückgaben", "-5 Punkte"), ("Offen aus Rückgaben", "-0,50 €")]),
        ("en", [("Owed after returns", "-5 points"), ("Owed after returns", "-0.50 €")]),
    ],
)
def test_whoever_asks_what_a_customer_has_hears_what_is_owed(shop, language, rows):
    shop = shop()
    receipt = shop.sell()
    shop.spend(Purse.POINTS, 35, "points")
    shop.spend(Purse.WALLET, 350, "wallet")
    shop.return_of(receipt, "1")
    shop.pay_out()
    found = shop.here.transport().purses(PursesRequest(instrument=ADA))
    assert [(line.unit, line.amount) for line in found.debts] == [("points", 5), ("money", 50)]
    assert found.purses == ()
    texts = TillTexts(language, "DE", "EUR")
    shown = PaySteps(texts, "EUR").purses(ADA, found).rows
    assert [(row.text, row.amount.replace("\xa0", " ").replace("−", "-")) for row in shown] == rows
    assert {row.detail for row in shown} == {texts.text("gift.debt_why")}


def test_what_is_pending_comes_back_from_itself_and_nothing_is_owed(shop):
    shop = shop(window_days=14)
    receipt = shop.sell()
    said = shop.return_of(receipt, "3")
    assert said[1:] == ["Mit den Waren geht zurück: 30 Punkte, Guthaben 3,00 €, Gutschein 5,00 €"]
    back = shop.pay_out()
    assert back.owed == ()
    assert "owed" not in receipt_to_body(back)
    assert (shop.owed(Purse.POINTS), shop.owed(Purse.WALLET)) == (0, 0)


def test_of_two_receipts_that_come_back_at_once_each_voucher_is_its_own(shop):
    shop = shop()
    first, second = shop.sell(), shop.sell()
    shop.redeem_voucher(first)
    number = str(first.receipt_id)
    look_up(shop.here, number)
    shop.here.open().basket.on_return_of(number, 1, "4", "zu klein")
    said = shop.return_of(second, "4")
    assert said[2:] == [OWED + "Gutschein 5,00 €"]
    back = shop.pay_out()
    assert [(str(each.kind), each.amount) for each in back.owed] == [("voucher", 500)]
    assert (shop.owed(Purse.POINTS), shop.owed(Purse.WALLET)) == (0, 500)
