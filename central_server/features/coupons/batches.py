"""Batches of codes: made in one stroke, whatever their size, blocked, written out, and told to tills."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from central_server.features.coupons import repository
from central_server.features.customers.cards import current_numbers
from central_server.platform.changes import CHAIN, Change, mark_changed
from central_server.platform.database import Database
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork, reading
from shared.catalogue.scan_rules import CheckDigit
from shared.coupons import MOST_DRAWN, CodeBatch, DrawnForm, DrawnKeys, Span
from shared.errors import DomainError
from shared.identity.payment_cards import is_payment_card
from shared.quantity import is_gtin
from shared.wire.coupons import BATCH_KEY, batch_payload

MOST_USES = 10_000
LISTED = 100
_PART = 5_000
# From here on digits alone are the numbers of gift cards and bank's cards.
_LONGEST_BARE = 14


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """A batch with its keys; `back_on_return`: a code works again once all goods of its receipt came back."""

    codes: CodeBatch
    back_on_return: bool
    made_by: str
    made_at: datetime
    blocked_at: datetime | None

    @property
    def batch_id(self) -> UUID:
        """Its id."""
        return self.codes.batch_id


def make(
    unit: UnitOfWork,
    batch: CodeBatch,
    who: str,
    at: datetime,
    owners: Sequence[str] = (),
    *,
    back_on_return: bool = False,
) -> StoredBatch:
    """Make a batch; of drawn codes it has both keys. `owners` are the customers whose codes they are, one each.

    `DomainError`, 422: `code_batch_size`, `code_batch_uses`, `code_batch_times`, `code_batch_ended`, `code_batch_bare`
    for digits that till and people would take for something else, and `code_batch_overlaps` with the `batch` and its
    `promotion` where a number is in that batch already.
    """
    most = batch.form.size if isinstance(batch.form, Span) else MOST_DRAWN
    if not 1 <= batch.size <= min(most, MOST_DRAWN):
        raise DomainError("code_batch_size", {"most": MOST_DRAWN}, http_status=422)
    if not 1 <= batch.uses <= MOST_USES:
        raise DomainError("code_batch_uses", {"most": MOST_USES}, http_status=422)
    if batch.starts_at and batch.ends_at and batch.ends_at <= batch.starts_at:
        raise DomainError("code_batch_times", http_status=422)
    if batch.ends_at and batch.ends_at <= at:
        raise DomainError("code_batch_ended", http_status=422)
    _refuse_taken_for_others(batch)
    _refuse_overlap(unit, batch)
    repository.add_batch(unit, _values(batch, who, at, back_on_return=back_on_return), owners)
    mark_changed(unit, [news_of(batch.batch_id)])
    return get(unit, batch.batch_id)


def get(unit: ReadUnit, batch_id: UUID) -> StoredBatch:
    """One batch; `DomainError('code_batch_unknown')`, 404."""
    row = repository.batch_row(unit, batch_id)
    if row is None:
        raise DomainError("code_batch_unknown", http_status=404)
    return stored(row)


def of_promotion(unit: ReadUnit, promotion_id: str, words: str = "") -> list[StoredBatch]:
    """The batches of a promotion, the newest first; with `words` those whose name or prefix has them."""
    return [stored(row) for row in repository.batches_of(unit, promotion_id, LISTED, words)]


def block(unit: UnitOfWork, batch_id: UUID, at: datetime, *, on: bool) -> StoredBatch:
    """Block a whole batch, or let it count again, and tell the tills; `code_batch_unknown` as `get`."""
    get(unit, batch_id)
    repository.block_batch(unit, batch_id, at if on else None)
    mark_changed(unit, [news_of(batch_id)])
    return get(unit, batch_id)


def ended(
    unit: ReadUnit, ids: Sequence[UUID], before: datetime, over: Collection[str]
) -> list[UUID]:
    """Those of the batches that ended before a moment, or whose promotion is among those that are `over`."""
    rows = repository.batches_by_id(unit, ids)
    return [
        row.batch_id
        for row in rows
        if (row.ends_at is not None and row.ends_at < before) or row.promotion_id in over
    ]


def counting(unit: ReadUnit, since: datetime, over: Collection[str]) -> list[UUID]:
    """The batches that had not ended at a moment, and whose promotion is none of those that are `over`."""
    rows = repository.batches_open_at(unit, since)
    return [row.batch_id for row in rows if row.promotion_id not in over]


def news_of(batch_id: UUID) -> Change:
    """What is noted when tills are to be told of a batch."""
    return Change("config", CHAIN, "config", f"{BATCH_KEY}{batch_id}")


def removal_of(batch_id: UUID) -> Change:
    """What is noted when tills are to forget a batch."""
    return replace(news_of(batch_id), op="remove")


def written_out(database: Database, batch: StoredBatch) -> Iterator[tuple[str, str]]:
    """Every code of a batch with whose it is (empty: nobody's), in its order; never more than a part in memory."""
    codes = batch.codes
    for start in range(0, codes.size, _PART):
        places = range(start, min(start + _PART, codes.size))
        owners: dict[int, str] = {}
        if codes.one_each:
            with reading(database) as unit:
                owners = repository.owners_of(unit, codes.batch_id, places.start, places.stop)
                now = current_numbers(unit, owners.values())
            owners = {place: now[customer] for place, customer in owners.items()}
        for place in places:
            yield codes.code(place), owners.get(place, "")


def till_rows(unit: ReadUnit, keys: Sequence[str]) -> dict[str, object]:
    """The batches behind the keys of the feed `config`, as tills get them."""
    ids = [UUID(key.removeprefix(BATCH_KEY)) for key in keys if key.startswith(BATCH_KEY)]
    rows = repository.batches_by_id(unit, ids)
    return {f"{BATCH_KEY}{row.batch_id}": batch_payload(stored(row).codes) for row in rows}


def stored(row: Row[Any]) -> StoredBatch:
    """The batch in a row."""
    keys = None
    if row.signs is not None:
        form: DrawnForm | Span = DrawnForm(row.prefix, row.signs)
        keys = DrawnKeys(bytes(row.till_key), bytes(row.centre_key))
    else:
        last = row.first_number + row.size - 1
        form = Span(row.prefix, row.digits, row.first_number, last, CheckDigit(row.check_kind))
    codes = CodeBatch(
        row.batch_id,
        row.promotion_id,
        row.name,
        form,
        row.size,
        row.uses,
        keys,
        row.starts_at,
        row.ends_at,
        row.customer_group,
        row.one_each,
        row.blocked_at is not None,
    )
    return StoredBatch(codes, row.back_on_return, row.made_by, row.made_at, row.blocked_at)


def _values(batch: CodeBatch, who: str, at: datetime, *, back_on_return: bool) -> dict[str, object]:
    form, keys = batch.form, batch.keys
    span = form if isinstance(form, Span) else None
    return {
        "batch_id": batch.batch_id,
        "promotion_id": batch.promotion,
        "name": batch.name,
        "prefix": form.prefix,
        "length": form.length,
        "signs": form.signs if isinstance(form, DrawnForm) else None,
        "till_key": keys.till if keys else None,
        "centre_key": keys.centre if keys else None,
        "digits": span.digits if span else None,
        "first_number": span.first if span else None,
        "check_kind": str(span.check) if span else None,
        "size": batch.size,
        "uses": batch.uses,
        "starts_at": batch.starts_at,
        "ends_at": batch.ends_at,
        "customer_group": batch.group,
        "one_each": batch.one_each,
        "back_on_return": back_on_return,
        "blocked_at": None,
        "made_by": who,
        "made_at": at,
    }


def _refuse_taken_for_others(batch: CodeBatch) -> None:
    code = batch.code(0)
    bare = code.isdigit()
    card = bare and is_payment_card(code) and not is_gtin(code)
    # Eighteen signs behind a V are the number of a voucher.
    if (bare and len(code) > _LONGEST_BARE) or card or (code[0] == "V" and len(code) == 18):
        raise DomainError("code_batch_bare", http_status=422)


def _refuse_overlap(unit: UnitOfWork, batch: CodeBatch) -> None:
    # A code has one meaning, also once the older batch has ended or is blocked: papers stay with people.
    if not isinstance(batch.form, Span):
        return
    # Whoever makes one at the same moment waits here, and sees this one then.
    repository.lock_spans(unit, batch.form.prefix)
    first, last = _reach(batch.form)
    for row in repository.spans_like(unit, batch.form.prefix, batch.form.length):
        other = stored(row).codes
        if isinstance(other.form, Span):
            begins, ends = _reach(other.form)
            if first <= ends and begins <= last:
                params = {"batch": other.name, "promotion": other.promotion}
                raise DomainError("code_batch_overlaps", params, http_status=422)


def _reach(form: Span) -> tuple[int, int]:
    """The least and the greatest number that can stand behind the prefix, the check digit with it."""
    if form.check is CheckDigit.NONE:
        return form.first, form.last
    return form.first * 10, form.last * 10 + 9
