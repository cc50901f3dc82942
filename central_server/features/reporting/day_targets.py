"""What a day is measured by: the plan of each store, spread over the hours, and the same weekday of the year before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from central_server.features.reporting import repository
from central_server.features.reporting.periods import Grain, Period
from central_server.features.reporting.plans import YEAR_BEFORE, plans_of
from central_server.platform.unit_of_work import ReadUnit
from shared.money import allocate

_WEEKS_BEFORE = timedelta(days=28)
_OPENING_HOURS = range(9, 19)
Hours = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class DayTargets:
    """All in minor units: `plans` of the stores that have one, `hours` the plan of all of them together by currency.

    `before` is what was sold on the same weekday a year before: by currency and hour, and by store.
    """

    plans: Mapping[str, int]
    hours: Mapping[str, Hours]
    before: Mapping[str, Hours]
    before_stores: Mapping[str, int]

    def share_due(
        self, code: str, hour: int, minute: int, place: Callable[[int], int] = int
    ) -> int | None:
        """How many hundredths of the plan in this currency should be reached at that time; None without one. `place`:
        where in the trading day an hour of the clock comes, which does not begin everywhere at midnight.
        """
        hours = self.hours.get(code, {})
        whole = sum(hours.values())
        if whole == 0:
            return None
        due = 60 * sum(amount for at, amount in hours.items() if place(at) < place(hour))
        due += minute * hours.get(hour, 0)
        return due * 100 // (60 * whole)


def day_targets(unit: ReadUnit, day: date, places: Mapping[str, Sequence[str]]) -> DayTargets:
    """The targets of a day; `places` are the stores by their currency.

    The plan of a day is spread over its hours as these stores sold on the same weekday of the year before; as in the
    four weeks before where they sold nothing then; evenly over the opening hours where there is neither.
    """
    plans: dict[str, int] = {}
    hours: dict[str, Hours] = {}
    before: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    before_stores: dict[str, int] = defaultdict(int)
    of_stores: dict[str, dict[int, int]] = defaultdict(dict)
    old = day - YEAR_BEFORE
    everywhere = [store for stores in places.values() for store in stores]
    for row in repository.sales_by(unit.connection, old, old, everywhere, ("store_id", "hour")):
        if row["store_id"] in places.get(row["currency"], ()):
            before[row["currency"]][row["hour"]] += row["gross"]
            before_stores[row["store_id"]] += row["gross"]
            of_stores[row["store_id"]][row["hour"]] = row["gross"]
    for code, stores in places.items():
        found = plans_of(unit, Period(Grain.DAY, day), stores, code, day)
        own = {store: share.whole for store, share in found.items() if share.whole}
        plans |= own
        if own:
            sold: dict[int, int] = defaultdict(int)
            for store in own:
                for hour, gross in of_stores[store].items():
                    sold[hour] += gross
            weights = _weights(sold) or _weights(_lately(unit, day, sorted(own), code))
            hours[code] = _spread(sum(own.values()), weights or dict.fromkeys(_OPENING_HOURS, 1))
    return DayTargets(plans, hours, before, before_stores)


def _lately(unit: ReadUnit, day: date, stores: Sequence[str], code: str) -> dict[int, int]:
    first, last = day - _WEEKS_BEFORE, day - timedelta(days=1)
    rows = repository.sales_by(unit.connection, first, last, stores, ("hour",))
    return {row["hour"]: row["gross"] for row in rows if row["currency"] == code}


def _weights(sold: Mapping[int, int]) -> dict[int, int]:
    return {hour: gross for hour, gross in sorted(sold.items()) if gross > 0}


def _spread(amount: int, weights: Mapping[int, int]) -> Hours:
    return dict(zip(weights, allocate(amount, list(weights.values())), strict=True))
