"""Tills pay with what customers have: held, taken with the receipt, given back; on a card of theirs or by number."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from central_server.features.customers import cards
from central_server.features.customers.cards import CardChange
from central_server.features.customers.service import CustomerDraft, enter_batch
from central_server.features.instruments import service as gift_cards
from central_server.features.instruments.sources import Asked
from central_server.features.instruments.tables import purse_event
from central_server.features.ledger import balances
from central_server.features.ledger import service as ledger
from central_server.features.loyalty import credit, service
from central_server.features.loyalty.credit import InvoicePayment
from central_server.platform.unit_of_work import reading
from shared.errors import DomainError
from shared.ledger import AccountKey, AccountKind
from shared.loyalty import Purse, PurseTerms, Worth
from shared.vouchers import NumberRange
from tests.integration.ledger_rig import EUR, named
from tests.integration.loyalty_rig import LoyalShop
from tests.integration.promotion_rig import found

AUTH = "/api/v1/till/authorisations"
KINDS = ("points", "wallet", "cashback", "bonus", "store_credit", "invoice")
CARD = "KD-1000"


class Desk(LoyalShop):
    """A customer with 100.00 in each purse and as much credit, a card, and a till that asks."""

    def __init__(self, web_centre):
        super().__init__(web_centre)
        self.centre = web_centre
        self.signed = web_centre.join("DE01-T1")
        draft = CustomerDraft("C1", {"name": "Ada Löwe"})
        self.write(lambda unit: enter_batch(unit, [draft], self.clock.now()))
        self.write(lambda unit: cards.issue(unit, "C1", CARD, self.change()))
        worth = Worth(100, 100)
        self.write(lambda unit: service.set_worth(unit, "EUR", worth, self.clock.now()))
        for purse in Purse:
            self.grant(f"given {purse}", 10_000, purse)
        self.limit(10_000)

    def change(self):
        return CardChange("9001", self.clock.now())

    def limit(self, most, name="limit"):
        return self.write(
            lambda unit: credit.set_limit(
                unit, named(f"{name} {most}"), "C1", "EUR", most, self.clock.now()
            )
        )

    def ask(self, kind, name, amount, **changes):
        facts = {
            "auth_id": str(named(name)),
            "kind": kind,
            "instrument": CARD,
            "amount": amount,
            "currency": "EUR",
            "basket_id": str(named(f"basket {name}")),
        }
        return self.signed.post(AUTH, {**facts, **changes})

    def approved(self, kind, name, amount, **changes):
        answer = self.ask(kind, name, amount, **changes).json()
        assert answer["state"] == "approved", answer
        return answer

    def pay(self, kind, name, amount, instrument=CARD):
        tender = {
            "kind": kind,
            "amount": amount,
            "authorisation": str(named(name)),
            "instrument": instrument,
        }
        self.till.sell(("A-1", "1", amount), tenders=[tender])
        self.book()

    def give_back(self, kind, amount, instrument=CARD):
        tender = {"kind": kind, "amount": -amount, "instrument": instrument}
        self.till.sell(("A-1", "-1", amount), tenders=[tender])
        self.book()

    def free(self, kind):
        answer = self.signed.post(
            "/api/v1/till/balances", {"kind": kind, "instrument": CARD}
        ).json()
        return answer["balance"]

    def house(self, kind, unit_=EUR, store="DE01"):
        with reading(self.database) as unit:
            account = ledger.find_account(unit, AccountKey(kind, unit_, store_id=store))
            if account is None:
                return 0
            sums = balances.balance(unit, account.id)
            return sums.debits - sums.credits

    def credit(self):
        with reading(self.database) as unit:
            return credit.credit_of(unit, "C1", "EUR")

    def notices(self):
        return [code for code, _, _ in found(self.database)]


@pytest.fixture
def desk(web_centre):
    desk = Desk(web_centre)
    yield desk
    assert desk.books.findings() == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_held_is_taken_by_the_receipt_and_comes_back(desk, kind):
    assert desk.free(kind) == 10_000
    answer = desk.approved(kind, "a", 4_000)
    assert (answer["amount"], answer["balance"], desk.free(kind)) == (4_000, 6_000, 6_000)
    assert answer["points"] == (4_000 if kind == "points" else None)
    desk.pay(kind, "a", 4_000)
    assert desk.signed.get(f"{AUTH}/{named('a')}").json()["state"] == "captured"
    assert desk.free(kind) == 6_000
    desk.give_back(kind, 1_500)
    assert desk.free(kind) == 7_500
    assert desk.notices() == []
    # What receipts were paid with is what the purse gave: nothing is left between them.
    assert desk.house(AccountKind.INSTRUMENTS) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_released_or_not_taken_is_free_again(desk, kind):
    desk.approved(kind, "a", 4_000)
    assert desk.signed.post(f"{AUTH}/{named('a')}/release", {}).json()["state"] == "released"
    assert desk.free(kind) == 10_000
    desk.approved(kind, "b", 4_000)
    desk.pay(kind, "b", 2_500)
    assert desk.free(kind) == 7_500


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_there_is_the_stores_loss_and_no_purse_goes_below_nothing(desk, kind):
    assert desk.ask(kind, "much", 10_001).json()["code"] == "purse_short"
    assert desk.approved(kind, "part", 10_001, part_ok=True)["amount"] == 10_000
    desk.pay(kind, "never asked", 700)
    desk.pay(kind, "part", 10_000)
    assert desk.free(kind) == 0
    assert desk.house(AccountKind.STAND_IN_LOSS) == 700
    assert desk.notices() == ["purse_shortfall"]


def test_two_tills_never_spend_a_purse_twice(desk):
    other = desk.centre.join("DE01-T2")
    desk.approved("wallet", "a", 6_000)
    body = {
        "auth_id": str(named("b")),
        "kind": "wallet",
        "instrument": "C1",
        "amount": 6_000,
        "currency": "EUR",
        "basket_id": str(named("basket b")),
    }
    assert other.post(AUTH, body).json()["code"] == "purse_short"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"instrument": "NOBODY"}, "customer_unknown"),
        ({"amount": 0}, "purse_amount_invalid"),
        ({"amount": -5}, "purse_amount_invalid"),
        ({"currency": "GBP"}, "authorisation_currency_foreign"),
    ],
)
def test_bad_requests_are_declined_kept_and_change_nothing(desk, changes, code):
    answer = desk.ask("wallet", "x", **{"amount": 100, **changes}).json()
    assert (answer["state"], answer["code"]) == ("declined", code)
    assert desk.free("wallet") == 10_000
    with reading(desk.database) as unit:
        rows = unit.connection.execute(select(purse_event.c.code, purse_event.c.approved)).all()
    assert [tuple(row) for row in rows] == [(code, False)]


@pytest.mark.parametrize("amount", [1.5, "100", True, None])
def test_what_is_no_whole_number_of_minor_units_is_malformed(desk, amount):
    assert desk.ask("wallet", "x", amount).status_code == 422
    assert desk.free("wallet") == 10_000


def test_the_same_id_for_another_purse_is_refused(desk):
    desk.approved("wallet", "a", 1_000)
    answer = desk.ask("bonus", "a", 1_000)
    assert (answer.status_code, answer.json()["code"]) == (409, "authorisation_differs")
    assert (desk.free("wallet"), desk.free("bonus")) == (9_000, 10_000)


def test_a_blocked_card_names_nobody_and_a_replaced_one_keeps_everything(desk):
    desk.write(lambda unit: cards.block(unit, CARD, desk.change()))
    assert desk.ask("wallet", "a", 100).json()["code"] == "customer_card_blocked"
    desk.write(lambda unit: cards.replace_card(unit, CARD, "KD-2000", desk.change()))
    assert desk.ask("wallet", "b", 100).json()["code"] == "customer_card_replaced"
    assert desk.approved("wallet", "c", 100, instrument="kd-2000")["balance"] == 9_900


def test_points_cost_as_many_as_they_are_worth_rounded_for_the_house(desk):
    desk.write(lambda unit: service.set_worth(unit, "EUR", Worth(150, 100), desk.clock.now()))
    assert desk.free("points") == 6_666
    assert desk.approved("points", "a", 101)["points"] == 152
    desk.pay("points", "a", 50)
    assert desk.purse().balance == 10_000 - 76
    desk.give_back("points", 50)
    assert desk.purse().balance == 10_000 - 1
    desk.write(lambda unit: service.set_worth(unit, "EUR", None, desk.clock.now()))
    assert desk.ask("points", "b", 1).json()["code"] == "points_not_redeemable"
    assert desk.free("points") == 0


def test_what_is_pending_or_owed_cannot_be_spent(desk):
    terms = PurseTerms(14)
    desk.write(lambda unit: service.set_terms(unit, Purse.WALLET, terms, desk.clock.now()))
    wallet = {"id": "W", "stage": "benefit", "reward": {"wallet": {"amount": "5.00"}}}
    desk.publish(wallet)
    number = desk.buy(bodies=(wallet,))
    assert desk.free("wallet") == 10_000
    desk.approved("wallet", "all", 10_000)
    desk.pay("wallet", "all", 10_000)
    desk.centre.clock.at += timedelta(days=14)
    assert desk.free("wallet") == 500
    desk.approved("wallet", "rest", 500)
    desk.pay("wallet", "rest", 500)
    desk.bring_back(number, (1, 2, 2000), (2, 1, 3000))
    assert desk.purse(Purse.WALLET).debt == 500
    desk.grant("again", 600, Purse.WALLET)
    assert desk.free("wallet") == 100


def test_who_buys_on_invoice_owes_up_to_the_limit_and_pays(desk):
    desk.approved("invoice", "a", 8_000)
    desk.pay("invoice", "a", 8_000)
    assert desk.credit() == credit.Credit(10_000, 8_000, 2_000)
    assert desk.limit(5_000) == credit.Credit(5_000, 8_000, 0)
    assert desk.ask("invoice", "b", 1).json()["code"] == "purse_short"
    paid = InvoicePayment(named("paid"), "C1", "DE01", 4_000, desk.today)
    for _ in range(2):
        stands = desk.write(lambda unit: credit.pay(unit, paid, desk.clock.now()))
        assert stands == credit.Credit(5_000, 4_000, 1_000)
    assert desk.house(AccountKind.BANK) == 4_000
    desk.give_back("invoice", 500)
    assert desk.credit() == credit.Credit(5_000, 3_500, 1_500)
    for amount, code in ((3_501, "credit_overpaid"), (0, "loyalty_amount_invalid")):
        wrong = InvoicePayment(named(code), "C1", "DE01", amount, desk.today)
        with pytest.raises(DomainError, match=code):
            desk.write(lambda unit, w=wrong: credit.pay(unit, w, desk.clock.now()))
    with pytest.raises(DomainError, match="credit_limit_invalid"):
        desk.limit(-1)
    assert desk.credit() == credit.Credit(5_000, 3_500, 1_500)


def test_what_comes_back_as_store_credit_ends_as_the_law_has_it(desk):
    desk.give_back("store_credit", 2_500)
    lots = desk.purse(Purse.STORE_CREDIT).lots
    assert min(str(lot.terms.expires_on) for lot in lots) == "2029-12-31"
    desk.give_back("store_credit", 100, instrument="NOBODY")
    assert desk.notices() == ["purse_not_refunded"]


def test_a_combined_card_carries_everything(desk):
    numbers = NumberRange("2950", 8, 6)
    now = desk.clock.now()
    desk.write(lambda unit: gift_cards.add_range(unit, numbers, "EUR", 500, 50_000, now))
    (card,) = desk.write(lambda unit: gift_cards.print_cards(unit, "2950", 1, lambda: 7, now))
    asked = Asked(named("sold"), card, "DE01", desk.today, "101", 5_000, "EUR")
    assert desk.write(lambda unit: gift_cards.sell(unit, asked, now)).approved
    ask = {"instrument": card}
    carried = desk.signed.post("/api/v1/till/purses", ask).json()
    assert (carried["customer"], [line["kind"] for line in carried["purses"]]) == (
        "",
        ["gift_card"],
    )
    desk.write(lambda unit: cards.issue(unit, "C1", card, desk.change()))
    carried = desk.signed.post("/api/v1/till/purses", ask).json()
    assert (carried["customer"], carried["name"]) == ("C1", "Ada Löwe")
    assert {line["kind"]: line["balance"] for line in carried["purses"]} == {
        "gift_card": 5_000,
        **dict.fromkeys(KINDS, 10_000),
    }
    desk.approved("gift_card", "g", 1_000, instrument=card)
    desk.approved("points", "p", 1_000, instrument=card)
    unknown = desk.signed.post("/api/v1/till/purses", {"instrument": "NOBODY"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "customer_unknown")
