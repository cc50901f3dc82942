"""Vouchers that promotions give: kept with the receipt, and printed with the number that the centre works out."""

from dataclasses import replace
from datetime import date

import pytest

from pos_client.app.translations import TillTexts
from shared.identity import derived_id
from shared.journal import receipt_from_body
from shared.journal.receipt_body import receipt_to_body
from shared.receipt import RecordedMode, VoucherGiven
from shared.receipt.paper import QrCode, plain_text
from shared.receipt.voucher_paper import facts_of, number_of, voucher_papers
from shared.vouchers import Signer, voucher_number
from tests.support import receipts

GERMAN = TillTexts("de", "DE", "EUR")
TEN, NEXT = VoucherGiven("V10", 1_000, 30), VoucherGiven("N10", 0, 14, "10")


def given(*vouchers):
    return replace(receipts.german_sale(), vouchers=vouchers)


@pytest.mark.parametrize("width", [32, 42, 48])
def test_each_voucher_has_its_paper_with_worth_last_day_and_number(width):
    receipt = given(TEN, NEXT)
    ten, later = voucher_papers(receipt, GERMAN, width)
    number = voucher_number(derived_id(receipt.event_id, "voucher:V10"))
    assert QrCode(number) in ten.rows
    said = plain_text(ten)
    assert "10,00 EUR" in said
    assert number[:6] in said
    assert GERMAN.date(date(2026, 12, 25)) in said
    assert "10 % beim" in plain_text(later)
    assert QrCode(number) not in later.rows
    assert all(len(line) <= width for line in said.splitlines())


def test_what_a_till_signed_is_what_is_printed():
    receipt = given(TEN)
    facts = facts_of(receipt, TEN)
    assert (facts.number, facts.amount) == (number_of(receipt, TEN), 1_000)
    assert facts.expires_on == date(2026, 12, 25)
    signed = replace(TEN, code=facts.token(bytes(64), Signer(bytes(32), bytes(64))))
    (paper,) = voucher_papers(given(signed), GERMAN, 42)
    assert QrCode(signed.code) in paper.rows
    assert facts.number[:6] in plain_text(paper)
    body = receipt_to_body(given(signed))
    assert receipt_from_body(receipt.event_id, body).vouchers == (signed,)


def test_practice_gives_no_vouchers():
    assert list(voucher_papers(replace(given(TEN), mode=RecordedMode.TRAINING), GERMAN, 42)) == []


def test_the_receipt_keeps_them_and_says_nothing_where_there_are_none():
    receipt = given(TEN, NEXT)
    body = receipt_to_body(receipt)
    assert receipt_from_body(receipt.event_id, body) == receipt
    assert "vouchers" not in receipt_to_body(receipts.german_sale())
