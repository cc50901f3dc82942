"""Whatever is scanned, swiped or typed becomes one thing; a bank's card becomes nothing."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.catalogue.scan import Scan, resolve_scan
from shared.catalogue.scan_rules import (
    DEFAULT_SCAN_RULES,
    ScanKind,
    ScanRules,
    read_scan_rules,
    scan_rules_document,
)
from shared.errors import DomainError
from shared.identity.payment_cards import (
    is_payment_card,
    mask_payment_cards,
    may_be_issuer,
    passes_luhn,
)
from shared.quantity import with_check_digit

RULES = read_scan_rules(
    {
        "rules": [
            {"kind": "customer", "prefix": "98", "length": 13, "check": "gtin"},
            {"kind": "staff", "prefix": "981", "length": 13, "check": "gtin"},
            {"kind": "gift_card", "prefix": "9870", "length": 19, "check": "luhn"},
            {"kind": "voucher", "prefix": "V-"},
            {"kind": "approval", "prefix": "AW-"},
        ],
        "labels": ["28AAAAAWWWWWK", "29AAAAACVVVVK"],
    }
)
NONE = ScanRules()
# Invented numbers of every scheme's range, with the right check digit.
CARDS = (
    "4000001234567899",
    "5100000000000016",
    "2221000000000009",
    "340000000000009",
    "30000000000004",
    "3528000000000007",
    "6304000000000000",
    "6011000000000004",
    "6200000000000005",
)


def luhn(payload):
    return next(f"{payload}{digit}" for digit in "0123456789" if passes_luhn(f"{payload}{digit}"))


@pytest.mark.parametrize(
    ("raw", "kind", "key"),
    [
        ("4006381333931", ScanKind.ARTICLE, "4006381333931"),
        ("]E04006381333931\r", ScanKind.ARTICLE, "4006381333931"),
        (with_check_digit("980000000001"), ScanKind.CUSTOMER, with_check_digit("980000000001")),
        (with_check_digit("981000000001"), ScanKind.STAFF, with_check_digit("981000000001")),
        (luhn("987000000000000001"), ScanKind.GIFT_CARD, luhn("987000000000000001")),
        ("V-2026-ABC", ScanKind.VOUCHER, "V-2026-ABC"),
        ("]Q3V-7", ScanKind.VOUCHER, "V-7"),
        ("AW-17", ScanKind.APPROVAL, "AW-17"),
        ("DE01-T1-1-42", ScanKind.RECEIPT, "DE01-T1-1-42"),
        ("SOMMER26", ScanKind.UNKNOWN, "SOMMER26"),
    ],
)
def test_each_code_is_one_thing(raw, kind, key):
    assert resolve_scan(raw, RULES) == Scan(kind, key)


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("", "barcode_empty"),
        ("1" * 91, "barcode_too_long"),
        ("4006381333932", "barcode_damaged"),
        ("9800000000019", "barcode_damaged"),
        ("9870000000000000010", "barcode_damaged"),
    ],
)
def test_what_is_damaged_is_unknown_and_says_why(raw, problem):
    found = resolve_scan(raw, RULES)
    assert (found.kind, found.problem) == (ScanKind.UNKNOWN, problem)


def test_labels_of_a_scale_carry_weight_or_price():
    weight = resolve_scan(with_check_digit("281234500375"), RULES)
    assert weight == Scan(ScanKind.ARTICLE, "12345", quantity=Decimal("0.375"))
    price = resolve_scan(with_check_digit("291234570199"), RULES)
    assert price == Scan(ScanKind.ARTICLE, "12345", price=199)


def test_without_labels_such_a_code_is_an_article():
    code = with_check_digit("281234500375")
    assert resolve_scan(code, NONE) == Scan(ScanKind.ARTICLE, code)


def test_gs1_elements_are_read():
    raw = "]C10104006381333931" + "3103001500" + "17261231" + "392219" + "99" + "\x1d" + "10AB"
    assert resolve_scan(raw, RULES) == Scan(
        ScanKind.ARTICLE,
        "4006381333931",
        quantity=Decimal("1.500"),
        price=1_999,
        batch="AB",
        expires=date(2026, 12, 31),
    )


# --- payment cards ----------------------------------------------------------------------------


@pytest.mark.parametrize("number", CARDS)
def test_payment_cards_leave_no_trace(number):
    for raw in (number, f"]Q3{number}", f";{number}=26121010000000?", f"%B{number}^X/Y^2612?"):
        assert resolve_scan(raw, RULES) == Scan(ScanKind.PAYMENT_CARD)
    assert resolve_scan(number, RULES, card=True) == Scan(ScanKind.PAYMENT_CARD)


@pytest.mark.parametrize("number", CARDS)
def test_a_wrong_check_digit_is_no_payment_card(number):
    assert not is_payment_card(number[:-1] + str((int(number[-1]) + 1) % 10))


def test_groups_of_digits_are_seen_through():
    assert is_payment_card("4000 0012 3456 7899")
    assert not is_payment_card("")
    assert not is_payment_card("40x0001234567899")


def test_a_barcode_is_no_payment_card_even_where_its_digits_could_be_one():
    both = next(
        code
        for n in range(1_000)
        if is_payment_card(code := with_check_digit(f"50{n:010d}"))
        or is_payment_card(code := with_check_digit(f"3000000000{n:03d}"))
    )
    assert resolve_scan(both, NONE).kind is ScanKind.ARTICLE
    assert resolve_scan(both, NONE, card=True).kind is ScanKind.PAYMENT_CARD


def test_the_chains_own_stripe_is_read():
    number = luhn("987000000000000001")
    assert resolve_scan(f";{number}=?", RULES) == Scan(ScanKind.GIFT_CARD, number)
    assert resolve_scan(number, RULES, card=True) == Scan(ScanKind.GIFT_CARD, number)


@given(st.one_of(st.text(max_size=100), st.from_regex(r"\A[%;][B]?[0-9]{4,20}[=^]?[0-9]*\??\Z")))
@example("]C1" + "0" * 30)
@example("²²²²")
def test_no_text_breaks_the_resolver(raw):
    found = resolve_scan(raw, RULES)
    assert found.kind in ScanKind
    assert not is_payment_card(found.key) or found.kind is ScanKind.ARTICLE


@given(st.sampled_from(CARDS), st.text(alphabet="0123456789", max_size=12))
def test_no_digit_of_a_payment_card_comes_out(number, further):
    assert resolve_scan(f";{number}={further}?", RULES) == Scan(ScanKind.PAYMENT_CARD)


# --- the chain's rules ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "document",
    [
        {"rules": "x"},
        {"rules": [3]},
        {"rules": [{"kind": "payment_card", "prefix": "98"}]},
        {"rules": [{"kind": "customer"}]},
        {"rules": [{"kind": "customer", "prefix": ""}]},
        {"rules": [{"kind": "customer", "prefix": "98", "length": 2}]},
        {"rules": [{"kind": "customer", "prefix": "98", "length": True}]},
        {"rules": [{"kind": "customer", "prefix": "98", "check": "crc"}]},
        {"rules": [{"kind": "customer", "prefix": "98"}, {"kind": "staff", "prefix": "98"}]},
        {"rules": [{"kind": "gift_card", "prefix": "4"}]},
        {"rules": [{"kind": "gift_card", "prefix": "6"}]},
        {"labels": ["28AAAAAWWWWW"]},
        {"labels": ["30AAAAAWWWWWK"]},
        {"labels": ["28XXXXXWWWWWK"]},
        {"labels": [None]},
    ],
)
def test_rules_that_are_none_are_refused(document):
    with pytest.raises(DomainError) as refused:
        read_scan_rules(document)
    assert refused.value.code == "scan_rule_invalid"


def test_prefixes_of_issuers():
    assert all(may_be_issuer(prefix) for prefix in ("4", "40000", "5", "22", "2221", "35", "304"))
    assert not any(may_be_issuer(prefix) for prefix in ("98", "29", "2800", "V-", "1", "2999"))


def test_numbers_of_payment_cards_are_made_unreadable_in_any_text():
    card = CARDS[0]
    said = (
        f"card {card}, article 4006381333931, card {card[:4]} {card[4:8]} {card[8:12]} {card[12:]}"
    )
    hidden = mask_payment_cards(said)
    assert card not in hidden
    assert card[12:] not in hidden
    assert "4006381333931" in hidden


def test_a_rule_that_says_the_same_twice_is_refused():
    twice = {"kind": "customer", "prefix": "98", "length": 13}
    with pytest.raises(DomainError, match="scan_rule_invalid"):
        read_scan_rules({"rules": [twice, {**twice, "kind": "staff"}]})


def test_the_rules_that_hold_by_themselves_come_back_from_their_document():
    assert read_scan_rules(scan_rules_document(DEFAULT_SCAN_RULES)) == DEFAULT_SCAN_RULES


def test_a_stripe_that_a_keyboard_garbled_is_still_a_banks_card():
    assert resolve_scan(f"ö{CARDS[0]}´2612", RULES) == Scan(ScanKind.PAYMENT_CARD)
    assert resolve_scan(f"12 {CARDS[0]}´2612", RULES) == Scan(ScanKind.PAYMENT_CARD)


@pytest.mark.parametrize(
    "track",
    [
        pytest.param("%b{}^example/eva ^2612101?", id="locked to small letters"),
        pytest.param("!B{}&EXAMPLE-EVA &2612101_", id="German keys"),
    ],
)
def test_track_1_that_a_keyboard_garbled_is_still_a_banks_card(track):
    number = CARDS[0]
    grouped = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    for written in (number, grouped):
        found = resolve_scan(track.format(written), RULES)
        assert (found.kind, found.code) == (ScanKind.PAYMENT_CARD, "")


@pytest.mark.parametrize("number", ["2950000000424479"])
def test_without_rules_of_its_own_a_chains_gift_card_is_known_by_its_length(number):
    assert resolve_scan(number, NONE).kind is ScanKind.GIFT_CARD
