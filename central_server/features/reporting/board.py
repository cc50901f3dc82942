"""Figures of a period by one dimension, beside the year before and the plan: out of cells, never out of receipts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from central_server.features.reporting import cell_repository
from central_server.features.reporting.periods import Grain, Period, elapsed
from central_server.features.reporting.plans import PlanShare, plans_of
from central_server.features.reporting.tables import CHAIN
from central_server.features.staff.service import LEAST_TEAM, large_teams
from central_server.features.stores.service import list_stores
from central_server.platform.unit_of_work import ReadUnit
from shared.errors import DomainError

Sums = dict[str, int]
_SALES = "sales"
PAGE = 50
_MOST_PAGE = 10_000


class By(StrEnum):
    """What figures are asked for by."""

    TIME = "time"
    STORE = "store"
    CATEGORY = "category"
    ARTICLE = "article"
    PROMOTION = "promotion"
    TEAM = "team"
    HOUR = "hour"
    TENDER = "tender"
    VAT = "vat"


class Order(StrEnum):
    """What the largest rows are the first by."""

    GROSS = "gross"
    PIECES = "quantity_thousandths"
    RECEIPTS = "receipts"
    DISCOUNT = "discount"


# Dimensions of which one key can be looked at over time and by store.
KEYED = frozenset((By.CATEGORY, By.ARTICLE, By.PROMOTION, By.TEAM, By.TENDER, By.VAT))


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: period, dimension, stores, currency (empty: the first there is), and one key of a dimension."""

    period: Period
    by: By
    store_ids: tuple[str, ...]
    is_chain: bool
    today: date
    currency: str = ""
    of: By | None = None
    key: str = ""
    order: Order = Order.GROSS
    skipped: int = 0
    limit: int = PAGE

    @property
    def places(self) -> tuple[str, ...]:
        """The stores whose cells are added up; of the whole chain there is one cell."""
        return (CHAIN,) if self.is_chain else self.store_ids

    @property
    def dimension(self) -> str:
        """Where total and course come from."""
        return self.of.value if self.of is not None else _SALES

    @property
    def keys(self) -> tuple[str, ...] | None:
        """The one key that is looked at, if any."""
        return (self.key,) if self.of is not None else None


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One row: its key (a store, a key of the dimension, the ISO first day of a part), now and a year before."""

    key: str
    now: Sums
    before: Sums
    plan: PlanShare | None = None
    part: Period | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """The answer. `compared` is what the year before consists of: less than a whole period while this one runs."""

    question: Question
    currencies: tuple[str, ...]
    currency: str
    total: Sums
    before: Sums
    compared: tuple[Period, ...]
    plan: PlanShare | None
    course: tuple[BoardRow, ...] = ()
    rows: tuple[BoardRow, ...] = ()
    has_more: bool = False
    hidden_teams: bool = False


def no_sums() -> Sums:
    """Sums of nothing."""
    return dict.fromkeys(cell_repository.MEASURES, 0)


def ask(unit: ReadUnit, question: Question, preferred: str) -> Board:
    """The figures that `question` asks for; `preferred` is the currency if it names none that there is.

    `DomainError('team_too_small')`, 404, for one team whose figures would be figures about persons.
    """
    check_team(unit, question)
    compared = elapsed(question.period, question.today)
    known = cell_repository.currencies(
        unit.connection, (question.period, *compared), question.places
    )
    currency = next((c for c in (question.currency, preferred, *known) if c in known), preferred)
    desk = _Desk(unit, question, compared, currency)
    total, before = desk.totals()
    course = desk.course()
    plans = desk.plans()
    rows, has_more = desk.rows(course, plans)
    shown, hidden = desk.without_small_teams(rows)
    return Board(
        question=question,
        currencies=tuple(known),
        currency=currency,
        total=total,
        before=before,
        compared=compared,
        plan=_added(plans.values()) if plans else None,
        course=course,
        rows=shown,
        has_more=has_more,
        hidden_teams=hidden,
    )


def check_team(unit: ReadUnit, question: Question) -> None:
    """`DomainError('team_too_small')`, 404, for one team whose figures would be figures about persons."""
    if question.of is By.TEAM and question.key not in large_teams(unit):
        raise DomainError("team_too_small", {"least": LEAST_TEAM}, http_status=404)


def daily(unit: ReadUnit, question: Question, currency: str) -> list[tuple[date, int, int]]:
    """Every day of the period with its gross sales and those of the same weekday a year before, up to today."""
    first, last = question.period.first, min(question.period.last, question.today)
    days = [
        Period(Grain.DAY, date.fromordinal(n))
        for n in range(first.toordinal(), last.toordinal() + 1)
    ]
    before = [day.year_before() for day in days]
    found = cell_repository.sums_by(
        unit.connection,
        question.dimension,
        "period",
        (sorted({*days, *before}), question.places, currency),
        keys=question.keys,
    )
    return [
        (
            day.first,
            found.get(day.first, no_sums())["gross"],
            found.get(old.first, no_sums())["gross"],
        )
        for day, old in zip(days, before, strict=True)
    ]


def _added(shares: Iterable[PlanShare]) -> PlanShare:
    found = list(shares)
    return PlanShare(sum(each.whole for each in found), sum(each.so_far for each in found))


class _Desk:
    """One question while it is answered."""

    def __init__(
        self, unit: ReadUnit, question: Question, compared: tuple[Period, ...], currency: str
    ) -> None:
        self._unit = unit
        self._asked = question
        self._compared = compared
        self._currency = currency

    def totals(self) -> tuple[Sums, Sums]:
        """The period, and what it is compared with."""
        key = self._asked.key if self._asked.of is not None else ""
        now, before = (
            self._sums(self._asked.dimension, "key", periods, self._asked.places, self._asked.keys)
            for periods in ((self._asked.period,), self._compared)
        )
        return now.get(key, no_sums()), before.get(key, no_sums())

    def course(self) -> tuple[BoardRow, ...]:
        """The parts of the period in turn; of a day its hours, of all sales only."""
        asked = self._asked
        if asked.period.grain is Grain.DAY:
            return self._hours() if asked.of is None else ()
        parts = asked.period.parts()
        olds = {part: elapsed(part, asked.today) for part in parts}
        whole = [old[0] for old in olds.values() if len(old) == 1]
        now = self._sums(asked.dimension, "period", parts, asked.places, asked.keys)
        before = self._sums(asked.dimension, "period", whole, asked.places, asked.keys)
        rows = []
        for part, old in olds.items():
            if len(old) == 1:
                sums = before.get(old[0].first, no_sums())
            else:
                key = asked.key if asked.of is not None else ""
                found = self._sums(asked.dimension, "key", old, asked.places, asked.keys)
                sums = found.get(key, no_sums())
            rows.append(
                BoardRow(part.first.isoformat(), now.get(part.first, no_sums()), sums, part=part)
            )
        return tuple(rows)

    def plans(self) -> dict[str, PlanShare]:
        """The plan of each store, where the question is about all sales."""
        asked = self._asked
        if asked.of is not None:
            return {}
        stores = [
            store.store_id
            for store in list_stores(self._unit, frozenset(asked.store_ids))
            if store.currency == self._currency
        ]
        return plans_of(self._unit, asked.period, stores, self._currency, asked.today)

    def rows(
        self, course: tuple[BoardRow, ...], plans: dict[str, PlanShare]
    ) -> tuple[tuple[BoardRow, ...], bool]:
        """The rows of the table, and whether there are more."""
        asked = self._asked
        if asked.by is By.TIME:
            return tuple(
                row for row in course if row.now != no_sums() or row.before["gross"]
            ), False
        if asked.by is By.STORE:
            return self._stores(plans), False
        if asked.by is By.HOUR:
            hours = self._hours()
            return tuple(row for row in hours if row.now != no_sums() or row.before["gross"]), False
        return self._ranked()

    def without_small_teams(self, rows: tuple[BoardRow, ...]) -> tuple[tuple[BoardRow, ...], bool]:
        """Figures of a team of one or two would be figures about persons: they are left out."""
        if self._asked.by is not By.TEAM:
            return rows, False
        large = large_teams(self._unit)
        shown = tuple(row for row in rows if row.key in large)
        return shown, len(shown) < len(rows)

    def _stores(self, plans: dict[str, PlanShare]) -> tuple[BoardRow, ...]:
        asked = self._asked
        now, before = (
            self._sums(asked.dimension, "store_id", periods, asked.store_ids, asked.keys)
            for periods in ((asked.period,), self._compared)
        )
        names = sorted({*now, *before, *plans})
        rows = [
            BoardRow(name, now.get(name, no_sums()), before.get(name, no_sums()), plans.get(name))
            for name in names
        ]
        return tuple(sorted(rows, key=lambda row: (-row.now[asked.order.value], row.key)))

    def _hours(self) -> tuple[BoardRow, ...]:
        asked = self._asked
        now, before = (
            self._sums(By.HOUR.value, "key", periods, asked.places, None)
            for periods in ((asked.period,), self._compared)
        )
        hours = sorted({*now, *before}, key=int)
        return tuple(
            BoardRow(key, now.get(key, no_sums()), before.get(key, no_sums())) for key in hours
        )

    def _ranked(self) -> tuple[tuple[BoardRow, ...], bool]:
        asked = self._asked
        limit = min(asked.limit, _MOST_PAGE)
        found = cell_repository.ranked(
            self._unit.connection,
            asked.by.value,
            (asked.period, asked.places, self._currency),
            asked.order.value,
            (asked.skipped, limit + 1),
        )
        shown = found[:limit]
        before = self._sums(
            asked.by.value, "key", self._compared, asked.places, [key for key, _ in shown]
        )
        rows = [BoardRow(key, now, before.get(key, no_sums())) for key, now in shown]
        return tuple(rows), len(found) > limit

    def _sums(
        self,
        dimension: str,
        by: str,
        periods: Sequence[Period],
        places: Sequence[str],
        keys: Sequence[str] | None,
    ) -> dict[Any, Sums]:
        place = (periods, places, self._currency)
        return cell_repository.sums_by(self._unit.connection, dimension, by, place, keys=keys)
