"""Looking up booked receipts: by day, store, till and hour, and by the number that is printed on them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from central_server.features.sales import list_repository, repository
from central_server.features.sales.list_repository import ReceiptFilter
from central_server.platform.unit_of_work import ReadUnit
from shared.errors import DomainError
from shared.receipt import ReceiptId

PAGE_SIZE = 50
_MOST_NUMBER = 2**31 - 1
_NUMBER = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9-]{0,30})-([0-9]{1,10})-([0-9]{1,10})\s*")


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """Some receipts, latest first, and the mark with which the next page begins (None: there is none)."""

    rows: list[dict[str, Any]]
    next_mark: str | None


def find_receipts(
    unit: ReadUnit, wanted: ReceiptFilter, mark: str | None = None, limit: int = PAGE_SIZE
) -> ReceiptPage:
    """A page of receipts; `mark` is what the page before gave. `DomainError('mark_invalid')`, 400."""
    before = _read_mark(mark) if mark else None
    rows = list_repository.page(unit.connection, wanted, before, limit + 1)
    shown = rows[:limit]
    return ReceiptPage(shown, _mark(shown[-1]) if len(rows) > limit else None)


def sums(unit: ReadUnit, wanted: ReceiptFilter) -> list[dict[str, Any]]:
    """How many receipts there are and what they add up to, by currency."""
    return list_repository.sums(unit.connection, wanted)


def last_receipt_at(unit: ReadUnit, day: date, store_ids: Collection[str]) -> datetime | None:
    """When the latest receipt that is booked for a day was finished."""
    return list_repository.last_finished(unit.connection, day, store_ids)


def get_receipt(unit: ReadUnit, event_id: UUID) -> dict[str, Any]:
    """The facts of one receipt, with `lines`, `vat` and `tender_rows`; `DomainError('receipt_unknown')`, 404."""
    head = repository.receipt_head(unit.connection, event_id)
    if head is None:
        raise DomainError("receipt_unknown", http_status=404)
    parts = repository.receipt_parts(unit.connection, event_id)
    return {
        **head,
        "line_rows": parts["lines"],
        "vat_rows": parts["vat"],
        "tender_rows": parts["tenders"],
    }


def find_by_number(unit: ReadUnit, text: str) -> dict[str, Any] | None:
    """The receipt with a printed number such as `DE01-T1-1-42`, or None."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    incarnation, number = int(found[2]), int(found[3])
    if incarnation > _MOST_NUMBER or number > _MOST_NUMBER:
        return None
    return repository.receipt_by_number(unit.connection, found[1].upper(), incarnation, number)


def number_of(row: dict[str, Any]) -> str:
    """The full number of a receipt as one searches for it."""
    return str(ReceiptId(row["till_id"], row["incarnation"], row["receipt_no"]))


def _mark(row: dict[str, Any]) -> str:
    return f"{row['finished_at'].isoformat()}~{row['event_id']}"


def _read_mark(mark: str) -> tuple[datetime, UUID]:
    at, _, event_id = mark.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        if moment.utcoffset() is None:
            raise ValueError("a time without its offset")
        return moment, UUID(event_id)
    except ValueError:
        raise DomainError("mark_invalid", http_status=400) from None
