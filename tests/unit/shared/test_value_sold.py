"""Gift cards and vouchers on receipts: what they are to the books, in bodies, on paper, and signed by a till."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_client.app.translations import TillTexts
from shared.basket import Basket, Line, StockArea, ValueKind, ValueSold, value_of
from shared.errors import DomainError
from shared.journal import receipt_from_body
from shared.journal.reader import BodyReader
from shared.journal.receipt_body import line_from_body, line_to_body, receipt_to_body
from shared.journal.tender_body import tender_from_body, tender_to_body
from shared.ledger.posting import receipt_journal, taxed_at_issue
from shared.receipt.layout import Sheet, gift_paper, receipt_paper
from shared.receipt.paper import QrCode, plain_text
from shared.receipt.voucher_paper import voucher_papers
from shared.stock import movements_of_lines
from shared.tax import OUT_OF_SCOPE
from shared.tender import TaxedBefore, Tender, TenderKind, TenderMix, VoucherPurpose
from shared.vouchers import (
    SignedFacts,
    Signer,
    VoucherClass,
    certified_text,
    is_token,
    read_code,
    read_token,
    vat_of_part,
    voucher_number,
)
from shared.wire.value_payloads import (
    SoldType,
    voucher_types_from_payload,
    voucher_types_payload,
)
from tests.support import receipts
from tests.support.journals import START
from tests.support.ledger_receipts import line, with_lines
from tests.unit.shared.test_ledger_posting import balances, words

GERMAN, ENGLISH = TillTexts("de", "DE", "EUR"), TillTexts("en", "DE", "EUR")
CARD = "2950000000123456781"
NUMBER = voucher_number(UUID(int=4))
LAST = date(2029, 12, 31)
MULTI = ValueSold(ValueKind.VOUCHER, NUMBER, type_code="SHOP", expires_on=LAST)
SINGLE = replace(MULTI, purpose=VoucherClass.SINGLE)
GIFT_CARD = ValueSold(ValueKind.GIFT_CARD, CARD)
RATES = {
    VoucherClass.MULTI: (OUT_OF_SCOPE, Decimal(0)),
    VoucherClass.SINGLE: ("standard", Decimal(19)),
}


def sold(value, amount, quantity=1, **facts):
    category, rate = RATES[value.purpose]
    return Line(
        0, "", "", "Gutschein", Decimal(quantity), amount, category, rate, value=value, **facts
    )


def refused(code, act, *arguments):
    with pytest.raises(DomainError) as caught:
        act(*arguments)
    assert caught.value.code == code


# --- the basket -------------------------------------------------------------------------------


def test_a_line_of_value_is_fixed_and_no_goods():
    basket = (
        Basket(UUID(int=1), "EUR", START, "101").add(sold(GIFT_CARD, 5_000)).add(line("1", 1_190))
    )
    assert (basket.value_sold, basket.totals().gross) == (5_000, 6_190)
    assert value_of(basket.lines.values()) == 5_000
    assert [each.is_goods for each in basket.lines.values()] == [False, True]
    refused("value_line_fixed", basket.with_quantity, 1, Decimal(2))
    refused("value_line_fixed", basket.with_price, 1, 100, "reason")


def test_value_moves_no_stock_and_goods_go_where_they_are_put():
    back = replace(line("1", 1_190), quantity=Decimal(-1), area=StockArea.QUARANTINE)
    moves = movements_of_lines([sold(GIFT_CARD, 5_000), line("1", 1_190), back])
    assert [(move.delta, move.area) for move in moves] == [
        (Decimal(-1), StockArea.SALE),
        (Decimal(1), StockArea.QUARANTINE),
    ]


@pytest.mark.parametrize(
    ("value", "case"),
    [(MULTI, "MehrzweckgutscheinKauf"), (SINGLE, "EinzweckgutscheinKauf")],
)
def test_each_class_has_its_business_case(value, case):
    assert value.business_case == case


# --- the ledger -------------------------------------------------------------------------------


def test_value_is_owed_and_no_revenue():
    journal = receipt_journal(with_lines((sold(GIFT_CARD, 5_000), line("1", 1_190))))
    assert balances(journal) == {
        ("store.instruments", ""): -5_000,
        ("store.sales", "standard@19"): -1_000,
        ("store.tax", "standard@19"): -190,
        ("store.tender.cash", "DE01-T1"): 6_190,
    }
    assert words(journal)["value"] == 5_000


def test_single_purpose_value_is_taxed_at_once():
    journal = receipt_journal(with_lines((sold(SINGLE, 11_900),)))
    assert balances(journal) == {
        ("store.instruments", ""): -11_900,
        ("store.voucher_sales", "standard@19"): -10_000,
        ("store.voucher_tax", "standard@19"): -1_900,
        ("store.voucher_tax_prepaid", "standard@19"): 11_900,
        ("store.tender.cash", "DE01-T1"): 11_900,
    }


amounts = st.lists(
    st.tuples(
        st.sampled_from(["goods", "card", "single"]),
        st.integers(1, 10**6),
        st.sampled_from([1, -1]),
    ),
    min_size=1,
    max_size=6,
)


@given(amounts)
def test_receipts_with_value_balance_and_come_back_to_nothing(parts):
    made = []
    for kind, amount, sign in parts:
        one = line("1", amount)
        if kind != "goods":
            one = sold(SINGLE if kind == "single" else GIFT_CARD, amount)
        made.append(replace(one, quantity=Decimal(sign)))
    receipt = with_lines(tuple(made))
    back = with_lines(tuple(replace(each, quantity=-each.quantity) for each in made))
    journals = receipt_journal(receipt), receipt_journal(back)
    sums = balances(journals[0])
    assert sum(sums.values()) == 0
    assert ("store.clearing", "") not in sums
    vat = {f"{row.category}@{row.rate}": row.vat for row in receipt.vat if row.vat}
    owed = {}
    for (kind, owner), amount in sums.items():
        if kind in {"store.tax", "store.voucher_tax"}:
            owed[owner] = owed.get(owner, 0) - amount
    assert {owner: amount for owner, amount in owed.items() if amount} == vat
    assert -sums.get(("store.instruments", ""), 0) == value_of(receipt.lines)


parts = st.lists(
    st.tuples(st.integers(1, 10**5), st.lists(st.integers(1, 10**5), max_size=4)),
    min_size=1,
    max_size=5,
)


@given(parts, st.sampled_from([Decimal(19), Decimal(7), Decimal("8.1")]), st.integers(0, 10**4))
def test_what_is_due_of_vouchers_ends_at_nothing_however_they_are_redeemed(made, rate, goods):
    bought = [replace(sold(SINGLE, value), vat_rate=rate) for value, _ in made]
    if goods:
        bought.append(replace(line("1", goods), vat_rate=rate))
    receipt = with_lines(tuple(bought))
    sums = balances(receipt_journal(receipt))
    due = -sums.get(("store.voucher_tax", f"standard@{rate}"), 0)
    (row,) = receipt.vat
    assert row.vat == due - sums.get(("store.tax", f"standard@{rate}"), 0)
    for value, wanted in made:
        before = 0
        for part in (*wanted, value):
            amount = min(part, value - before)
            due -= vat_of_part(value, before, amount, rate)
            before += amount
    assert due == 0


def test_two_vouchers_taxed_together_leave_no_cent():
    # 9 and 9 cents: 1 cent of VAT each, 3 cents together.
    receipt = with_lines((sold(SINGLE, 9), sold(SINGLE, 9)))
    assert [row.vat for row in receipt.vat] == [3]
    assert balances(receipt_journal(receipt)) == {
        ("store.instruments", ""): -18,
        ("store.voucher_sales", "standard@19"): -16,
        ("store.voucher_tax", "standard@19"): -2,
        ("store.voucher_tax_prepaid", "standard@19"): 18,
        ("store.sales", "standard@19"): 1,
        ("store.tax", "standard@19"): -1,
        ("store.tender.cash", "DE01-T1"): 18,
    }


def test_what_was_taxed_before_adds_up_and_comes_back():
    one = TaxedBefore("standard", Decimal(19), 100, 16)
    assert one + replace(one, amount=19, vat=3) == replace(one, amount=119, vat=19)
    assert -one + one == replace(one, amount=0, vat=0)


def test_nothing_due_moves_nothing():
    assert list(taxed_at_issue(0, 0, "DE01", "EUR", ("standard", Decimal(19)))) == []


def test_a_gift_card_alone_is_no_purchase():
    back = replace(line("1", 1_190), quantity=Decimal(-1))
    kinds = [
        (sold(GIFT_CARD, 5_000),),
        (line("1", 1_190),),
        (back,),
        (back, sold(GIFT_CARD, 5_000)),
    ]
    assert [with_lines(lines).is_purchase for lines in kinds] == [False, True, False, True]


# --- paying -----------------------------------------------------------------------------------


def held(amount, number=1):
    return Tender(TenderKind.GIFT_CARD, amount, UUID(int=number), CARD)


def test_value_is_never_bought_with_value():
    mix = TenderMix(6_190, value_sold=5_000)
    assert mix.due_by_value == 1_190
    refused("tender_value_for_value", mix.add, held(1_191))
    mix = mix.add(held(1_000)).add(held(190, 2))
    assert (mix.due, mix.due_by_value) == (5_000, 0)
    refused("tender_value_for_value", mix.add, held(1, 3))
    assert mix.add(Tender(TenderKind.CARD, 5_000)).due == 0


def test_money_that_goes_out_may_go_to_a_card():
    mix = TenderMix(-5_000, value_sold=-5_000)
    assert mix.due_by_value == -5_000
    assert mix.add(Tender(TenderKind.GIFT_CARD, -5_000, None, CARD)).due == 0


# --- bodies -----------------------------------------------------------------------------------


values = st.builds(
    ValueSold,
    st.sampled_from(ValueKind),
    st.just(CARD),
    st.sampled_from([VoucherClass.MULTI, VoucherClass.SINGLE]),
    st.booleans(),
    st.sampled_from(["", "SHOP"]),
    st.none() | st.dates(),
    st.sampled_from(["", "TV2.x"]),
)


@given(values, st.integers(1, 10**6), st.sampled_from([1, -1]))
def test_what_is_sold_is_read_again(value, amount, quantity):
    one = sold(value, amount, quantity)
    assert line_from_body(BodyReader(line_to_body(one))) == one


def test_goods_have_the_bytes_they_always_had():
    assert not {"value", "area"} & set(line_to_body(line("1", 100)))
    assert line_to_body(replace(line("1", 100), area=StockArea.SUPPLIER))["area"] == "supplier"


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("value.class", {"value": {"kind": "voucher", "number": "V", "class": "given"}}),
        ("value.class", {"value": {"kind": "voucher", "number": "V", "class": "all"}}),
        ("value.kind", {"value": {"kind": "cheque", "number": "V", "class": "multi"}}),
        ("value", {"vat_category": "standard", "vat_rate": "0"}),
        ("value", {"quantity": "2", "gross": 10_000}),
        ("value", {"discount": 10, "gross": 4_990}),
        ("area", {"area": "cellar"}),
    ],
)
def test_value_that_cannot_be_is_refused(field, change):
    body = {**line_to_body(sold(GIFT_CARD, 5_000)), **change}
    with pytest.raises(DomainError) as caught:
        line_from_body(BodyReader(body))
    assert caught.value.params["field"] == field


@pytest.mark.parametrize("kind", VoucherClass)
def test_what_a_voucher_is_stands_with_the_tender(kind):
    purpose = VoucherPurpose(kind)
    if kind is VoucherClass.SINGLE:
        purpose = VoucherPurpose(kind, "standard", Decimal(19), 160)
    tender = Tender(TenderKind.VOUCHER, 1_000, UUID(int=1), NUMBER, 0, purpose=purpose)
    body = tender_to_body(tender)
    assert tender_from_body(BodyReader(body)) == tender
    assert ("vat" in body["purpose"]) == purpose.taxed_at_issue
    assert body["purpose"].get("business_case", "") == purpose.business_case


# --- paper ------------------------------------------------------------------------------------


def receipt_of(*lines, tenders=()):
    made = with_lines(lines)
    return replace(made, tenders=tenders or made.tenders)


@pytest.mark.parametrize("width", [32, 42, 48])
@pytest.mark.parametrize("texts", [GERMAN, ENGLISH])
def test_the_receipt_says_which_value_and_how_it_is_taxed(texts, width):
    receipt = receipt_of(sold(GIFT_CARD, 5_000), sold(SINGLE, 11_900), line("1", 1_190))
    assert receipt_from_body(receipt.event_id, receipt_to_body(receipt)) == receipt
    sheet = Sheet(receipts.SELLERS["DE"], texts, width)
    said = plain_text(receipt_paper(receipt, "sale.completed", sheet))
    whole = " ".join(said.split())
    for key, facts in (
        ("receipt.value_multi", {}),
        ("receipt.value_single", {"rate": "19"}),
        ("receipt.value_until", {"day": texts.date(LAST)}),
        ("receipt.vat_outside", {"letter": "B"}),
    ):
        assert " ".join(texts.text(key, **facts).split()) in whole
    assert CARD[:8] not in said
    assert all(len(row) <= width for row in said.splitlines())


def test_a_single_purpose_voucher_takes_no_vat_twice_on_paper():
    purpose = VoucherPurpose(VoucherClass.SINGLE, "standard", Decimal(19), 190)
    paid = Tender(TenderKind.VOUCHER, 1_190, UUID(int=1), NUMBER, 0, purpose=purpose)
    rest = Tender(TenderKind.CASH, 1_190)
    given = replace(paid, authorisation=UUID(int=2), purpose=VoucherPurpose(VoucherClass.MULTI))
    receipt = receipt_of(line("1", 3_570), tenders=(paid, rest, given))
    said = plain_text(
        receipt_paper(receipt, "sale.completed", Sheet(receipts.SELLERS["DE"], GERMAN, 42))
    )
    whole = " ".join(said.split())
    assert "Einzweck-Gutschein, 19 %: 1,90 USt bei Ausgabe versteuert" in whole
    assert "Davon bei Ausgabe des Gutscheins versteuert, 19 %: Netto −10,00 Steuer −1,90" in whole
    assert "Mehrzweck-Gutschein" in whole


def test_a_present_is_no_gift_card():
    receipt = receipt_of(sold(GIFT_CARD, 5_000), line("1", 1_190))
    said = plain_text(gift_paper(receipt, Sheet(receipts.SELLERS["DE"], GERMAN, 42)))
    assert "1 x Gutschein" not in said


@pytest.mark.parametrize("width", [32, 48])
def test_sold_vouchers_and_store_credit_have_papers(width):
    code = "TV2.something"
    back = sold(replace(MULTI, number=voucher_number(UUID(int=5))), 1_000, -1)
    credit = Tender(TenderKind.STORE_CREDIT, -1_190, None, "KD-1000", 2_190)
    lines = (
        sold(replace(MULTI, code=code), 5_000),
        sold(replace(SINGLE, expires_on=None, number=voucher_number(UUID(int=6))), 11_900),
        sold(GIFT_CARD, 100),
        back,
    )
    sale = receipt_of(*lines)
    papers = list(voucher_papers(sale, GERMAN, width))
    assert [row.text for paper in papers for row in paper.rows if isinstance(row, QrCode)] == [
        code,
        voucher_number(UUID(int=6)),
    ]
    first, second = map(plain_text, papers)
    assert "50,00 EUR" in first
    assert GERMAN.date(LAST) in first
    assert GERMAN.date(LAST) not in second
    refund = receipt_of(replace(line("1", 1_190), quantity=Decimal(-1)), tenders=(credit,))
    (slip,) = voucher_papers(refund, GERMAN, width)
    assert QrCode("KD-1000") in slip.rows
    assert "21,90" in plain_text(slip)
    (slip,) = voucher_papers(
        replace(refund, tenders=(replace(credit, balance=None),)), GERMAN, width
    )
    assert "Guthaben jetzt" not in plain_text(slip)


# --- codes and types --------------------------------------------------------------------------


def test_a_code_says_which_till_signed_it():
    facts = SignedFacts(NUMBER, VoucherClass.MULTI, "EUR", 5_000, LAST)
    signer = Signer(b"k" * 32, b"c" * 64)
    code = facts.token(b"s" * 64, signer)
    assert is_token(code)
    assert len(code) <= 300
    assert read_code(code) == (facts, signer, b"s" * 64)
    assert read_token(code) == (facts, b"s" * 64)
    assert read_code(facts.token(b"s" * 64))[1] is None
    assert signer.certified() == certified_text(b"k" * 32) != certified_text(b"l" * 32)
    for wrong in (code.replace("TV2", "TV3"), code[:-1], "TV2.a", code + ".x"):
        refused("voucher_signature_invalid", read_code, wrong)


def test_types_travel_and_know_where_they_are_sold():
    shop = SoldType("SHOP", "Gutschein", "EUR", VoucherClass.MULTI)
    shirts = SoldType("ONE", "Hemden", "EUR", VoucherClass.SINGLE, "standard", "DE", 30)
    types = (shop, shirts)
    assert voucher_types_from_payload(voucher_types_payload(types)) == types
    assert voucher_types_from_payload(None) == ()
    assert voucher_types_from_payload({"types": [{"code": "X"}]}) == ()
    wrong = {"types": [{**voucher_types_payload(types)["types"][0], "class": "all"}]}
    assert voucher_types_from_payload(wrong) == ()
    assert [each.sold_in("AT", "EUR") for each in types] == [True, False]
    assert not shop.sold_in("DE", "CHF")
    on = date(2026, 11, 27)
    assert (shop.last_day("DE", on), shop.last_day("GB", on)) == (LAST, None)
    assert shirts.last_day("DE", on) == date(2026, 12, 27)
