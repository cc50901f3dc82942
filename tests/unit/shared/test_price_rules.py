"""Rules that change many prices, and what may be called a reduction (PAngV section 11)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import DomainError
from shared.pricing import (
    PriceEntry,
    PriceRule,
    PriceStep,
    advertised_reduction,
    nearest_ending,
)

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def entry(amount):
    return PriceEntry("X-1", "chain", amount, "EUR", NOW)


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        (PriceRule(PriceStep.PERCENT, -2000), 5995, 4796),
        (PriceRule(PriceStep.PERCENT, -2000, 95), 5995, 4795),
        (PriceRule(PriceStep.PERCENT, 333), 1000, 1033),
        (PriceRule(PriceStep.PERCENT, -5000), 1, 1),  # half a cent is rounded up
        (PriceRule(PriceStep.AMOUNT, -500), 5995, 5495),
        (PriceRule(PriceStep.AMOUNT, 250, 99), 1000, 1299),
        (PriceRule(PriceStep.EXACTLY, 1999), None, 1999),
        (PriceRule(PriceStep.EXACTLY, 1999), 5, 1999),
    ],
)
def test_a_rule_makes_the_new_price_of_the_old_one(rule, before, after):
    assert rule.price(before) == after


def test_a_rule_needs_something_to_start_from_and_stays_above_zero():
    with pytest.raises(DomainError, match="price_before_missing"):
        PriceRule(PriceStep.PERCENT, -1000).price(None)
    with pytest.raises(DomainError, match="price_below_zero"):
        PriceRule(PriceStep.AMOUNT, -501).price(500)


@given(st.integers(0, 10**9), st.integers(0, 99))
def test_the_nearest_ending_is_never_more_than_half_a_unit_away_but_at_the_bottom(amount, ending):
    found = nearest_ending(amount, ending)
    assert found % 100 == ending
    assert found >= 0
    assert abs(found - amount) <= 50 or found == ending


def test_an_ending_has_two_digits():
    with pytest.raises(ValueError):
        nearest_ending(100, 100)


@given(st.integers(0, 10**7), st.integers(1, 10**7))
def test_a_reduction_is_measured_against_the_lowest_and_never_says_too_much(amount, lowest):
    if amount >= lowest:
        with pytest.raises(DomainError, match="reduction_not_real"):
            advertised_reduction(amount, entry(lowest))
        return
    said = advertised_reduction(amount, entry(lowest))
    assert said.reference == lowest
    assert amount * 100 <= lowest * (100 - said.percent)
    assert amount * 100 > lowest * (100 - said.percent - 1)


def test_without_a_price_in_thirty_days_nothing_is_reduced():
    with pytest.raises(DomainError, match="reduction_without_reference"):
        advertised_reduction(1, None)
