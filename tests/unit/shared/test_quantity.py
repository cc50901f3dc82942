"""Quantities, GTINs and what a scan says."""

from decimal import Decimal

import pytest

from shared.errors import DomainError
from shared.quantity import (
    format_quantity,
    from_thousandths,
    is_gtin,
    normal_gtin,
    parse_quantity,
    read_scan,
    to_thousandths,
    with_check_digit,
)


def test_quantities_read_and_write():
    assert parse_quantity(" 0.375 ") == Decimal("0.375")
    assert [format_quantity(Decimal(q)) for q in ("2.500", "100", "-0.0", "1E+2")] == [
        "2.5",
        "100",
        "0",
        "100",
    ]
    assert to_thousandths(Decimal("0.375")) == 375
    assert from_thousandths(-1500) == Decimal("-1.5")
    with pytest.raises(ValueError, match="three decimals"):
        to_thousandths(Decimal("0.0001"))


@pytest.mark.parametrize("text", ["", "x", "1e5", "0.1234", "1000000.5", "1,5", "+1"])
def test_odd_quantities_are_refused(text):
    with pytest.raises(DomainError) as refused:
        parse_quantity(text)
    assert refused.value.code == "quantity_invalid"


def test_gtins():
    assert with_check_digit("400638133393") == "4006381333931"
    assert is_gtin("4006381333931")
    assert is_gtin("73513537")
    assert not is_gtin("4006381333932")
    assert not is_gtin("400638133393x")
    assert not is_gtin("123")
    assert normal_gtin("036000291452") == "0036000291452"
    assert normal_gtin("04012345678901") == "4012345678901"
    assert normal_gtin("14012345678908") == "14012345678908"
    assert normal_gtin("HOUSE-1") == "HOUSE-1"


def test_a_plain_scan_is_looked_up_in_normal_form():
    assert read_scan(" 036000291452\r\n").key == "0036000291452"
    assert read_scan("]E04006381333931").key == "4006381333931"
    assert read_scan("85123A").key == "85123A"


def test_gs1_elements_carry_weight_and_batch():
    scan = read_scan("]C10104012345678901310300037510AB")
    assert (scan.key, scan.quantity, scan.batch) == ("4012345678901", Decimal("0.375"), "AB")
    plain = read_scan("\x1d0104012345678901")
    assert (plain.key, plain.quantity, plain.batch) == ("4012345678901", None, None)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "barcode_empty"),
        ("  \r\n", "barcode_empty"),
        ("1" * 91, "barcode_too_long"),
        ("4006381333932", "barcode_damaged"),
        ("a\x07b", "barcode_damaged"),
        ("]C1", "barcode_damaged"),
        ("]C110AB", "barcode_damaged"),
        ("]C1010401234567890", "barcode_damaged"),
        ("]A0", "barcode_damaged"),
    ],
)
def test_damaged_codes_say_what_is_wrong(raw, code):
    with pytest.raises(DomainError) as refused:
        read_scan(raw)
    assert refused.value.code == code
