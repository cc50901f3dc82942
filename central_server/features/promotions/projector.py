"""Counts the uses of promotions that booked receipts name, and finds those that went beyond a limit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from central_server.features.promotions import repository, use_repository
from central_server.features.promotions.repository import Head
from central_server.features.promotions.service import usage_changes
from central_server.platform.changes import mark_changed
from central_server.platform.unit_of_work import UnitOfWork
from shared.errors import ErrorParam
from shared.money import Money
from shared.receipt import PromotionUse, Receipt

_MOST_NUMBER = 40


@dataclass(frozen=True, slots=True)
class UseFinding:
    """Why somebody should look at the use of a promotion by a receipt, which is booked all the same."""

    event_id: UUID
    code: str
    params: Mapping[str, ErrorParam]


class _Counting:
    """The sums while receipts are counted one after another."""

    def __init__(self, unit: UnitOfWork, receipts: Iterable[Receipt]) -> None:
        uses = [use for receipt in receipts for use in receipt.promotions]
        ids = {use.promotion for use in uses}
        self.heads = repository.lock_heads(unit, ids)
        self.limits = repository.limits(unit, self.heads)
        customers = {use.customer for use in uses if use.customer}
        self.by_customer = use_repository.uses_of(unit, self.heads, customers)
        self.rows: list[dict[str, Any]] = []
        self.findings: list[UseFinding] = []

    def count(self, receipt: Receipt, number: int, use: PromotionUse) -> None:
        """Count one use, and note what is to be found about it."""
        head = self.heads.get(use.promotion)
        limits = self.limits.get((use.promotion, use.version))
        if head is None or limits is None or head.currency != receipt.currency:
            self._find(receipt, use, "promotion_version_unknown", version=use.version)
        if head is None:
            return
        head.uses += use.counts
        head.amount += use.amount
        if use.customer:
            mine = (use.promotion, use.customer)
            self.by_customer[mine] = self.by_customer.get(mine, 0) + use.counts
        self.rows.append(
            {
                "event_id": receipt.event_id,
                "number": number,
                "promotion_id": use.promotion,
                "version": use.version,
                "applications": use.applications,
                "uses": use.counts,
                "amount": use.amount,
                "customer": use.customer[:_MOST_NUMBER] or None,
                "used_at": receipt.finished_at,
            }
        )
        if limits is not None and use.counts > 0:
            self._compare(receipt, use, head, limits)

    def _compare(self, receipt: Receipt, use: PromotionUse, head: Head, limits: Row[Any]) -> None:
        if limits.total_limit is not None and head.uses > limits.total_limit:
            params = {"used": head.uses, "limit": limits.total_limit}
            self._find(receipt, use, "promotion_total_overshot", **params)
        own = self.by_customer.get((use.promotion, use.customer), 0)
        if limits.customer_limit is not None and own > limits.customer_limit:
            params = {"used": own, "limit": limits.customer_limit}
            self._find(receipt, use, "promotion_customer_overshot", **params)
        if limits.budget is not None and head.amount > limits.budget and use.amount > 0:
            given, budget = (
                f"{Money(minor, head.currency).plain()} {head.currency}"
                for minor in (head.amount, limits.budget)
            )
            self._find(receipt, use, "promotion_budget_overshot", given=given, budget=budget)

    def _find(self, receipt: Receipt, use: PromotionUse, code: str, **more: ErrorParam) -> None:
        params: dict[str, ErrorParam] = {"promotion": use.promotion[:100], **more}
        self.findings.append(UseFinding(receipt.event_id, code, params))


def book_uses(unit: UnitOfWork, receipts: Iterable[Receipt]) -> list[UseFinding]:
    """Count what these receipts used, in their order; each receipt is handed in once. What somebody should look at:
    a limit or budget that was overshot, a version that was never published here.
    """
    using = [receipt for receipt in receipts if receipt.promotions]
    if not using:
        return []
    counting = _Counting(unit, using)
    for receipt in using:
        for number, use in enumerate(receipt.promotions, 1):
            counting.count(receipt, number, use)
    used = {row["promotion_id"] for row in counting.rows}
    repository.update_heads(unit, [counting.heads[key] for key in sorted(used)])
    use_repository.insert_uses(unit, counting.rows)
    newest = repository.newest_versions(unit, used)
    mark_changed(
        unit,
        [
            change
            for key in sorted(used)
            for change in usage_changes(counting.heads[key], newest[key])
        ],
    )
    return counting.findings
