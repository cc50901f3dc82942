"""What a scan does to a receipt: articles with what labels say, customers and codes by their rules, no bank's card."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from pos_client.app.chain_rules import ChainRules
from pos_client.features.basket.ports import Guest
from pos_client.features.basket.presenter import BasketPresenter
from shared.basket import PriceSource
from shared.catalogue import Item
from shared.catalogue.scan import Scan, resolve_scan
from shared.catalogue.scan_rules import (
    DEFAULT_SCAN_RULES,
    ScanKind,
    read_scan_rules,
    scan_rules_document,
)
from shared.errors import DomainError, EnvironmentProblem
from shared.identity.payment_cards import passes_luhn
from shared.journal.reader import BodyReader
from shared.journal.receipt_body import line_from_body, line_to_body
from shared.quantity import with_check_digit
from tests.unit.test_till_presenters import (
    NO_CODES,
    NO_PURCHASES,
    NO_VOUCHERS,
    PEOPLE,
    PLACE,
    FakeSale,
)
from tests.unit.till_fakes import FakeRecording, FakeTexts, View

CARD = "4000001234567899"  # invented; its check digit is right
CHEESE = Item("C1", "12345", {"de": "Käse"}, "reduced", uom="KGM")
LABELLED = with_check_digit("281234500375")
PRICED = with_check_digit("291234500399")


class Prices:
    def __init__(self):
        self.items = {
            "C1": CHEESE,
            "12345": CHEESE,
            "KD-9": Item("K9", "K9", {"de": "Kabel"}, "standard"),
        }

    def find(self, code):
        if code not in self.items:
            raise DomainError("article_unknown", {"code": code}, http_status=404)
        return self.items[code]

    def price(self, sku, moment):
        return 1990

    def lowest(self, sku, moment):
        return self.price(sku, moment)

    def vat_rate(self, category, moment):
        return Decimal(19)


class Offers:
    def unknown(self, number):
        return DomainError("customer_unknown", {"number": number.strip()})

    def customer(self, number):
        return Guest("70001", "Ada Beispiel") if number == "70001" else None

    def code(self, text):
        return text.upper() if text.upper() == "HERBST" else ""

    def running(self):
        return True


@pytest.fixture
def sale():
    return FakeSale()


@pytest.fixture
def prices():
    return Prices()


@pytest.fixture
def basket(sale, prices):
    parts = (PLACE, FakeTexts(), View(), PEOPLE, Offers(), NO_PURCHASES, NO_VOUCHERS, NO_CODES)
    return BasketPresenter(sale, prices, FakeRecording(), *parts)


def refused(code, act, *arguments):
    with pytest.raises(DomainError) as caught:
        act(*arguments)
    assert caught.value.code == code
    return caught.value


# --- goods by weight ----------------------------------------------------------------------------


def test_a_label_carries_its_weight(basket, sale):
    basket.on_scan(LABELLED)
    line = sale.basket.line(1)
    assert (line.sku, line.quantity, line.gross) == ("C1", Decimal("0.375"), 746)


def test_a_label_carries_its_price_and_the_receipt_says_where_it_is_from(basket, sale):
    state = basket.on_scan(PRICED)
    line = sale.basket.line(1)
    assert (line.gross, line.quantity, line.uom) == (399, Decimal(1), "H87")
    assert (line.price_source, line.list_price) == (PriceSource.LABEL, 1990)
    assert state.last.marks == ()
    assert line_from_body(BodyReader(line_to_body(line))) == line


def test_a_barcode_of_its_own_beats_what_a_label_could_mean(basket, sale, prices):
    prices.items[LABELLED] = Item("S7", "S7", {"de": "Schal"}, "standard")
    basket.on_scan(LABELLED)
    assert (sale.basket.line(1).sku, sale.basket.line(1).quantity) == ("S7", Decimal(1))


def test_goods_by_weight_ask_for_it(basket, sale):
    assert refused("weight_needed", basket.on_scan, "12345").params == {"sku": "C1"}
    assert refused("weight_needed", basket.on_add, "C1").params == {"sku": "C1"}
    assert sale.basket is None
    basket.on_add("C1", "0,5")
    assert sale.basket.line(1).quantity == Decimal("0.5")


# --- customers, codes, and what is none of them ---------------------------------------------------


def test_the_prefix_says_what_a_code_is(basket):
    assert basket.on_scan("KD-70001").customer == "Ada Beispiel"
    assert basket.on_scan("GS-herbst").codes == ("HERBST",)
    assert (
        basket.on_scanned(Scan(ScanKind.UNKNOWN, "70001", code="70001")).customer_number == "70001"
    )


def test_an_article_that_looks_like_a_customer_is_sold(basket, sale):
    basket.on_scan("KD-9")
    assert sale.basket.line(1).sku == "K9"


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("KD-1", "customer_unknown"),
        ("GS-1", "promotion_code_unknown"),
        ("MA-101", "scan_staff"),
        ("AW-7", "scan_approval"),
        ("DE01-T1-1-42", "scan_receipt"),
        ("987000000000000001" + "5", "scan_gift_card"),
        ("NOTHING", "article_unknown"),
    ],
)
def test_what_is_none_is_refused_by_what_it_is(basket, sale, code, problem):
    refused(problem, basket.on_scan, code)
    assert sale.basket is None


@pytest.mark.parametrize("raw", [CARD, f";{CARD}=26121010000000?", f"%B{CARD}^X/Y^2612101?"])
def test_of_a_payment_card_nothing_is_left_not_even_in_the_refusal(basket, raw):
    for act in (basket.on_scan, basket.on_add):
        problem = refused("payment_card_swiped", act, raw)
        assert problem.params == {}
        assert problem.__cause__ is None
        assert problem.__suppress_context__ or problem.__context__ is None


# --- the rules ------------------------------------------------------------------------------------


def test_gift_cards_are_told_by_their_form_until_the_chain_names_its_prefix():
    number = next(n for d in "0123456789" if passes_luhn(n := f"987000000000000001{d}"))
    assert resolve_scan(number, DEFAULT_SCAN_RULES).kind is ScanKind.GIFT_CARD
    own = read_scan_rules({"rules": [{"kind": "gift_card", "prefix": "9999", "length": 19}]})
    assert resolve_scan(number, own).kind is ScanKind.UNKNOWN


def test_rules_survive_their_document():
    assert read_scan_rules(scan_rules_document(DEFAULT_SCAN_RULES)) == DEFAULT_SCAN_RULES
    with pytest.raises(DomainError):
        read_scan_rules({"rules": [{"kind": "customer", "prefix": "K-", "cut": "yes"}]})


def rules_of(document):
    def config(_key):
        if isinstance(document, Exception):
            raise document
        return document

    return ChainRules(SimpleNamespace(config=config)).scan_rules()


def test_the_chains_rules_come_by_feed_and_the_usual_ones_hold_without():
    document = {"rules": [{"kind": "customer", "prefix": "98", "length": 13}], "labels": []}
    assert rules_of(document).rules[0].prefix == "98"
    assert rules_of(None) is DEFAULT_SCAN_RULES
    assert rules_of({"rules": [{"kind": "lion"}]}) is DEFAULT_SCAN_RULES
    assert rules_of(EnvironmentProblem("reference_missing")) is DEFAULT_SCAN_RULES
