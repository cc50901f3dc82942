"""Gift cards: numbers, states, validity."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import DomainError
from shared.quantity.gtin import looks_like_gtin
from shared.vouchers import CardAction, CardState, NumberRange, after, read_number, valid_until

RANGE = NumberRange("2950", 8, 6)
numbers = st.builds(RANGE.number, st.integers(0, RANGE.size - 1), st.integers(0, 2**64))


def test_a_number_known_to_be_sound_is_read():
    assert read_number("4111 1111 1111 1111") == "4111111111111111"


@given(numbers)
def test_a_number_is_read_back_and_is_no_gtin(number):
    assert len(number) == RANGE.length == 19
    assert number.startswith("2950")
    assert not looks_like_gtin(number)
    assert read_number(f" {number[:4]} {number[4:8]}-{number[8:]} ") == number


@given(numbers, st.integers(0, 18), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(number, place, off):
    wrong = number[:place] + str((int(number[place]) + off) % 10) + number[place + 1 :]
    with pytest.raises(DomainError, match="giftcard_number_invalid"):
        read_number(wrong)


@given(numbers, st.integers(0, 17))
def test_two_swapped_digits_are_noticed(number, place):
    a, b = number[place], number[place + 1]
    if a == b or {a, b} == {"0", "9"}:
        return
    with pytest.raises(DomainError):
        read_number(number[:place] + b + a + number[place + 2 :])


@pytest.mark.parametrize("text", ["", "123", "²" * 16, "4" * 20, "2950-x", "29500000001234567"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(DomainError, match="giftcard_number_invalid"):
        read_number(text)


def test_two_cards_never_share_a_number():
    assert RANGE.number(1, 5) != RANGE.number(2, 5)
    assert RANGE.number(1, 5)[:12] == "295000000001"


@pytest.mark.parametrize("serial", [-1, 10**8])
def test_a_range_ends(serial):
    with pytest.raises(DomainError, match="giftcard_range_full"):
        RANGE.number(serial, 0)


@pytest.mark.parametrize(
    "parts", [("2950", 8, 7), ("29", 4, 4), ("2950", 11, 3), ("2950", 0, 14), ("2A50", 8, 6)]
)
def test_a_range_that_makes_no_cards_is_refused(parts):
    with pytest.raises(DomainError, match="giftcard_range_invalid"):
        NumberRange(*parts)


LIFE = [
    (CardAction.SELL, CardState.ACTIVE),
    (CardAction.TOP_UP, CardState.ACTIVE),
    (CardAction.REDEEM, CardState.ACTIVE),
    (CardAction.REFUND, CardState.ACTIVE),
    (CardAction.BLOCK, CardState.BLOCKED),
    (CardAction.UNBLOCK, CardState.ACTIVE),
    (CardAction.REPLACE, CardState.REPLACED),
]


def test_a_card_is_sold_used_blocked_and_replaced():
    state = CardState.PRINTED
    for action, expected in LIFE:
        state = after(state, action)
        assert state is expected


@pytest.mark.parametrize(
    ("state", "action", "code"),
    [
        (CardState.PRINTED, CardAction.REDEEM, "giftcard_not_sold"),
        (CardState.PRINTED, CardAction.BLOCK, "giftcard_not_sold"),
        (CardState.ACTIVE, CardAction.SELL, "giftcard_active"),
        (CardState.ACTIVE, CardAction.UNBLOCK, "giftcard_active"),
        (CardState.BLOCKED, CardAction.REDEEM, "giftcard_blocked"),
        (CardState.BLOCKED, CardAction.REFUND, "giftcard_blocked"),
    ],
)
def test_what_cannot_be_done_says_why(state, action, code):
    with pytest.raises(DomainError) as refused:
        after(state, action)
    assert refused.value.code == code


@pytest.mark.parametrize("action", CardAction)
@pytest.mark.parametrize("state", [CardState.REPLACED, CardState.EXPIRED])
def test_nothing_brings_an_ended_card_back(state, action):
    with pytest.raises(DomainError, match=f"giftcard_{state}"):
        after(state, action)


@pytest.mark.parametrize(
    ("country", "sold", "until"),
    [
        ("DE", date(2026, 1, 1), date(2029, 12, 31)),
        ("DE", date(2026, 12, 31), date(2029, 12, 31)),
        ("AT", date(2026, 11, 25), date(2056, 11, 25)),
        ("AT", date(2028, 2, 29), date(2058, 3, 1)),
        ("GB", date(2026, 11, 25), None),
    ],
)
def test_validity_by_country(country, sold, until):
    assert valid_until(country, sold) == until
