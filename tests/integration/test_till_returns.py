"""Goods come back with their receipt: what goes back is what the rest does not cost more without them."""

import pytest

from pos_client.app.arguments import Arguments
from pos_client.app.intents import Intents
from pos_client.storage.receipt_archive import ReceiptArchive
from shared.errors import DomainError
from tests.integration.promotion_shop import ADA, THREE_FOR_TWO, TWO_FROM_20, VIP_10, Shop
from tests.integration.test_till_deals import last_receipt, scan
from tests.integration.till_world import all_events


@pytest.fixture
def shop(tmp_path, request):
    shop = Shop(tmp_path)
    shop.publish(*getattr(request, "param", (THREE_FOR_TWO,)))
    shop.welcome(ADA)
    yield shop
    shop.close()


def sell(till, *numbers, customer=""):
    if customer:
        till.basket.on_customer(customer)
    scan(till, *numbers)
    till.payment.on_cash("200")
    till.payment.on_finish()
    return str(last_receipt(till).receipt_id)


def take_back(till, receipt, *lines, quantity="1"):
    for line in lines:
        state = till.basket.on_return_of(receipt, line, quantity, "gefällt nicht")
    return state


def pay_out(till):
    if till.sale.payment.due:
        till.payment.on_cash()
    till.payment.on_finish()
    return last_receipt(till)


def uses(receipt):
    return [(use.promotion, use.applications, use.amount) for use in receipt.promotions]


def test_one_piece_after_another_and_all_that_was_paid_in_the_end(shop):
    """10.00, 9.00 and 8.00 with the cheapest free: 19.00 was paid."""
    till = shop.open()
    bought = sell(till, 10, 9, 8)
    take_back(till, bought, 2)
    # What stays, 10.00 and 8.00, costs 18.00 without the promotion.
    first = pay_out(till)
    assert (first.total, uses(first)) == (-100, [("P1", -1, -800)])
    line = first.lines[0]
    assert (line.gross, line.origin.paid, line.kept_back) == (-100, 900, 800)
    take_back(till, bought, 3)
    assert pay_out(till).total == 0
    take_back(till, bought, 1)
    last = pay_out(till)
    assert (last.total, uses(last)) == (-1800, [])
    assert all_events(till)[-1].type == "return.completed"
    assert till.basket.on_bought(bought).rows == ()


def test_everything_at_once_is_all_that_was_paid(shop):
    till = shop.open()
    bought = sell(till, 10, 9, 8)
    take_back(till, bought, 1, 2, 3)
    receipt = pay_out(till)
    assert (receipt.total, uses(receipt)) == (-1900, [("P1", -1, -800)])
    assert all(not line.kept_back for line in receipt.lines)


def test_the_screen_and_the_paper_say_why_less_goes_back(shop):
    till = shop.open()
    bought = sell(till, 10, 9, 8)
    state = take_back(till, bought, 2)
    why = "Bezahlt 9,00, davon 8,00 nicht zurück: Was bleibt, kostet ohne die Aktion mehr."
    assert (state.notice, state.lines[0].deal, state.lines[0].total) == (why, why, "−1,00")
    pay_out(till)
    text = " ".join(str(till.receipts.on_find("2").text).split())
    assert f"Gekauft mit Beleg {bought}" in text
    assert why in text


def test_every_change_of_the_receipt_works_the_refund_out_anew(shop):
    till = shop.open()
    bought = sell(till, 10, 9, 8)
    take_back(till, bought, 2)
    assert till.sale.totals.gross == -100
    take_back(till, bought, 3)
    # With 10.00 alone nothing was saved: 19.00 less 10.00.
    assert till.sale.totals.gross == -900
    till.basket.on_void(2)
    assert till.sale.totals.gross == -100
    till.basket.on_undo()
    assert till.sale.totals.gross == -900


def test_pieces_of_one_line(shop):
    till = shop.open()
    scan(till, 4)
    till.basket.on_quantity(1, "3")
    till.payment.on_cash("50")
    till.payment.on_finish()
    second = str(last_receipt(till).receipt_id)
    take_back(till, second, 1)
    assert till.sale.totals.gross == 0  # two of 4.00 cost the 8.00 that were paid
    take_back(till, second, 1)
    assert [line.quantity for line in till.sale.basket.lines.values()] == [-2]
    assert till.sale.totals.gross == -400
    assert [row.left for row in till.basket.on_bought(second).rows] == ["1"]
    till.basket.on_step(1, 1)
    assert till.sale.totals.gross == -800
    for refused in (
        lambda: till.basket.on_step(1, 1),
        lambda: take_back(till, second, 1),
        lambda: till.basket.on_quantity(1, "4"),
    ):
        with pytest.raises(DomainError, match="return_too_many"):
            refused()
    assert till.sale.totals.gross == -800


def test_an_exchange_earns_promotions_for_the_new_goods_only(shop):
    till = shop.open()
    bought = sell(till, 10, 9, 8)
    take_back(till, bought, 1, 2, 3)
    scan(till, 5, 5, 5)
    assert till.sale.totals.gross == -1900 + 1000
    receipt = pay_out(till)
    assert uses(receipt) == [("P1", 1, 500), ("P1", -1, -800)]
    # What was bought in exchange can come back, too.
    again = str(receipt.receipt_id)
    assert [row.line for row in till.basket.on_bought(again).rows] == [4, 5, 6]


@pytest.mark.parametrize("shop", [(VIP_10, TWO_FROM_20)], indirect=True)
def test_the_customer_of_the_purchase_counts_and_not_the_one_of_today(shop):
    till = shop.open()
    bought = sell(till, 10, 9, 8, customer="70001")
    assert last_receipt(till).total == 2430
    take_back(till, bought, 1)
    # 9.00 and 8.00 for a VIP: 15.30.
    receipt = pay_out(till)
    assert receipt.total == -900
    assert [(use.promotion, use.customer, use.applications) for use in receipt.promotions] == [
        ("P3", "70001", 0)
    ]


def test_versions_of_then_are_priced_with(shop):
    till = shop.open()
    bought = sell(till, 10, 9, 8)
    shop.retire(THREE_FOR_TWO)
    take_back(till, bought, 2)
    assert till.sale.totals.gross == -100


def test_a_promotion_that_this_till_does_not_have_any_more_costs_the_customer_nothing(shop):
    till = shop.open()
    bought = sell(till, 10, 9, 8)
    shop.forget(THREE_FOR_TWO)
    till = shop.reopen(till)
    take_back(till, bought, 2)
    receipt = pay_out(till)
    assert (receipt.total, uses(receipt)) == (-900, [])
    take_back(till, bought, 1, 3)
    assert pay_out(till).total == -1000


def test_without_any_promotion_what_was_paid_goes_back(tmp_path):
    shop = Shop(tmp_path)
    till = shop.open()
    scan(till, 10, 9)
    till.basket.on_price(1, "6,00", "Fleck")
    till.payment.on_cash("50")
    till.payment.on_finish()
    bought = str(last_receipt(till).receipt_id)
    take_back(till, bought, 1)
    receipt = pay_out(till)
    assert (receipt.total, receipt.lines[0].discount) == (-600, 0)
    shop.close()


def test_a_kill_and_parking_change_nothing(shop):
    till = shop.open()
    bought = sell(till, 10, 9, 8)
    take_back(till, bought, 2)
    till = shop.reopen(till)
    assert till.sale.totals.gross == -100
    till.basket.on_park()
    till.basket.on_recall()
    assert till.sale.totals.gross == -100
    assert till.sale.basket.lines[1].origin.paid == 900


def test_what_came_back_while_it_was_parked_does_not_come_back_twice(shop):
    till = shop.open()
    bought = sell(till, 10, 9, 8)
    take_back(till, bought, 2)
    till.basket.on_park()
    take_back(till, bought, 2)
    assert pay_out(till).total == -100
    till.basket.on_recall()
    assert till.sale.totals.gross == 0
    with pytest.raises(DomainError, match="return_too_many"):
        till.payment.on_finish()
    till.basket.on_cancel("")


def test_what_cannot_be_taken_back_is_refused(shop):
    till = shop.open()
    bought = sell(till, 10, 9, 8)
    take_back(till, bought, 2)
    back = str(pay_out(till).receipt_id)
    for code, act in (
        ("receipt_unknown", lambda: take_back(till, "DE01-T2-1-1", 1)),
        ("receipt_unknown", lambda: till.basket.on_bought("1-99")),
        ("receipt_not_sold", lambda: take_back(till, back, 1)),
        ("line_unknown", lambda: take_back(till, bought, 9)),
        ("return_too_many", lambda: take_back(till, bought, 2)),
        ("quantity_zero", lambda: take_back(till, bought, 1, quantity="0")),
        ("reason_missing", lambda: till.basket.on_return_of(bought, 1)),
    ):
        with pytest.raises(DomainError, match=code):
            act()
    assert till.sale.basket is None


def test_goods_of_a_receipt_have_the_price_of_then(shop):
    till = shop.open()
    bought = sell(till, 10, 9, 8)
    take_back(till, bought, 1)
    with pytest.raises(DomainError, match="return_price_fixed"):
        till.basket.on_price(1, "1,00", "Fleck")
    assert till.sale.basket.lines[1].unit_price == 1000


def test_an_open_receipt_is_taken_up_even_if_its_purchase_is_not_to_be_found(shop, monkeypatch):
    till = shop.open()
    bought = sell(till, 10, 9, 8)
    take_back(till, bought, 1)
    monkeypatch.setattr(ReceiptArchive, "event", lambda _self, _text: unknown())
    till = shop.reopen(till)
    assert till.sale.totals.gross == 0
    with pytest.raises(DomainError, match="receipt_unknown"):
        till.payment.on_finish()
    till.basket.on_cancel("")


def unknown():
    raise DomainError("receipt_unknown", {"number": "1"})


def test_scripts_take_goods_of_a_receipt_back(shop):
    till = shop.open()
    bought = sell(till, 10, 9, 8)
    intents = Intents(till, lambda _seconds: None)
    outcome = intents.perform(
        Arguments({"do": "return", "receipt": bought, "from_line": 2, "reason": "zu klein"})
    )
    assert (outcome["event"], outcome["total"]) == ("line_added", -100)
    assert outcome["line"]["origin"] == {"receipt": bought, "line": 2, "paid": 900}


POINTS = {
    "id": "B1",
    "stage": "benefit",
    "reward": {"points": {"per": "1.00", "give": 1}},
}
WALLET = {"id": "B2", "stage": "benefit", "reward": {"wallet": {"percent": "10"}}}
FROM_15 = {
    "id": "B3",
    "stage": "benefit",
    "if": [{"spend": "15.00"}],
    "reward": {"voucher": {"amount": "5.00", "valid_days": 30}},
}
NEXT_TIME = {**FROM_15, "id": "B4", "reward": {"voucher": {"next_percent": "10", "valid_days": 9}}}


@pytest.mark.parametrize("shop", [(POINTS, WALLET, FROM_15, NEXT_TIME)], indirect=True)
def test_what_was_earned_and_goes_back_is_said_before_paying_out(shop):
    till = shop.open()
    bought = sell(till, 10, 9, customer="70001")
    take_back(till, bought, 2)
    said = till.payment.on_open().note.replace("\xa0", " ")
    assert said == (
        "Bezahlt wurde mit: Bar\nMit den Waren geht zurück: 9 Punkte, Guthaben 0,90 €,"
        " Gutschein 5,00 €, Gutschein über 10 %"
    )
    pay_out(till)
    take_back(till, bought, 1)
    said = till.payment.on_open().note.replace("\xa0", " ")
    assert said.endswith("zurück: 10 Punkte, Guthaben 1,00 €")


@pytest.mark.parametrize("shop", [(POINTS,)], indirect=True)
def test_nobodys_points_are_not_taken_back(shop):
    till = shop.open()
    bought = sell(till, 10)
    take_back(till, bought, 1)
    assert till.payment.on_open().note == "Bezahlt wurde mit: Bar"
