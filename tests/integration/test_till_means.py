"""Promotions that ask how the customer pays: priced for the means before anything is taken, and when it changes."""

import random
from datetime import timedelta

import pytest

from pos_client.app.arguments import Arguments
from pos_client.app.intents import Intents
from shared.errors import DomainError
from shared.promotions import frozen_from_body
from shared.tender import means_of
from tests.integration.promotion_shop import CARD_5, THREE_FOR_TWO, Shop
from tests.integration.test_till_deals import last_receipt, scan

FREE_IN_CASH = {
    "id": "P8",
    "name": "Bar geschenkt",
    "reward": {"percent": "100"},
    "when": {"tenders": ["cash"]},
}
EITHER_3 = {
    "id": "P9",
    "name": "3 € im Laden",
    "stage": "basket",
    "combine": "stack",
    "reward": {"amount": "3.00"},
    "when": {"tenders": ["cash", "card"]},
}

# The other ways to pay, for which nothing is cheaper.
OTHERS = {"gift_card": "", "voucher": "", "account": ""}


@pytest.fixture
def shop(tmp_path, request):
    shop = Shop(tmp_path)
    shop.publish(*getattr(request, "param", (CARD_5,)))
    yield shop
    shop.close()


def plain(text):
    return text.replace("\xa0", " ")


def savings(state):
    return {row.kind: plain(row.saving) for row in state.means}


def tenders(receipt):
    return [(str(tender.kind), tender.amount) for tender in receipt.tenders]


def test_the_means_is_priced_for_before_anything_is_taken(shop):
    till = shop.open()
    assert scan(till, 10, 9).saved == ""
    state = till.payment.on_open()
    assert (plain(state.due), savings(state)) == (
        "19,00 €",
        {"cash": "", "card": "Mit Karte: 5,00 € weniger", **OTHERS},
    )
    state = till.payment.on_means("card")
    assert (plain(state.due), state.note, state.tenders) == ("14,00 €", "", ())
    assert [row.kind for row in state.means if row.chosen] == ["card"]
    assert [amount.value for amount in state.quick] == ["14,00"]
    assert plain(till.payment.preview("14").accept_text) == "14,00 € mit Karte bezahlt"
    till.payment.on_pay()
    assert till.payment.on_finish().drawer is False
    receipt = last_receipt(till)
    assert (receipt.total, tenders(receipt)) == (1400, [("card", 1400)])
    assert [(use.promotion, use.amount) for use in receipt.promotions] == [("P7", 500)]
    assert frozen_from_body(receipt.pricing).context.tenders == ("card",)


def test_choosing_another_means_and_leaving_price_without_it(shop):
    till = shop.open()
    scan(till, 10, 9)
    till.payment.on_means("card")
    assert till.payment.on_means("cash").total == till.texts.money(1900, "EUR")
    till.payment.on_means("card")
    till.payment.on_leave()
    assert till.sale.totals.gross == 1900
    assert scan(till, 3).saved == ""


def test_mixed_it_does_not_hold_and_nothing_paid_is_lost(shop):
    till = shop.open()
    scan(till, 10, 9)
    till.payment.on_means("card")
    till.payment.on_pay("4")
    state = till.payment.on_means("cash")
    assert (plain(state.due), plain(state.given)) == ("15,00 €", "4,00 €")
    assert plain(state.note) == "Gemischt bezahlt gilt eine Aktion nicht mehr: 5,00 € mehr."
    assert savings(state) == {
        "cash": "",
        "card": "Mit Karte: 5,00 € weniger",
        **OTHERS,
    }
    assert plain(till.payment.on_pay("20").change) == "5,00 €"
    till.payment.on_finish()
    receipt = last_receipt(till)
    assert tenders(receipt) == [("card", 400), ("cash", 2000), ("change", -500)]
    assert (receipt.total, receipt.promotions) == (1900, ())


def test_what_was_given_is_taken_back_and_the_chosen_means_stays(shop):
    till = shop.open()
    scan(till, 10, 9)
    till.payment.on_means("card")
    till.payment.on_pay("4")
    till.payment.on_means("cash")
    state = till.payment.on_take_back()
    assert (plain(state.due), state.tenders) == ("19,00 €", ())
    assert plain(till.payment.on_means("card").due) == "14,00 €"


@pytest.mark.parametrize("shop", [(EITHER_3,)], indirect=True)
def test_what_holds_for_both_means_holds_for_the_mix(shop):
    till = shop.open()
    scan(till, 10, 9)
    state = till.payment.on_open()
    less = {"cash": "Bar bezahlt: 3,00 € weniger", "card": "Mit Karte: 3,00 € weniger"}
    assert (plain(state.due), savings(state)) == ("16,00 €", {**less, **OTHERS})
    till.payment.on_tender("card", "6")
    till.payment.on_tender("cash", "10")
    till.payment.on_finish()
    assert [use.promotion for use in last_receipt(till).promotions] == ["P9"]


def test_a_means_that_was_chosen_for_the_rest_and_not_needed_leaves_no_trace(shop):
    till = shop.open()
    scan(till, 10, 9)
    till.payment.on_tender("card", "14")
    till.payment.on_finish()
    till_two = last_receipt(till)
    assert (till_two.total, tenders(till_two)) == (1400, [("card", 1400)])
    scan(till, 10, 9)
    till.payment.on_tender("card", "14")
    assert plain(till.payment.on_means("cash").due) == "5,00 €"
    # Nothing was given in cash: the receipt is paid by card alone.
    till.payment.on_finish()
    assert tenders(last_receipt(till)) == [("card", 1400)]


@pytest.mark.parametrize("shop", [(FREE_IN_CASH,)], indirect=True)
def test_nothing_left_to_pay_is_finished_without_a_tender(shop):
    till = shop.open()
    scan(till, 10)
    state = till.payment.on_open()
    assert (plain(state.due), state.settled) == ("0,00 €", True)
    till.payment.on_finish()
    receipt = last_receipt(till)
    assert (receipt.total, receipt.tenders) == (0, ())
    assert [use.promotion for use in receipt.promotions] == ["P8"]


def test_no_more_than_is_due_by_card(shop):
    till = shop.open()
    scan(till, 10, 9)
    till.payment.on_means("card")
    assert not till.payment.preview("19").ok
    with pytest.raises(DomainError, match="tender_no_change"):
        till.payment.on_pay("19")
    with pytest.raises(DomainError, match="tender_unknown"):
        till.payment.on_means("change")
    assert till.sale.payment.tenders == ()


def test_after_a_kill_while_paying_by_card_the_receipt_costs_the_same(shop):
    till = shop.open()
    scan(till, 10, 9)
    till.payment.on_tender("card", "4")
    till = shop.reopen(till)
    assert (till.sale.totals.gross, till.sale.payment.due) == (1400, 1000)
    till.payment.on_tender("card")
    till.payment.on_finish()
    assert tenders(last_receipt(till)) == [("card", 400), ("card", 1000)]


def test_an_hour_that_ends_while_somebody_pays_changes_nothing(shop):
    shop.publish(
        {
            "id": "P8",
            "stage": "basket",
            "combine": "stack",
            "reward": {"amount": "1.00"},
            "when": {"until": "2026-11-25T12:05:00+01:00"},
        },
        cursor="e.3.0",
    )
    till = shop.open()
    scan(till, 10, 9)
    till.payment.on_tender("card", "3")
    assert till.sale.totals.gross == 1300
    shop.system.at += timedelta(minutes=10)
    till.payment.on_means("cash")
    assert till.sale.totals.gross == 1800


@pytest.mark.parametrize("shop", [(CARD_5, EITHER_3, THREE_FOR_TWO)], indirect=True)
def test_whatever_is_chosen_given_and_taken_back_the_receipt_is_that_of_its_tenders(shop):
    rng = random.Random(7)
    till = shop.open()
    for _ in range(12):
        scan(till, *rng.choices(range(1, 11), k=rng.randint(1, 5)))
        till.payment.on_open()
        given = 0
        while (mix := till.sale.payment).due:
            assert mix.given == given
            act = rng.random()
            if act < 0.3:
                till.payment.on_means(rng.choice(["cash", "card"]))
            elif act < 0.4:
                till.payment.on_take_back()
                given = 0
            else:
                kind = rng.choice(["cash", "card"])
                till.payment.on_means(kind)
                due = till.sale.payment.due
                part = due if rng.random() < 0.5 else rng.randint(1, due)
                till.payment.on_pay(f"{part // 100},{part % 100:02}")
                given += part
        till.payment.on_finish()
        receipt = last_receipt(till)
        assert sum(tender.amount for tender in receipt.tenders) == receipt.total
        pricing = frozen_from_body(receipt.pricing)
        if receipt.tenders:
            assert pricing.context.tenders == means_of(receipt.tenders)
        used = {use.promotion for use in receipt.promotions}
        assert ("P7" in used) <= (means_of(receipt.tenders) in {("card",), ()})


def test_scripts_choose_a_means(shop):
    till = shop.open()
    intents = Intents(till, lambda _seconds: None)

    def do(**fields):
        return intents.perform(Arguments(fields))

    scan(till, 10, 9)
    assert do(do="means", kind="card")["due"] == 1400
    assert do(do="means")["due"] == 1900
    assert do(do="tender", kind="card")["due"] == 0
    assert do(do="finish")["receipt"]["tenders"] == [{"kind": "card", "amount": 1400}]


def hour(number, name, begins, ends):
    return {
        "id": number,
        "name": name,
        "stage": "basket",
        "reward": {"amount": "4.00"},
        "when": {"hours": [[begins, ends]]},
    }


@pytest.mark.parametrize("shop", [(hour("P20", "Ab zehn nach", "12:10", "14:00"),)], indirect=True)
def test_what_begins_between_the_last_article_and_the_payment_counts(shop):
    till = shop.open()
    scan(till, 10, 9)
    shop.later(minutes=15)
    assert till.sale.totals.gross == 1900
    assert plain(till.payment.on_open().due) == "15,00 €"
    till.payment.on_pay("20")
    till.payment.on_finish()
    receipt = last_receipt(till)
    assert (receipt.total, [use.promotion for use in receipt.promotions]) == (1500, ["P20"])


@pytest.mark.parametrize("shop", [(hour("P21", "Bis zehn nach", "11:30", "12:10"),)], indirect=True)
def test_what_ends_between_the_last_article_and_the_payment_stays_as_it_was_shown(shop):
    till = shop.open()
    scan(till, 10, 9)
    assert till.sale.totals.gross == 1500
    shop.later(minutes=15)
    assert plain(till.payment.on_open().due) == "15,00 €"
    till.payment.on_leave()
    assert till.sale.totals.gross == 1500
    till.payment.on_open()
    till.payment.on_pay("20")
    till.payment.on_finish()
    assert last_receipt(till).total == 1500
    scan(till, 10, 9)
    assert till.sale.totals.gross == 1900
