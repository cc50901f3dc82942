"""Plans: what a store is meant to sell in a month, and what that makes for a day, a week or a year.

The plan of a month is spread over its days as the same weekdays of the year before sold; evenly where nothing was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from central_server.features.reporting import cell_repository, plan_repository
from central_server.features.reporting.periods import Grain, Period, period_of
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError
from shared.money import allocate

_MOST_AMOUNT = 10**15
YEAR_BEFORE = timedelta(days=364)


@dataclass(frozen=True, slots=True)
class PlanShare:
    """The plan of a period in minor units, and as much of it as should be reached by the end of today."""

    whole: int
    so_far: int


def plans_of_year(
    unit: ReadUnit, year: int, store_ids: Sequence[str]
) -> dict[tuple[str, int], int]:
    """The plans of a year by store and month (1 to 12)."""
    found = plan_repository.plans(unit, date(year, 1, 1), date(year, 12, 1), store_ids)
    return {(store_id, month.month): amount for (store_id, month), amount in found.items()}


def set_plan(
    unit: UnitOfWork, store_id: str, month: date, amount: int | None, by: str, at: datetime
) -> int | None:
    """Set the plan of a month, or take it away with None; what it was.

    `DomainError('plan_invalid')`, 400, for an amount below zero or beyond reason.
    """
    if amount is not None and not 0 <= amount < _MOST_AMOUNT:
        raise DomainError("plan_invalid", {"most": _MOST_AMOUNT // 100}, http_status=400)
    first = period_of(Grain.MONTH, month).first
    before = plan_repository.plans(unit, first, first, [store_id]).get((store_id, first))
    plan_repository.set_plan(unit, (store_id, first), amount, by, at)
    return before


def plans_of(
    unit: ReadUnit, period: Period, store_ids: Sequence[str], currency: str, today: date
) -> dict[str, PlanShare]:
    """The plan of each of these stores (all of one currency) for a period; those without one are missing."""
    first = period_of(Grain.MONTH, period.first).first
    known = plan_repository.plans(unit, first, period.last, store_ids)
    found: dict[str, PlanShare] = {}
    for month in sorted({month for _, month in known}):
        span = period_of(Grain.MONTH, month)
        begin, end = max(span.first, period.first), min(span.last, period.last)
        of_month = {store: amount for (store, at), amount in known.items() if at == month}
        if (begin, end) == (span.first, span.last) and not begin <= today < end:
            shares = {
                store: PlanShare(amount, amount if end <= today else 0)
                for store, amount in of_month.items()
            }
        else:
            by_day = _by_day(unit, span, of_month, currency)
            shares = {
                store: PlanShare(_between(days, begin, end), _between(days, begin, min(end, today)))
                for store, days in by_day.items()
            }
        for store, share in shares.items():
            old = found.get(store, PlanShare(0, 0))
            found[store] = PlanShare(old.whole + share.whole, old.so_far + share.so_far)
    return found


def _by_day(
    unit: ReadUnit, month: Period, plans: Mapping[str, int], currency: str
) -> dict[str, dict[date, int]]:
    days = [part.first for part in month.parts()]
    before = [day - YEAR_BEFORE for day in days]
    sold = cell_repository.gross_by_store_and_day(unit.connection, before, sorted(plans), currency)
    found = {}
    for store, amount in plans.items():
        weights = [max(0, sold.get((store, day), 0)) for day in before]
        if not any(weights):
            weights = [1] * len(days)
        found[store] = dict(zip(days, allocate(amount, weights), strict=True))
    return found


def _between(days: Mapping[date, int], first: date, last: date) -> int:
    return sum(amount for day, amount in days.items() if first <= day <= last)
