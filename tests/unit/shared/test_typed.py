"""Numbers as people type them: one meaning, or none."""

import pytest

from shared.errors import DomainError
from shared.quantity import decimal_sign, read_typed

NO_BREAK, NARROW, MINUS = "\u00a0", "\u202f", "\u2212"


@pytest.mark.parametrize(
    ("typed", "language", "places", "plain"),
    [
        ("3", "de", 3, "3"),
        (" 3 ", "de", 3, "3"),
        ("0,5", "de", 3, "0.5"),
        (",5", "de", 3, "0.5"),
        ("1.250,00", "de", 2, "1250.00"),
        ("1.250.000,5", "de", 3, "1250000.5"),
        ("1.250.000", "de", 3, "1250000"),
        ("1,250", "de", 3, "1.250"),
        ("1.250", "de", 2, "1250"),
        ("1.250", "en", 3, "1.250"),
        ("1,250", "en", 2, "1250"),
        ("1,250.50", "en", 2, "1250.50"),
        # The other language's form, where it can mean nothing else.
        ("0.5", "de", 3, "0.5"),
        ("0.500", "de", 3, "0.500"),
        ("12.50", "de", 2, "12.50"),
        ("1,250.50", "de", 2, "1250.50"),
        ("0,5", "en-GB", 2, "0.5"),
        (f"1{NO_BREAK}250,50", "de-AT", 2, "1250.50"),
        (f"1{NARROW}250", "de", 3, "1250"),
        (f"{MINUS}8,00", "de", 2, "-8.00"),
        ("-8", "de", 2, "-8"),
    ],
)
def test_one_meaning_gives_the_plain_number(typed, language, places, plain):
    assert read_typed(typed, language, places) == plain


@pytest.mark.parametrize(
    ("typed", "language", "places"),
    [("1.250", "de", 3), ("1,250", "en", 3), ("1,250", "de", 2), ("1.250", "en", 2)],
)
def test_two_meanings_are_refused(typed, language, places):
    with pytest.raises(DomainError) as caught:
        read_typed(typed, language, places)
    assert (caught.value.code, caught.value.params) == ("number_ambiguous", {"value": typed})


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        ".",
        "5,",
        "1e3",
        "1.2.3",
        "1,2,3",
        "12.34,5",
        "0.123.456",
        "1234.567,8",
        "٣",
        "drei",
    ],
)
def test_what_is_no_number_comes_back_for_the_reader_to_refuse(typed):
    assert read_typed(typed, "de", 2) == typed


def test_german_has_a_comma_and_others_a_point():
    assert [decimal_sign(tag) for tag in ("de", "de-AT", "en", "en-GB")] == [",", ",", ".", "."]
