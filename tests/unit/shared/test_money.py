"""Money: rounding, parsing, splitting."""

from decimal import Decimal

import pytest

from shared.errors import DomainError, EnvironmentProblem
from shared.money import Money, allocate, currency, parse_amount, round_half_up, times_quantity


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("2.555", 256),
        ("2.545", 255),
        ("-2.545", -255),
        ("0", 0),
        ("0.001", 0),
        ("0.005", 1),
        ("1062.99", 106299),
    ],
)
def test_a_decimal_text_becomes_minor_units_half_up(text, minor):
    assert parse_amount(text, 2) == minor


@pytest.mark.parametrize(
    "text", ["", "1,5", "1e3", "NaN", "--1", "1.2.3", "1 000", "٣", "9" * 40, "9999999999999999"]
)
def test_what_is_no_plain_number_is_refused(text):
    with pytest.raises(DomainError) as refused:
        parse_amount(text, 2)
    assert refused.value.code == "amount_invalid"


def test_yen_have_no_decimals():
    assert parse_amount("12.5", 0) == 13
    assert Money(13, "JPY").plain() == "13"


def test_amounts_show_their_decimals():
    assert [Money(m, "EUR").plain() for m in (0, 5, -5, 1234)] == ["0.00", "0.05", "-0.05", "12.34"]
    assert Money(-1, "KWD").plain() == "-0.001"


def test_currencies_never_mix():
    assert Money(1, "EUR") + Money(2, "EUR") - Money(4, "EUR") == -Money(1, "EUR")
    assert Money(1, "EUR") < Money(2, "EUR")
    assert Money(2, "EUR") <= Money(2, "EUR")
    with pytest.raises(ValueError, match="never mix"):
        Money(1, "EUR") + Money(1, "GBP")


def test_an_unknown_currency_is_refused_by_name():
    with pytest.raises(DomainError) as refused:
        currency("XXX")
    assert str(refused.value) == "currency_unknown(value=XXX)"


def test_errors_show_their_code():
    assert str(DomainError("basket_empty")) == "basket_empty"
    assert str(EnvironmentProblem("disk_full")) == "disk_full"
    assert str(EnvironmentProblem("disk_full", {"path": "x"})) == "disk_full(path=x)"


def test_halves_round_away_from_zero():
    assert [round_half_up(Decimal(v)) for v in ("0.5", "-0.5", "1.5", "2.4")] == [1, -1, 2, 2]
    assert times_quantity(199, Decimal("0.375")) == 75
    assert times_quantity(199, Decimal(3)) == 597


def test_parts_add_up_and_the_earlier_gets_the_odd_cent():
    assert allocate(100, [1, 1, 1]) == [34, 33, 33]
    assert allocate(-100, [1, 1, 1]) == [-34, -33, -33]
    assert allocate(0, [0, 0]) == [0, 0]
    with pytest.raises(ValueError, match="nothing to spread"):
        allocate(1, [0])
    with pytest.raises(ValueError, match="never negative"):
        allocate(1, [2, -1])
