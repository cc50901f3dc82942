"""Periods that figures are kept for: day, week (Monday first), month and year, each named by its first day."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

_DAY = timedelta(days=1)
_DAYS_OF_WEEK = 7
# The same weekday a year before.
_WEEKS_OF_YEAR = timedelta(days=364)


class Grain(StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A day, week, month or year; `first` is its first day."""

    grain: Grain
    first: date

    @property
    def last(self) -> date:
        """Its last day."""
        if self.grain is Grain.DAY:
            return self.first
        if self.grain is Grain.WEEK:
            return self.first + min((_DAYS_OF_WEEK - 1) * _DAY, date.max - self.first)
        if self.grain is Grain.MONTH:
            return self.first.replace(day=monthrange(self.first.year, self.first.month)[1])
        return date(self.first.year, 12, 31)

    def next(self) -> Period:
        """The one after; the last there can be is followed by itself."""
        return period_of(self.grain, self.last + _DAY) if self.last < date.max else self

    def previous(self) -> Period:
        """The one before; the first there can be is preceded by itself."""
        return period_of(self.grain, self.first - _DAY) if self.first > date.min else self

    def year_before(self) -> Period:
        """What it is compared with: the same month or year, of a day or week the one 52 weeks before."""
        if self.grain in (Grain.DAY, Grain.WEEK):
            return Period(self.grain, self.first - min(_WEEKS_OF_YEAR, self.first - date.min))
        return Period(self.grain, self.first.replace(year=max(date.min.year, self.first.year - 1)))

    def parts(self) -> tuple[Period, ...]:
        """What it is made of: a year of months, a month or week of days, a day of itself."""
        grain = Grain.MONTH if self.grain is Grain.YEAR else Grain.DAY
        parts = [period_of(grain, self.first)]
        while parts[-1].last < self.last:
            parts.append(parts[-1].next())
        return tuple(parts)


def period_of(grain: Grain, day: date) -> Period:
    """The period of this length that a day lies in."""
    if grain is Grain.WEEK:
        return Period(grain, day - min(day.weekday(), (day - date.min).days) * _DAY)
    if grain is Grain.MONTH:
        return Period(grain, day.replace(day=1))
    if grain is Grain.YEAR:
        return Period(grain, day.replace(month=1, day=1))
    return Period(grain, day)


def periods_of(day: date) -> tuple[Period, ...]:
    """Every period that a day lies in."""
    return tuple(period_of(grain, day) for grain in Grain)


def spans(first: date, last: date) -> Iterator[Period]:
    """Whole months, and single days before and after them, that together are `first` to `last`."""
    day = first
    while day <= last:
        month = period_of(Grain.MONTH, day)
        found = month if month.first == day and month.last <= last else period_of(Grain.DAY, day)
        yield found
        if found.last == date.max:
            return
        day = found.last + _DAY


def elapsed(period: Period, today: date) -> tuple[Period, ...]:
    """The part of what `period` is compared with that is as old as `period` is `today`: all of it once it is over."""
    before = period.year_before()
    if not period.first <= today < period.last:
        return (before,)
    return tuple(spans(before.first, min(before.last, before.first + (today - period.first))))
