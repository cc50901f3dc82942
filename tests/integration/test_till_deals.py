"""Promotions at the till: deducted by themselves at every change, frozen on the receipt, the same after a kill."""

import pytest

from pos_client.app.arguments import Arguments
from pos_client.app.intents import Intents
from pos_client.storage.feed_applier import FeedApplier
from shared.errors import DomainError
from shared.journal import parse_body, receipt_from_body
from shared.promotions import discounts_by_line, frozen_from_body, price_again, read_promotion
from shared.quantity import to_thousandths
from shared.receipt import VoucherGiven
from tests.integration.promotion_shop import (
    ADA,
    CODE_1,
    THREE_FOR_TWO,
    TWO_FROM_20,
    VIP_10,
    Shop,
)
from tests.integration.till_world import all_events, gtin, item, item_row, page, price_row


@pytest.fixture
def shop(tmp_path):
    shop = Shop(tmp_path)
    shop.publish(THREE_FOR_TWO, TWO_FROM_20)
    yield shop
    shop.close()


def scan(till, *numbers):
    for number in numbers:
        state = till.basket.on_scan(gtin(number))
    return state


def last_receipt(till):
    event = all_events(till)[-1]
    return receipt_from_body(event.event_id, parse_body(event.body))


def test_the_third_piece_makes_the_cheapest_free_and_the_line_says_why(shop):
    till = shop.open()
    assert scan(till, 3, 4).saved == ""
    state = scan(till, 5)
    cheapest = state.lines[0]
    assert (cheapest.deal, cheapest.total, cheapest.list_price) == ("3 für 2", "0,00", "3,00")
    assert state.saved == "3,00 gespart"
    assert till.sale.totals.gross == 900


def test_a_voided_line_takes_its_promotion_back_and_undo_brings_it_again(shop):
    till = shop.open()
    scan(till, 3, 4, 5)
    assert till.basket.on_void(2).saved == ""
    assert till.sale.totals.gross == 800
    assert till.basket.on_undo().saved == "3,00 gespart"


def test_the_quantity_alone_is_enough(shop):
    till = shop.open()
    scan(till, 4)
    assert till.basket.on_quantity(1, "3").saved == "4,00 gespart"
    assert till.basket.on_quantity(1, "2").saved == ""


def test_the_receipt_freezes_versions_and_adds_up(shop):
    till = shop.open()
    scan(till, 8, 9, 9)
    till.payment.on_cash("50")
    till.payment.on_finish()
    receipt = last_receipt(till)
    assert receipt.total == sum(line.gross for line in receipt.lines)
    given = {(g.promotion, g.version, g.name) for line in receipt.lines for g in line.discounts}
    assert ("P1", 1, "3 für 2") in given
    discount = sum(line.discount for line in receipt.lines)
    assert sum(use.amount for use in receipt.promotions) == discount
    assert {use.promotion for use in receipt.promotions} == {promotion for promotion, _, _ in given}


def test_the_paper_names_each_promotion_and_the_sum(shop):
    till = shop.open()
    scan(till, 3, 4, 5)
    till.payment.on_cash("50")
    till.payment.on_finish()
    text = str(till.receipts.on_find("1"))
    assert "3 für 2" in text
    assert "Sie haben gespart" in text


def test_after_a_kill_the_open_receipt_costs_the_same(shop):
    till = shop.open()
    scan(till, 3, 4, 5)
    total = till.sale.totals.gross
    till = shop.reopen(till)
    assert till.sale.totals.gross == total
    assert till.basket.refresh().saved == "3,00 gespart"


def test_what_is_being_paid_is_not_priced_again(shop):
    till = shop.open()
    scan(till, 3, 4, 5)
    till.payment.on_cash("5")
    shop.publish({**THREE_FOR_TWO, "reward": {"percent": "50"}}, cursor="e.3.0")
    till.payment.on_cash("20")
    till.payment.on_finish()
    assert last_receipt(till).total == 900


def test_after_a_kill_while_paying_the_receipt_costs_the_same(shop):
    till = shop.open()
    scan(till, 3, 4, 5)
    till.payment.on_cash("5")
    till = shop.reopen(till)
    assert till.sale.totals.gross == 900
    till.payment.on_cash("20")
    till.payment.on_finish()
    receipt = last_receipt(till)
    assert (receipt.total, [use.promotion for use in receipt.promotions]) == (900, ["P1"])


def test_goods_that_come_back_earn_no_promotion(shop):
    till = shop.open()
    till.basket.on_return("S3", "3", None, "too small")
    assert till.sale.totals.gross == -900
    assert till.basket.refresh().saved == ""


def test_a_promotion_on_a_category_holds_for_what_lies_below_it(tmp_path):
    shop = Shop(tmp_path)
    jeans = item(21, category="Damen>Hosen>Jeans")
    skirt = item(22, category="Damen>Röcke")
    applier = FeedApplier(shop.reference_file)
    rows = [item_row(jeans, 40), item_row(skirt, 41)]
    rows += [price_row("S21", 2_000, 42), price_row("S22", 2_000, 43)]
    applier.take("reference", page(rows, "e.1.5"))
    applier.close()
    shop.publish(
        {"id": "P5", "reward": {"percent": "50"}, "take": {"categories": ["Damen>Hosen"]}},
        {"id": "P6", "reward": {"percent": "10"}, "take": {"categories": ["Röcke"]}},
    )
    till = shop.open()
    scan(till, 21, 22)
    assert [line.gross for line in till.sale.basket.lines.values()] == [1_000, 1_800]
    shop.close()


# --- customer and codes ---------------------------------------------------------------------------


@pytest.fixture
def club(tmp_path):
    shop = Shop(tmp_path)
    shop.publish(VIP_10, CODE_1)
    shop.welcome(ADA)
    yield shop
    shop.close()


def test_a_customer_attached_late_is_priced_at_once_and_is_on_the_receipt(club):
    till = club.open()
    assert scan(till, 5).saved == ""
    state = till.basket.on_scan("70001")
    assert (state.customer, state.saved) == ("Ada Beispiel", "0,50 gespart")
    assert till.basket.on_no_customer().saved == ""
    till.basket.on_customer(" 70001 ")
    till.payment.on_cash("50")
    till.payment.on_finish()
    receipt = last_receipt(till)
    assert (receipt.customer, receipt.total) == ("70001", 450)
    assert [use.promotion for use in receipt.promotions] == ["P3"]


def test_the_customer_may_come_before_the_goods_and_survives_a_kill(club):
    till = club.open()
    till.basket.on_scan("70001")
    till.basket.on_scan("herbst1")
    till = club.reopen(till)
    state = till.basket.refresh()
    assert (state.open, state.customer, state.codes) == (True, "Ada Beispiel", ("HERBST1",))
    assert scan(till, 5).saved == "1,50 gespart"


def test_customer_and_codes_go_with_a_parked_receipt(club):
    till = club.open()
    scan(till, 5)
    till.basket.on_scan("70001")
    till.basket.on_add("HERBST1")
    till.basket.on_park()
    assert scan(till, 4).saved == ""
    till.basket.on_cancel("")
    state = till.basket.on_recall()
    assert (state.customer, state.codes, state.saved) == (
        "Ada Beispiel",
        ("HERBST1",),
        "1,50 gespart",
    )


def test_a_code_taken_back_takes_its_promotion_back(club):
    till = club.open()
    scan(till, 5)
    assert till.basket.on_scan("herbst1").saved == "1,00 gespart"
    assert till.basket.on_no_code("HERBST1").saved == ""


def test_a_receipt_with_nothing_left_on_it_is_given_up_by_itself(club):
    till = club.open()
    till.basket.on_scan("70001")
    assert till.basket.on_no_customer().open is False
    assert all_events(till)[-1].type == "basket.voided"
    assert till.basket.on_no_customer().open is False
    till = club.reopen(till)
    assert till.sale.basket is None


def test_nothing_changes_while_something_is_being_paid(club):
    till = club.open()
    scan(till, 5)
    till.payment.on_cash("1")
    for refused in (lambda: till.basket.on_scan("70001"), lambda: till.basket.on_code("herbst1")):
        with pytest.raises(DomainError, match="payment_begun"):
            refused()
    assert till.basket.refresh().customer == ""


def test_a_customer_who_is_gone_from_the_lists_is_priced_like_anybody(club):
    till = club.open()
    scan(till, 5)
    till.basket.on_scan("70001")
    club.welcome(ADA, op="remove")
    state = scan(till, 4)
    assert (state.customer, state.saved) == ("Kundennummer 70001", "")
    till.payment.on_cash("50")
    till.payment.on_finish()
    assert last_receipt(till).customer == "70001"


def test_the_receipt_freezes_what_it_can_be_priced_again_with(shop):
    shop.publish(
        {"id": "P3", "reward": {"percent": "90"}, "when": {"stores": ["AT01"]}}, cursor="e.3.0"
    )
    till = shop.open()
    scan(till, 8, 9, 9)
    till.payment.on_cash("50")
    till.payment.on_finish()
    receipt = last_receipt(till)
    frozen = frozen_from_body(receipt.pricing)
    # Beaten ones are kept too: when goods come back they may be the better deal.
    assert frozen.versions == {"P1": 1, "P2": 1}
    assert [(line.sku, line.quantity, line.price) for line in frozen.lines] == [
        (line.sku, to_thousandths(line.quantity), line.unit_price) for line in receipt.lines
    ]
    assert (frozen.context.store, frozen.context.currency) == (receipt.store_id, "EUR")
    promotions = [read_promotion(body, "", 2) for body in (THREE_FOR_TWO, TWO_FROM_20)]
    given = discounts_by_line(price_again(frozen, promotions))
    assert given == {
        place: {each.promotion: each.amount for each in line.discounts}
        for place, line in enumerate(receipt.lines)
        if line.discounts
    }


def test_a_receipt_without_an_open_promotion_freezes_nothing(tmp_path):
    world = Shop(tmp_path)
    till = world.open()
    scan(till, 3)
    till.payment.on_cash("50")
    till.payment.on_finish()
    assert last_receipt(till).pricing == {}
    assert b"pricing" not in all_events(till)[-1].body
    world.close()


def test_scripts_attach_a_customer_and_give_codes(club):
    till = club.open()
    intents = Intents(till, lambda _seconds: None)

    def do(**fields):
        return intents.perform(Arguments(fields))

    assert do(do="scan", code="70001")["customer"] == "70001"
    do(do="scan", code=gtin(5))
    given = do(do="code", code="herbst1")
    assert (given["event"], given["codes"], given["discount"]) == ("code_set", ["HERBST1"], 150)
    assert "codes" not in do(do="code", code="HERBST1", off=True)
    assert "customer" not in do(do="customer")
    assert do(do="customer", number="70001")["discount"] == 50


VOUCHER_5 = {
    "id": "B1",
    "stage": "benefit",
    "if": [{"spend": "15.00"}],
    "reward": {"voucher": {"amount": "5.00", "valid_days": 30}},
}


def test_a_voucher_that_is_earned_stands_on_the_receipt(shop):
    shop.publish(VOUCHER_5, cursor="e.3.0")
    till = shop.open()
    scan(till, 10)
    till.payment.on_cash("20")
    till.payment.on_finish()
    assert last_receipt(till).vouchers == ()
    scan(till, 10, 9)
    till.payment.on_cash("20")
    till.payment.on_finish()
    assert last_receipt(till).vouchers == (VoucherGiven("B1", 500, 30),)
