"""Vouchers in batches of up to a million, for printing: issued a part at a time, each once whatever is repeated.

The request of the n-th voucher follows from the batch's id, and its number from the request. So a part that is repeated
issues nothing twice, and the numbers of a batch need no table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from central_server.features.instruments import batch_repository as repository
from central_server.features.instruments import voucher_repository, vouchers
from central_server.features.instruments.voucher_repository import Voucher
from central_server.features.instruments.vouchers import Issue, Sign
from central_server.platform.database import Database
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork, reading
from shared.errors import DomainError
from shared.identity import derived_id
from shared.vouchers import voucher_number

MOST = 1_000_000
PART = 500
LISTED = 50


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch: `made` of `wanted` vouchers of `amount` minor units are issued. `customer_group` may be empty."""

    batch_id: UUID
    type_code: str
    store_id: str
    amount: int
    customer_group: str
    wanted: int
    made: int
    issued_on: date
    asked_by: str
    asked_at: datetime


def ask(unit: UnitOfWork, asked: Issue, wanted: int, who: str, at: datetime) -> Batch:
    """Ask for a batch of vouchers as `asked`, whose request is the id of the batch.

    `DomainError`: `voucher_batch_invalid`, 422, and what issuing one of them says.
    """
    if not 1 <= wanted <= MOST:
        raise DomainError("voucher_batch_invalid", {"most": MOST}, http_status=422)
    vouchers.check_issue(unit, asked)
    values = {
        "batch_id": asked.request_id,
        "type_code": asked.type_code,
        "store_id": asked.store_id,
        "amount": asked.amount,
        "customer_group": asked.group,
        "wanted": wanted,
        "made": 0,
        "issued_on": asked.on,
        "asked_by": who,
        "asked_at": at,
    }
    repository.insert_batch(unit, values)
    return get_batch(unit, asked.request_id)


def is_waiting(unit: ReadUnit) -> bool:
    """Whether something is left to be issued."""
    return repository.waiting(unit) is not None


def issue_part(unit: UnitOfWork, sign: Sign, at: datetime, part: int = PART) -> int:
    """Issue up to `part` vouchers of the oldest batch that is not whole; how many."""
    row = repository.waiting(unit, lock=True)
    if row is None:
        return 0
    batch = _batch(row)
    until = min(batch.made + part, batch.wanted)
    requests = [_request(batch.batch_id, place) for place in range(batch.made, until)]
    asked = Issue(
        batch.batch_id,
        batch.type_code,
        batch.store_id,
        batch.amount,
        batch.issued_on,
        group=batch.customer_group,
    )
    vouchers.issue_alike(unit, asked, requests, sign, at)
    repository.note_made(unit, batch.batch_id, until)
    return until - batch.made


def get_batch(unit: ReadUnit, batch_id: UUID) -> Batch:
    """One batch; `DomainError('voucher_batch_unknown')`, 404."""
    row = repository.batch_row(unit, batch_id)
    if row is None:
        raise DomainError("voucher_batch_unknown", http_status=404)
    return _batch(row)


def list_batches(unit: ReadUnit) -> list[Batch]:
    """The newest batches."""
    return [_batch(row) for row in repository.batch_rows(unit, LISTED)]


def vouchers_of(database: Database, batch: Batch) -> Iterator[Voucher]:
    """The vouchers of a batch that are issued, in its order; never more than a part of them in memory."""
    for start in range(0, batch.made, PART):
        places = range(start, min(start + PART, batch.made))
        numbers = [
            voucher_number(derived_id(_request(batch.batch_id, place), "voucher"))
            for place in places
        ]
        with reading(database) as unit:
            found = voucher_repository.found(unit.connection, numbers)
        yield from (found[number] for number in numbers)


def _request(batch_id: UUID, place: int) -> UUID:
    return derived_id(batch_id, f"voucher {place}")


def _batch(row: Row[Any]) -> Batch:
    return Batch(**{name: getattr(row, name) for name in Batch.__slots__})
