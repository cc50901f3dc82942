"""Vouchers in batches of up to a million, for printing: issued a part at a time, each once whatever is repeated.

The n-th voucher follows from the batch's seed, which is drawn by chance and shown to nobody, and its number from that.
So a part that is repeated issues nothing twice, and the numbers of a batch need no table. Ids that lie side by side
keep the indexes of a million rows fast.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from central_server.features.customers.cards import current_numbers
from central_server.features.instruments import batch_repository as repository
from central_server.features.instruments import voucher_repository, vouchers
from central_server.features.instruments.voucher_repository import Ready, Voucher
from central_server.features.instruments.vouchers import Issue, Sign
from central_server.platform.database import Database
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork, reading
from shared.errors import DomainError
from shared.identity import derived_id
from shared.vouchers import SignedFacts, holder_mark, voucher_number

MOST = 1_000_000
PART = 5_000
LISTED = 50
_PLACES = 32
"""Bits of an instrument's id that say which of its batch it is; the others are the seed's."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch: `made` of `wanted` vouchers of `amount` minor units are issued. `customer_group` may be empty.

    `one_each`: every voucher is for a customer of its own. `seed` is None for one that is numbered from its id.
    """

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
    seed: UUID | None
    one_each: bool


@dataclass(frozen=True, slots=True)
class Part:
    """The next vouchers of a batch from the place `first` on, numbered and signed, and what all of them are like."""

    batch_id: UUID
    first: int
    model: Voucher
    ready: tuple[Ready, ...]


def ask(
    unit: UnitOfWork,
    asked: Issue,
    wanted: int,
    who: str,
    at: datetime,
    seed: UUID,
    customers: Sequence[str] = (),
) -> Batch:
    """Ask for a batch of vouchers as `asked`, whose request is the id of the batch: `wanted` ones, or one for each of
    `customers`. The `seed` is drawn by chance.

    `DomainError`: `voucher_batch_invalid`, 422, `customer_unknown`, 404, and what issuing one of them says.
    """
    count = len(customers) or wanted
    if not 1 <= count <= MOST:
        raise DomainError("voucher_batch_invalid", {"most": MOST}, http_status=422)
    vouchers.check_issue(unit, asked)
    values = {
        "batch_id": asked.request_id,
        "type_code": asked.type_code,
        "store_id": asked.store_id,
        "amount": asked.amount,
        "customer_group": asked.group,
        "wanted": count,
        "made": 0,
        "issued_on": asked.on,
        "asked_by": who,
        "asked_at": at,
        "seed": seed,
        "one_each": bool(customers),
    }
    repository.insert_batch(unit, values)
    repository.add_customers(unit, asked.request_id, customers)
    return get_batch(unit, asked.request_id)


def next_part(unit: ReadUnit, sign: Sign, at: datetime, size: int = PART) -> Part | None:
    """The next part of the oldest batch that is not whole, numbered and signed; None where nothing is left.

    It writes nothing: that takes most of the time, and nobody waits for it meanwhile.
    """
    row = repository.waiting(unit)
    if row is None:
        return None
    batch = _batch(row)
    kind, store = vouchers.check_issue(unit, _issue(batch))
    model = vouchers.model_of(_issue(batch), kind, store, "", at)
    places = range(batch.made, min(batch.made + size, batch.wanted))
    customers = _customers(unit, batch, places)
    ready = [
        _ready(model, _instrument(batch, place), customer, sign)
        for place, customer in zip(places, customers, strict=True)
    ]
    return Part(batch.batch_id, batch.made, model, tuple(ready))


def issue_part(unit: UnitOfWork, part: Part, at: datetime) -> int:
    """Issue a part; how many vouchers are new. Nothing if the batch has gone on since, or its customers are others."""
    batch = _batch(repository.batch_row(unit, part.batch_id, lock=True))
    places = range(part.first, part.first + len(part.ready))
    same = [one.customer for one in part.ready] == _customers(unit, batch, places)
    if batch.made != part.first or not same:
        return 0
    taken = voucher_repository.known(unit.connection, [one.number for one in part.ready])
    new = [one for one in part.ready if one.number not in taken]
    if new:
        journal_id = derived_id(batch.batch_id, f"vouchers from {new[0].number}")
        vouchers.issue_alike(unit, part.model, new, journal_id, at)
    repository.note_made(unit, batch.batch_id, places.stop)
    if places.stop == batch.wanted:
        repository.forget_customers(unit, batch.batch_id)
    return len(new)


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
        numbers = [voucher_number(_instrument(batch, place)) for place in places]
        with reading(database) as unit:
            found = voucher_repository.found(unit.connection, numbers)
        yield from (found[number] for number in numbers)


def _issue(batch: Batch) -> Issue:
    return Issue(
        batch.batch_id,
        batch.type_code,
        batch.store_id,
        batch.amount,
        batch.issued_on,
        group=batch.customer_group,
    )


def _instrument(batch: Batch, place: int) -> UUID:
    if batch.seed is None:
        return derived_id(derived_id(batch.batch_id, f"voucher {place}"), "voucher")
    return UUID(int=batch.seed.int >> _PLACES << _PLACES | place)


def _customers(unit: ReadUnit, batch: Batch, places: range) -> list[str | None]:
    """Whom these vouchers are for, under the numbers that the customers have now."""
    if not batch.one_each:
        return [None] * len(places)
    named = repository.customers_of(unit, batch.batch_id, places.start, places.stop)
    now = current_numbers(unit, named)
    return [now[number] for number in named]


def _ready(model: Voucher, instrument: UUID, customer: str | None, sign: Sign) -> Ready:
    number = voucher_number(instrument)
    holder = holder_mark(number, customer or "", model.customer_group or "")
    facts = SignedFacts(
        number, model.voucher_class, model.currency, model.amount, model.expires_on, holder
    )
    return Ready(number, instrument, customer, sign(facts.text().encode()))


def _batch(row: Row[Any] | None) -> Batch:
    assert row is not None  # noqa: S101 - a batch is never deleted
    return Batch(**{name: getattr(row, name) for name in Batch.__slots__})
