"""What a touch window is shown while selling and paying: ready texts, unusual quantities, previews, change."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from pos_client.features.basket.presenter import BasketPresenter
from pos_client.ports import ParkedSale
from shared.errors import DomainError
from tests.unit.test_till_presenters import (
    NO_CODES,
    NO_PURCHASES,
    NO_VOUCHERS,
    PLACE,
    FakeOffers,
    FakePrices,
    FakeSale,
    make_payment,
    refused,
)
from tests.unit.till_fakes import MOMENT, FakeRecording, FakeTexts, View


class People:
    def name_of(self, staff_id):
        return {"101": "Mia"}.get(staff_id, "")


class EnglishTexts(FakeTexts):
    language = "en"


def make_basket(sale, texts=None, prices=None):
    return BasketPresenter(
        sale,
        prices or FakePrices(),
        FakeRecording(),
        PLACE,
        texts or FakeTexts(),
        View(),
        People(),
        FakeOffers(),
        NO_PURCHASES,
        NO_VOUCHERS,
        NO_CODES,
    )


@pytest.fixture
def sale():
    return FakeSale()


@pytest.fixture
def basket(sale):
    return make_basket(sale)


def test_between_customers_nothing_is_due(basket, sale):
    sale.parked_count = 2
    state = basket.refresh()
    assert (state.open, state.total, state.can_pay, state.parked) == (False, "0 EUR", False, 2)


def test_sums_are_in_words(basket):
    one = basket.on_scan("S1")
    assert one.pieces_text == "basket.pieces_one count=1"
    more = basket.on_add("S1", "2")
    assert more.pieces_text == "basket.pieces_many count=3"
    assert more.subtotal == "5970"
    assert more.vat_text == "basket.vat_contains amount=953"
    assert more.can_pay


def test_a_lower_price_shows_the_old_one_and_the_saving(basket):
    row = basket.on_add("S1", "2", "15,00", "stain").last
    assert (row.list_price, row.saving, row.total) == ("3980", "-980", "3000")
    dearer = basket.on_add("S1", "1", "25", "made to measure").last
    assert (dearer.list_price, dearer.saving) == ("", "")


def test_a_return_saves_nothing_and_says_what_it_is(basket):
    row = basket.on_return("S1", "1", "15", "too small").last
    assert (row.is_return, row.list_price, row.saving) == (True, "", "")


def test_the_line_that_can_come_back_is_shown_struck_through(basket):
    basket.on_scan("S1")
    basket.on_scan("S1")
    state = basket.on_void(1)
    assert [row.number for row in state.lines] == [2]
    assert (state.voided.number, state.voided.voided) == (1, True)
    assert basket.on_undo().voided is None


def test_the_age_stays_on_the_line(sale):
    prices = FakePrices()
    prices.prices["S2"] = 500
    basket = make_basket(sale, prices=prices)
    assert basket.on_scan("S2").last.age == "basket.age_line age=18"
    assert basket.on_scan("S1").last.age == ""
    again = make_basket(sale, prices=prices).refresh()
    assert [row.age for row in again.lines] == ["basket.age_line age=18", ""]
    prices.items.clear()
    assert [row.age for row in make_basket(sale, prices=prices).refresh().lines] == ["", ""]


@pytest.mark.parametrize(
    ("texts", "typed", "quantity"),
    [
        (FakeTexts(), "0,5", "0.5"),
        (FakeTexts(), "1.250,5", "1250.5"),
        (EnglishTexts(), "1.5", "1.5"),
        (EnglishTexts(), "1,250.5", "1250.5"),
    ],
)
def test_quantities_are_read_in_the_language_of_the_till(sale, texts, typed, quantity):
    assert make_basket(sale, texts).on_add("S1", typed).last.quantity == quantity


def test_what_can_mean_two_things_is_refused(basket, sale):
    refused("number_ambiguous", basket.on_add, "S1", "1.250")
    refused("number_ambiguous", basket.on_add, "S1", "1", "1,250", "x")
    assert sale.basket is None
    assert basket.on_add("S1", "1", "1.250", "by hand").last.unit_price == "125000"


def test_ten_thousand_of_something_must_be_meant(basket, sale):
    refused("quantity_unusual", basket.on_add, "S1", "10000")
    refused("quantity_unusual", basket.on_return, "S1", "10000", None, "x")
    assert sale.basket is None
    assert basket.on_add("S1", "9999").last.quantity == "9999"
    with pytest.raises(DomainError) as caught:
        basket.on_quantity(1, "10.000,5")
    assert caught.value.params == {"quantity": "10000.5"}
    assert basket.on_quantity(1, "10000", confirmed=True).last.quantity == "10000"
    assert basket.on_add("S1", "10000", confirmed=True).last.quantity == "10000"
    state = basket.on_return("S1", "10000", None, "x", confirmed=True)
    assert state.last.quantity == "-10000"


def test_steps_go_up_and_down_and_off(basket):
    basket.on_scan("S1")
    assert basket.on_step(1, 1).last.quantity == "2"
    assert basket.on_step(1, -1).last.quantity == "1"
    state = basket.on_step(1, -1)
    assert state.lines == ()
    assert state.voided.number == 1
    basket.on_return("S1", "1", None, "too small")
    assert basket.on_step(2, 1).last.quantity == "-2"


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=59), "basket.ago_now"),
        (timedelta(seconds=-5), "basket.ago_now"),
        (timedelta(minutes=6), "basket.ago_minutes count=6"),
        (timedelta(minutes=60), "basket.ago_hours count=1"),
        (timedelta(days=1), (MOMENT.at - timedelta(days=1)).isoformat()),
    ],
)
def test_what_is_parked_says_whose_what_and_since_when(basket, sale, age, words):
    parked = ParkedSale(UUID(int=7), "coat", MOMENT.at - age, "101", 2, 4_990, Decimal(3))
    sale.parked = lambda: (parked, replace(parked, operator_id="999"))
    first, other = basket.on_parked()
    assert first.ago == words
    assert (first.total, first.pieces) == ("4990 EUR", "basket.pieces_many count=3")
    assert (first.operator, other.operator) == ("Mia", "")


# --- paying ---------------------------------------------------------------------------------------


def test_the_exact_amount_comes_first_and_then_likely_notes(basket, sale):
    basket.on_scan("S1")
    quick = make_payment(sale).refresh().quick
    assert [(q.value, q.text, q.exact) for q in quick[:3]] == [
        ("1990", "1990", True),
        ("2000", "20", False),
        ("5000", "50", False),
    ]
    assert len(quick) == 6


def test_nothing_is_offered_when_nothing_is_due_and_no_notes_for_a_refund(basket, sale):
    payment = make_payment(sale)
    assert payment.refresh().quick == ()
    basket.on_return("S1", "1", None, "too small")
    assert [q.exact for q in payment.refresh().quick] == [True]


@pytest.mark.parametrize(
    ("typed", "text", "change", "short", "ok"),
    [
        ("", "payment.accept amount=1990 EUR", "", "", True),
        ("50", "payment.accept amount=5000 EUR", "3010 EUR", "", True),
        ("5,50", "payment.accept_part amount=550 EUR", "", "1440 EUR", True),
        ("0", "payment.no_amount", "", "", False),
        ("1,250", "payment.no_amount", "", "", False),
        ("x", "payment.no_amount", "", "", False),
        ("9999999999", "payment.no_amount", "", "", False),
    ],
)
def test_a_preview_says_what_taking_it_would_do(basket, sale, typed, text, change, short, ok):
    basket.on_scan("S1")
    payment = make_payment(sale)
    preview = payment.preview(typed)
    assert (preview.accept_text, preview.change, preview.short, preview.ok) == (
        text,
        change,
        short,
        ok,
    )
    assert sale.tenders == ()
    assert payment._view.states == []


def test_a_refund_is_previewed_as_paying_out(basket, sale):
    basket.on_return("S1", "1", None, "too small")
    payment = make_payment(sale)
    assert payment.preview("19,90").accept_text == "payment.pay_out amount=1990 EUR"
    assert not payment.preview("20").ok


def test_a_part_payment_leaves_the_rest_due(basket, sale):
    basket.on_scan("S1")
    payment = make_payment(sale)
    state = payment.on_cash("5,50")
    assert (state.settled, state.due) == (False, "1440 EUR")
    assert [(row.kind, row.text, row.amount) for row in state.tenders] == [
        ("cash", "tender.cash", "550")
    ]
    assert state.quick[0].value == "1440"
    assert state.pieces_text == "basket.pieces_one count=1"


def test_change_is_named_piece_by_piece(basket, sale):
    basket.on_scan("S1")
    state = make_payment(sale).on_cash("50")
    parts = [(part.text, part.count, part.note) for part in state.change_parts]
    assert parts == [("2000", 1, True), ("1000", 1, True), ("10", 1, False)]
    assert (state.number, state.drawer) == ("", False)
