"""The day page beside its plan and the year before: of each hour, of each store, and of the day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from central_server.backoffice.comparisons import Change, change_of
from central_server.backoffice.formats import DASH
from central_server.backoffice.scope import Scope
from central_server.backoffice.shell import Reader
from central_server.features.reporting.day_targets import DayTargets

_WHOLE_METER = 100


@dataclass(frozen=True, slots=True)
class StoreTarget:
    """A store's day: `meter` and `due` in hundredths of its plan (`due` None on days that are over)."""

    reached: str
    meter: int
    due: int | None
    is_behind: bool
    change: Change | None


@dataclass(frozen=True, slots=True)
class HourTarget:
    """An hour's plan and year before: minor units for the chart, and as they are written."""

    plan: int | None
    before: int | None
    plan_said: str
    before_said: str


class DayCompare:
    """Compares one day for one reader; `now` while the day is running, else None."""

    def __init__(
        self, reader: Reader, scope: Scope, targets: DayTargets, now: datetime | None
    ) -> None:
        self._texts = reader.texts
        self._formats = reader.formats
        self._targets = targets
        self._stores = len(scope.stores)
        self._scope = scope
        self._running = now is not None
        self._local = now.astimezone(ZoneInfo(scope.zone)) if now is not None else None

    @property
    def has_plan(self) -> bool:
        """Whether any store has a plan."""
        return bool(self._targets.plans)

    @property
    def has_before(self) -> bool:
        """Whether anything was sold a year before."""
        return bool(self._targets.before_stores)

    def hours_of(self, code: str) -> set[int]:
        """The hours that have a plan or a year before."""
        plan, before = self._targets.hours.get(code, {}), self._targets.before.get(code, {})
        return {hour for hour, amount in (*plan.items(), *before.items()) if amount}

    def in_order(self, hours: Iterable[int]) -> list[int]:
        """Hours of the clock as they come in the trading day: those after midnight may be its last."""
        return sorted(set(hours), key=self._scope.hours_into_day)

    def through(self, hours: Iterable[int]) -> list[int]:
        """As `in_order`, with those in between."""
        places = [self._scope.hours_into_day(hour) for hour in hours]
        return [self._scope.hour_of_day(place) for place in range(min(places), max(places) + 1)]

    def hour(self, hour: int, code: str) -> HourTarget:
        """What an hour is measured by."""
        plan = self._targets.hours.get(code, {}).get(hour)
        before = self._targets.before.get(code, {}).get(hour)
        money = self._formats.money
        return HourTarget(
            plan or None,
            before or None,
            money(plan, code) if plan else DASH,
            money(before, code) if before else DASH,
        )

    def sentence(self, code: str, stores: Sequence[Mapping[str, Any]]) -> str:
        """How much of the day's plan in a currency is reached, by the stores that have one."""
        plan = sum(self._targets.hours.get(code, {}).values())
        if not plan:
            return ""
        planned = self._targets.plans
        gross = sum(
            row["gross"] for row in stores if row["currency"] == code and row["store_id"] in planned
        )
        return self._texts.gettext(
            "plan {amount}, {share} reached",
            amount=self._formats.money(plan, code),
            share=self._formats.share(gross, plan),
        )

    def note(self, code: str) -> str:
        """What the line in the meters says, and of how many stores there is a plan where it is not all."""
        due, said = self._due(code), []
        if due is not None and self._local is not None:
            said.append(
                self._texts.gettext(
                    "Line: where the day should be at {time} by its plan ({share}).",
                    time=f"{self._local:%H:%M}",
                    share=self._formats.vat_rate(due * 1000),
                )
            )
        planned = len(self._targets.plans)
        if 0 < planned < self._stores:
            said.append(
                self._texts.gettext("{n} of {m} stores have a plan.", n=planned, m=self._stores)
            )
        return " ".join(said)

    def store(self, row: Mapping[str, Any]) -> StoreTarget:
        """A store's day against its plan and its year before."""
        gross, code = row["gross"], row["currency"]
        plan = self._targets.plans.get(row["store_id"], 0)
        before = self._targets.before_stores.get(row["store_id"], 0)
        due = self._due(code) if plan else None
        percent = max(0, gross * 100 // plan) if plan else 0
        return StoreTarget(
            reached=self._formats.share(gross, plan) if plan else DASH,
            meter=min(percent, _WHOLE_METER),
            due=due,
            is_behind=bool(plan) and percent < (_WHOLE_METER if due is None else due),
            # A day that is running is not compared with a whole one.
            change=None if self._running else change_of(self._formats, gross, before),
        )

    def lines(self, totals: list[dict[str, Any]]) -> tuple[str, ...]:
        """What stands under the gross sales where there is one currency: the year before."""
        if len(totals) != 1 or not self.has_before:
            return ()
        gross, code = totals[0]["gross"], totals[0]["currency"]
        before = sum(self._targets.before.get(code, {}).values())
        amount = self._formats.money(before, code)
        if self._running:
            return (self._texts.gettext("Year before, whole day {amount}", amount=amount),)
        change = change_of(self._formats, gross, before)
        said = self._texts.gettext("Year before {amount}", amount=amount)
        return (f"{change.text} {said}" if change is not None else said,)

    def _due(self, code: str) -> int | None:
        if self._local is None:
            return None
        at = self._local
        return self._targets.share_due(code, at.hour, at.minute, self._scope.hours_into_day)
