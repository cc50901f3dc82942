"""Vouchers: class and VAT, numbers with a check sign, whom they are for, and what is signed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import DomainError
from shared.tax import vat_included
from shared.vouchers import (
    SignedFacts,
    VoucherClass,
    check_redeemable,
    class_of,
    holder_mark,
    is_token,
    read_token,
    read_voucher_number,
    vat_of_part,
    voucher_number,
)

SEEDS = st.uuids()
FACTS = SignedFacts(
    voucher_number(UUID(int=1)), VoucherClass.MULTI, "EUR", 5_000, date(2029, 12, 31)
)
SIGNATURE = bytes(range(64))


@pytest.mark.parametrize(
    ("countries", "rates", "expected"),
    [
        (["DE"], [Decimal(19)], "single"),
        (["DE", "DE"], [Decimal(19), Decimal("19.0")], "single"),
        (["DE"], [Decimal(19), Decimal(7)], "multi"),
        (["DE", "AT"], [Decimal(19)], "multi"),
        ([], [], "multi"),
    ],
)
def test_only_one_rate_in_one_country_is_single_purpose(countries, rates, expected):
    assert class_of(countries, rates) == expected


@given(st.integers(0, 100_000), st.lists(st.integers(0, 10**6), max_size=6))
def test_the_vat_of_parts_adds_up_to_what_was_due(value, cuts):
    ends = sorted(cut % (value + 1) for cut in cuts)
    before, paid = 0, 0
    for end in (*ends, value):
        paid += vat_of_part(value, before, end - before, Decimal(19))
        before = end
    assert paid == vat_included(value, Decimal(19))


@pytest.mark.parametrize(("before", "amount"), [(0, 11), (-1, 1), (5, -1), (10, 1)])
def test_no_more_is_redeemed_than_there_was(before, amount):
    with pytest.raises(ValueError, match="more"):
        vat_of_part(10, before, amount, Decimal(19))


@given(SEEDS)
def test_numbers_are_read_back_however_they_are_written(seed):
    number = voucher_number(seed)
    written = "-".join((number[:6], number[6:12], number[12:])).lower()
    assert read_voucher_number(f" {written} ") == number


@given(SEEDS, st.integers(1, 17), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_a_wrong_sign_is_noticed(seed, place, sign):
    number = voucher_number(seed)
    wrong = number[:place] + sign + number[place + 1 :]
    if wrong != number:
        with pytest.raises(DomainError, match="voucher_number_invalid"):
            read_voucher_number(wrong)


@given(SEEDS, st.integers(1, 15))
def test_two_signs_that_changed_places_are_noticed(seed, place):
    number = voucher_number(seed)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        with pytest.raises(DomainError, match="voucher_number_invalid"):
            read_voucher_number(swapped)


@pytest.mark.parametrize("text", ["", "V", "2950000000001", "V" * 18, "Ü" * 18])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(DomainError, match="voucher_number_invalid"):
        read_voucher_number(text)


def test_a_printed_code_says_what_was_signed():
    token = FACTS.token(SIGNATURE)
    assert is_token(token)
    assert not is_token(FACTS.number)
    assert read_token(f" {token} ") == (FACTS, SIGNATURE)
    endless = SignedFacts(FACTS.number, VoucherClass.GIVEN, "GBP", 1, None, "c0123456789")
    assert read_token(endless.token(b"")) == (endless, b"")


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token.replace("5000", "50000.0"),
        lambda token: token.replace("5000", "05000"),
        lambda token: token.replace("20291231", "2029-12-31"),
        lambda token: token.replace("multi", "single-"),
        lambda token: token.replace("TV1", "TV2"),
        lambda token: token + "=",
        lambda token: token.rpartition(".")[0],
        lambda token: token + ".x",
    ],
)
def test_a_code_that_was_never_made_so_is_refused(change):
    with pytest.raises(DomainError, match="voucher_signature_invalid"):
        read_token(change(FACTS.token(SIGNATURE)))


def test_the_holder_is_marked_and_not_named():
    marks = {
        holder_mark("V1", "C1"),
        holder_mark("V2", "C1"),
        holder_mark("V1", "C2"),
        holder_mark("V1", group="C1"),
    }
    assert len(marks) == 4
    assert not any("C1" in mark for mark in marks)
    assert holder_mark("V1") == "-"


NUMBER = FACTS.number
FOR_ADA, FOR_VIPS, FOR_ALL = (
    SignedFacts(NUMBER, VoucherClass.MULTI, "EUR", 1_000, date(2026, 12, 31), holder)
    for holder in (
        holder_mark(NUMBER, customer="C1"),
        holder_mark(NUMBER, group="VIP"),
        holder_mark(NUMBER),
    )
)
LAST, AFTER = date(2026, 12, 31), date(2027, 1, 1)


@pytest.mark.parametrize(
    ("facts", "who", "groups"),
    [(FOR_ALL, "", ()), (FOR_ADA, "C1", ()), (FOR_VIPS, "C2", ("NEW", "VIP"))],
)
def test_a_voucher_is_redeemable_for_whom_it_is(facts, who, groups):
    check_redeemable(facts, LAST, "EUR", who, groups)


@pytest.mark.parametrize(
    ("facts", "on", "currency", "who", "code"),
    [
        (FOR_ALL, AFTER, "EUR", "", "voucher_expired"),
        (FOR_ALL, LAST, "GBP", "", "voucher_currency_differs"),
        (FOR_ADA, LAST, "EUR", "", "voucher_other_customer"),
        (FOR_ADA, LAST, "EUR", "C2", "voucher_other_customer"),
        (FOR_VIPS, LAST, "EUR", "VIP", "voucher_other_customer"),
    ],
)
def test_a_voucher_is_refused_by_what_stands_on_it(facts, on, currency, who, code):
    with pytest.raises(DomainError, match=code):
        check_redeemable(facts, on, currency, who, ("NEW",))


def test_a_voucher_without_a_last_day_ends_never():
    check_redeemable(replace(FOR_ALL, expires_on=None), date(2999, 1, 1), "EUR")
