"""Amounts of discount at which promotions are withdrawn by themselves.

Other than the limit `budget`, which belongs to a version and which every till minds, a stop can be set while a
promotion runs, and what it stopped does not begin again when goods come back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from central_server.features.audit.service import AuditChange, record
from central_server.features.promotions import budget_repository as repository
from central_server.features.promotions.repository import lock_heads
from central_server.features.promotions.service import Publication, withdraw
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError

ACTOR = "scheduler"
_MOST = 10**15


@dataclass(frozen=True, slots=True)
class BudgetStop:
    """At `amount` minor units given the promotion is withdrawn; `reached_at` is when that happened."""

    promotion_id: str
    amount: int
    set_by: str
    set_at: datetime
    reached_at: datetime | None


def stop_of(unit: ReadUnit, promotion_id: str) -> BudgetStop | None:
    """The stop of a promotion, if one is set."""
    row = repository.row(unit, promotion_id)
    return _stop(row) if row is not None else None


def stops(unit: ReadUnit) -> dict[str, int]:
    """The amounts of all stops in minor units, by promotion."""
    return {row.promotion_id: row.amount for row in repository.amounts(unit)}


def set_stop(
    unit: UnitOfWork, promotion_id: str, amount: int | None, by: str, at: datetime
) -> None:
    """Set the stop of a promotion, or none (None).

    `DomainError`: `promotion_unknown`, 404; `promotion_stop_invalid`, 422, for an amount that is given already.
    """
    head = lock_heads(unit, [promotion_id]).get(promotion_id)
    if head is None:
        raise DomainError("promotion_unknown", {"promotion": promotion_id[:100]}, http_status=404)
    if amount is not None and not head.amount < amount <= _MOST:
        raise DomainError("promotion_stop_invalid", http_status=422)
    repository.delete(unit, promotion_id)
    if amount is not None:
        values = {"promotion_id": promotion_id, "amount": amount, "set_by": by, "set_at": at}
        repository.insert(unit, values)


def is_any_reached(unit: ReadUnit) -> bool:
    """Whether a promotion has given what it may and still counts."""
    return bool(repository.reached(unit))


def stop_reached(unit: UnitOfWork, publication: Publication, at: datetime) -> list[str]:
    """Withdraw what has given what it may; their ids. `at` is the system's time, for the audit trail."""
    stopped = []
    for promotion_id in repository.reached(unit):
        if withdraw(unit, promotion_id, replace(publication, by=ACTOR)):
            stopped.append(promotion_id)
            change = AuditChange(
                "withdrawn", "promotion", promotion_id, {}, {"reason": "budget_stop"}
            )
            record(unit, ACTOR, at, change)
        repository.note_reached(unit, promotion_id, publication.at)
    return stopped


def _stop(row: Row[Any]) -> BudgetStop:
    return BudgetStop(row.promotion_id, row.amount, row.set_by, row.set_at, row.reached_at)
