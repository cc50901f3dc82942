"""Periods of figures: they cover every day once, and know what they are compared with."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from central_server.features.reporting.periods import (
    Grain,
    Period,
    elapsed,
    period_of,
    periods_of,
    spans,
)

DAYS = st.dates(date(1999, 1, 1), date(2101, 12, 31))
GRAINS = st.sampled_from(Grain)


@given(GRAINS, DAYS)
def test_a_period_holds_its_day_and_borders_on_its_neighbours(grain, day):
    period = period_of(grain, day)
    assert period.first <= day <= period.last
    assert period.next().first == period.last + timedelta(days=1)
    assert period.next().previous() == period
    assert period in periods_of(day)


@given(GRAINS, DAYS)
def test_its_parts_cover_it(grain, day):
    period = period_of(grain, day)
    parts = period.parts()
    assert (parts[0].first, parts[-1].last) == (period.first, period.last)
    for one, following in pairwise(parts):
        assert following.first == one.last + timedelta(days=1)


@given(DAYS, st.integers(0, 900))
def test_spans_cover_every_day_once(first, length):
    last = first + timedelta(days=length)
    day = first
    for span in spans(first, last):
        assert span.first == day
        day = span.last + timedelta(days=1)
    assert day == last + timedelta(days=1)


def test_days_and_weeks_are_compared_by_weekday_months_and_years_by_name():
    assert period_of(Grain.DAY, date(2026, 11, 28)).year_before().first == date(2025, 11, 29)
    assert period_of(Grain.WEEK, date(2026, 11, 28)).year_before().first == date(2025, 11, 24)
    assert period_of(Grain.MONTH, date(2024, 2, 29)).year_before().last == date(2023, 2, 28)
    assert period_of(Grain.YEAR, date(2024, 2, 29)).year_before().first == date(2023, 1, 1)


def test_a_running_period_is_compared_with_as_much_of_the_other():
    november = period_of(Grain.MONTH, date(2026, 11, 3))
    assert elapsed(november, date(2026, 11, 2)) == (
        Period(Grain.DAY, date(2025, 11, 1)),
        Period(Grain.DAY, date(2025, 11, 2)),
    )
    assert elapsed(november, date(2026, 12, 1)) == (Period(Grain.MONTH, date(2025, 11, 1)),)
    year = period_of(Grain.YEAR, date(2026, 11, 3))
    assert elapsed(year, date(2026, 2, 1)) == (
        Period(Grain.MONTH, date(2025, 1, 1)),
        Period(Grain.DAY, date(2025, 2, 1)),
    )


def test_the_ends_of_the_calendar_are_no_trap():
    assert period_of(Grain.DAY, date.max).next().first == date.max
    assert period_of(Grain.WEEK, date.min).first == date.min
    assert period_of(Grain.YEAR, date.min).previous().first == date.min
