"""Changes of many prices at once: worked out and looked at first, applied, and taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from central_server.features.pricing import change_repository, repository
from central_server.features.pricing.repository import PriceKey
from central_server.features.pricing.service import check_key, set_prices
from central_server.platform.changes import Change, mark_changed
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError
from shared.pricing import (
    PriceEntry,
    PriceRule,
    PriceStep,
    advertised_reduction,
    lowest_in_window,
)

MOST_PRICES = 200_000
_BATCH = 5_000


class ChangeState(StrEnum):
    """Where a change stands."""

    DRAFT = "draft"
    WAITING = "waiting"
    APPLIED = "applied"
    UNDONE = "undone"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """What shall change: the prices of one offer, scope and currency, by one rule, from a moment on.

    With `valid_to` the former prices come back then. `advertised`: the new prices are called reduced, so each has
    to lie below the lowest of the last 30 days.
    """

    title: str
    offer: str
    scope: str
    currency: str
    valid_from: datetime
    valid_to: datetime | None
    rule: PriceRule
    advertised: bool = False

    @property
    def key(self) -> PriceKey:
        """Which prices."""
        return PriceKey(self.offer, self.scope, "", self.currency)


@dataclass(frozen=True, slots=True)
class PlannedPrice:
    """One price of a change, in minor units; `problem` is a code, empty if nothing stands against it."""

    sku: str
    before: int | None
    after: int
    lowest: int | None
    problem: str


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A change with its plan; `prices` of them, `problems` of which stay as they are."""

    change_id: int
    plan: ChangePlan
    state: ChangeState
    made_by: str
    made_at: datetime
    applied_at: datetime | None
    undone_at: datetime | None
    prices: int
    problems: int


def plan_change(
    unit: UnitOfWork, plan: ChangePlan, skus: Iterable[str], maker: str, at: datetime, now: datetime
) -> PriceChange:
    """Work out a change as a draft that changes nothing yet; `now` is the business time, `at` the system's.

    Prices that are already so are left out. `DomainError`, 400: `price_validity_empty`, `change_empty`,
    `change_too_large`, and what an unknown offer, scope or currency gives.
    """
    check_key(unit, plan.key)
    plan = replace(plan, valid_from=max(plan.valid_from, now))
    if plan.valid_to is not None and plan.valid_to <= plan.valid_from:
        raise DomainError("price_validity_empty", {"sku": ""}, http_status=400)
    wanted = sorted(set(skus))
    if len(wanted) > MOST_PRICES:
        raise DomainError(
            "change_too_large", {"count": len(wanted), "most": MOST_PRICES}, http_status=400
        )
    planned = []
    for start in range(0, len(wanted), _BATCH):
        part = wanted[start : start + _BATCH]
        present = repository.entries(unit, part, key=plan.key)
        planned += [_planned(plan, sku, present.get(sku, [])) for sku in part]
    planned = [one for one in planned if one.before != one.after or one.problem]
    if not planned:
        raise DomainError("change_empty", http_status=400)
    number = change_repository.insert_change(unit, _plan_values(plan, maker, at))
    change_repository.insert_rows(
        unit,
        [
            {
                "change_id": number, "sku": one.sku, "before": one.before, "after": one.after,
                "lowest": one.lowest, "problem": one.problem,
            }
            for one in planned
        ],
    )  # fmt: skip
    return get_change(unit, number)


def _planned(plan: ChangePlan, sku: str, history: list[PriceEntry]) -> PlannedPrice:
    holding = next((entry for entry in history if entry.holds_at(plan.valid_from)), None)
    before = holding.amount if holding is not None else None
    lowest = lowest_in_window(history, plan.valid_from)
    low = lowest.amount if lowest is not None else None
    try:
        after = plan.rule.price(before)
        if plan.advertised:
            advertised_reduction(after, lowest)
    except DomainError as refusal:
        after = before or 0
        if refusal.code == "reduction_not_real":
            after = plan.rule.price(before)
        return PlannedPrice(sku, before, after, low, refusal.code)
    return PlannedPrice(sku, before, after, low, "")


def wait_for_release(unit: UnitOfWork, change_id: int) -> PriceChange:
    """Let a draft wait until somebody else has released it."""
    _take(unit, change_id, ChangeState.DRAFT)
    change_repository.update_change(unit, change_id, {"state": ChangeState.WAITING.value})
    return get_change(unit, change_id)


def apply_change(
    unit: UnitOfWork, change_id: int, now: datetime, *, released: bool = False
) -> PriceChange:
    """Set the prices; one whose time has begun meanwhile begins now.

    An advertised reduction is checked once more against the history of this moment. `DomainError`:
    `change_unknown`, 404; `change_closed` if it is not a draft (with `released`: does not wait).
    """
    change = _take(unit, change_id, ChangeState.WAITING if released else ChangeState.DRAFT)
    plan = replace(change.plan, valid_from=max(change.plan.valid_from, now))
    if plan.valid_to is not None and plan.valid_to <= plan.valid_from:
        raise DomainError("change_over")
    rows = [one for one in prices_of_change(unit, change_id) if not one.problem]
    for start in range(0, len(rows), _BATCH):
        _apply_batch(unit, change_id, plan, rows[start : start + _BATCH], now)
    values = {"state": ChangeState.APPLIED.value, "applied_at": now, "valid_from": plan.valid_from}
    change_repository.update_change(unit, change_id, values)
    return get_change(unit, change_id)


def _apply_batch(
    unit: UnitOfWork,
    change_id: int,
    plan: ChangePlan,
    rows: Sequence[PlannedPrice],
    now: datetime,
) -> None:
    present = repository.entries(unit, [one.sku for one in rows], key=plan.key)
    begin, back = [], []
    for one in rows:
        history = present.get(one.sku, [])
        fresh = _planned(
            replace(plan, rule=PriceRule(PriceStep.EXACTLY, one.after)), one.sku, history
        )
        if fresh.problem:
            change_repository.note_problem(unit, change_id, one.sku, fresh.problem)
            continue
        if plan.valid_to is None or one.before is None:
            begin.append(_entry(plan, one.sku, one.after, plan.valid_from, plan.valid_to))
            continue
        begin.append(_entry(plan, one.sku, one.after, plan.valid_from, None))
        later = any(plan.valid_from < entry.valid_from < plan.valid_to for entry in history)
        if not later:
            back.append(_entry(plan, one.sku, one.before, plan.valid_to, None))
    for entries in (begin, back):
        for sku, refusal in set_prices(unit, entries, now).refused.items():
            change_repository.note_problem(unit, change_id, sku, refusal.code[:40])


def undo_change(unit: UnitOfWork, change_id: int, now: datetime) -> tuple[PriceChange, int]:
    """Bring the former prices back, and how many could not: those that somebody has changed again since.

    Prices that have not begun are taken away as if they had never been; where they hold already, the former ones
    begin anew now, because what held is never rewritten. `DomainError('change_closed')` unless it was applied.
    """
    change = _take(unit, change_id, ChangeState.APPLIED)
    plan = change.plan
    kept = 0
    rows = [one for one in prices_of_change(unit, change_id) if not one.problem]
    for start in range(0, len(rows), _BATCH):
        part = rows[start : start + _BATCH]
        skus = [one.sku for one in part]
        repository.lock_skus(unit, skus)
        present = repository.entries(unit, skus, key=plan.key)
        if plan.valid_from > now:
            kept += _take_away(unit, plan, part, present)
        else:
            kept += _set_back(unit, plan, part, present, now)
    values = {"state": ChangeState.UNDONE.value, "undone_at": now}
    change_repository.update_change(unit, change_id, values)
    return get_change(unit, change_id), kept


def _take_away(
    unit: UnitOfWork,
    plan: ChangePlan,
    rows: Sequence[PlannedPrice],
    present: dict[str, list[PriceEntry]],
) -> int:
    gone, reopened, kept = [], [], 0
    for one in rows:
        history = present.get(one.sku, [])
        ours = _ours(plan, one, history)
        if ours is None:
            kept += 1
            continue
        end = ours.valid_to
        gone.append(ours)
        back = next((e for e in history if e.valid_from == plan.valid_to), None)
        if back is not None and back.amount == one.before and end == plan.valid_to:
            gone.append(back)
            end = back.valid_to
        before = next((e for e in history if e.valid_to == plan.valid_from), None)
        if before is not None:
            reopened.append(replace(before, valid_to=end))
    repository.delete_entries(unit, gone)
    repository.update_entries(unit, reopened)
    mark_changed(
        unit,
        [Change("reference", plan.scope, "price", sku) for sku in sorted({e.sku for e in gone})],
    )
    return kept


def _set_back(
    unit: UnitOfWork,
    plan: ChangePlan,
    rows: Sequence[PlannedPrice],
    present: dict[str, list[PriceEntry]],
    now: datetime,
) -> int:
    entries, kept = [], 0
    for one in rows:
        ours = _ours(plan, one, present.get(one.sku, []))
        if ours is None or one.before is None or not ours.holds_at(now):
            kept += 1
            continue
        entries.append(_entry(plan, one.sku, one.before, now, None))
    return kept + len(set_prices(unit, entries, now).refused)


def _ours(plan: ChangePlan, one: PlannedPrice, history: list[PriceEntry]) -> PriceEntry | None:
    found = next((entry for entry in history if entry.valid_from == plan.valid_from), None)
    return found if found is not None and found.amount == one.after else None


def drop_change(unit: UnitOfWork, change_id: int) -> PriceChange:
    """Throw a draft away, or one whose release was refused or withdrawn."""
    _take(unit, change_id, ChangeState.DRAFT, ChangeState.WAITING)
    change_repository.update_change(unit, change_id, {"state": ChangeState.DROPPED.value})
    return get_change(unit, change_id)


def get_change(unit: ReadUnit, change_id: int) -> PriceChange:
    """One change; `DomainError('change_unknown')`, 404."""
    row = change_repository.change_row(unit, change_id)
    if row is None:
        raise DomainError("change_unknown", http_status=404)
    return _change(unit, row)


def list_changes(unit: ReadUnit, before: int | None = None, limit: int = 50) -> list[PriceChange]:
    """Changes, newest first."""
    return [_change(unit, row) for row in change_repository.change_rows(unit, before, limit)]


def prices_of_change(
    unit: ReadUnit, change_id: int, limit: int | None = None
) -> list[PlannedPrice]:
    """The prices of a change, those with a problem first."""
    return [
        PlannedPrice(row.sku, row.before, row.after, row.lowest, row.problem)
        for row in change_repository.prices(unit, change_id, limit)
    ]


def _take(unit: UnitOfWork, change_id: int, *states: ChangeState) -> PriceChange:
    row = change_repository.change_row(unit, change_id, lock=True)
    if row is None:
        raise DomainError("change_unknown", http_status=404)
    if row.state not in states:
        raise DomainError("change_closed")
    return _change(unit, row)


def _entry(
    plan: ChangePlan, sku: str, amount: int, begin: datetime, end: datetime | None
) -> PriceEntry:
    return PriceEntry(sku, plan.scope, amount, plan.currency, begin, end, plan.offer)


def _plan_values(plan: ChangePlan, maker: str, at: datetime) -> dict[str, Any]:
    return {
        "title": plan.title[:160],
        "offer_code": plan.offer,
        "scope": plan.scope,
        "currency": plan.currency,
        "valid_from": plan.valid_from,
        "valid_to": plan.valid_to,
        "step": plan.rule.step.value,
        "step_value": plan.rule.value,
        "ending": plan.rule.ending,
        "advertised": plan.advertised,
        "state": ChangeState.DRAFT.value,
        "made_by": maker,
        "made_at": at,
    }


def _change(unit: ReadUnit, row: Row[Any]) -> PriceChange:
    count, problems = change_repository.count_prices(unit, row.change_id)
    return PriceChange(
        change_id=row.change_id,
        plan=ChangePlan(
            title=row.title,
            offer=row.offer_code,
            scope=row.scope,
            currency=row.currency,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            rule=PriceRule(PriceStep(row.step), row.step_value, row.ending),
            advertised=row.advertised,
        ),
        state=ChangeState(row.state),
        made_by=row.made_by,
        made_at=row.made_at,
        applied_at=row.applied_at,
        undone_at=row.undone_at,
        prices=count,
        problems=problems,
    )
