"""What can be done with customers. Tills of their home store hear of them, or all tills where there is none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from central_server.features.customers import (
    card_repository,
    finding,
    repository,
    said_repository,
)
from central_server.platform.changes import CHAIN, Change, mark_changed, store_scope
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.customers import CHANGED_FIELDS, contact_words, phone_end
from shared.receipt import Receipt
from shared.wire.customer_payloads import CustomerRow

_UNSAID: Mapping[str, Any] = {
    "name": "",
    "phone": None,
    "email": None,
    "store_id": None,
    "birthday": None,
    "since": None,
    "purchases_before": 0,
}


@dataclass(frozen=True, slots=True)
class CustomerDraft:
    """What a file says of a customer. What is missing in `facts` or `words`, or None, stays as it is.

    `facts` may hold name, phone, email, store_id, birthday, since and purchases_before; `words` the lists that
    promotions ask for.
    """

    number: str
    facts: Mapping[str, Any]
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    attributes: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ChangeSource:
    """Who changed names and contacts, where and when, and whether somebody else had changed them meanwhile."""

    by: str = ""
    source: str = "head office"
    said_at: datetime | None = None
    event_id: UUID | None = None
    conflict: bool = False


HEAD_OFFICE = ChangeSource()


@dataclass(slots=True)
class CustomerResult:
    """How many customers a batch brought and changed."""

    new: int = 0
    changed: int = 0


def enter_batch(
    unit: UnitOfWork,
    drafts: Sequence[CustomerDraft],
    at: datetime,
    source: ChangeSource = HEAD_OFFICE,
) -> CustomerResult:
    """Bring a batch in, each number once; the tills hear of exactly those that are new or differ. Each change of a name
    or contact is kept with its source.
    """
    taken = card_repository.aliases(unit.connection, [draft.number for draft in drafts])
    # A number that another one took over is nobody's any more, whatever an old file says.
    drafts = [draft for draft in drafts if draft.number not in taken]
    numbers = [draft.number for draft in drafts]
    present = repository.rows(unit, numbers, lock=True)
    words, attributes = _replaced(unit, drafts, present)
    new: list[Mapping[str, Any]] = []
    changed: list[Mapping[str, Any]] = []
    changes: list[Change] = []
    told: list[dict[str, Any]] = []
    for draft in drafts:
        row = present.get(draft.number)
        if row is None:
            facts = {**_UNSAID, **draft.facts}
            new.append({"number": draft.number, **facts})
            changes.append(_put(facts["store_id"], draft.number))
            continue
        facts = {name: draft.facts.get(name, getattr(row, name)) for name in _UNSAID}
        differs = any(getattr(row, name) != value for name, value in facts.items())
        if (
            differs
            or draft.number in attributes
            or any((draft.number, k) in words for k in draft.words)
        ):
            said = _told(row, facts, at, source)
            told += said
            changed.append({"number": draft.number, **facts, "rev": row.rev + bool(said)})
            changes += _moved(row.store_id, facts["store_id"], draft.number)
    repository.insert(unit, new, at)
    repository.update(unit, changed, at)
    said_repository.add_changes(unit.connection, told)
    repository.replace_words(unit, words)
    repository.replace_attributes(unit, attributes)
    finding.refresh(unit, [each["number"] for each in (*new, *changed)])
    mark_changed(unit, changes)
    return CustomerResult(len(new), len(changed))


def _told(
    row: Row[Any], facts: Mapping[str, Any], at: datetime, source: ChangeSource
) -> list[dict[str, Any]]:
    """What is to be kept of the changes of one customer's name and contact."""
    return [
        {
            "number": row.number,
            "field": field,
            "rev": row.rev + 1,
            "value": facts[field] or "",
            "before": getattr(row, field) or "",
            "changed_by": source.by[:31],
            "source": source.source[:40],
            "said_at": source.said_at or at,
            "arrived_at": at,
            "conflict": source.conflict,
            "event_id": source.event_id,
        }
        for field in CHANGED_FIELDS
        if (facts[field] or "") != (getattr(row, field) or "")
    ]


def _replaced(
    unit: ReadUnit, drafts: Iterable[CustomerDraft], present: Mapping[str, Row[Any]]
) -> tuple[dict[tuple[str, str], tuple[str, ...]], dict[str, Mapping[str, str]]]:
    """The lists of words and the attributes that are not as the drafts say."""
    had_words = repository.words_of(unit, present)
    had_attributes = repository.attributes_of(unit, present)
    words = {
        (draft.number, kind): tuple(sorted(set(wanted)))
        for draft in drafts
        for kind, wanted in draft.words.items()
        if tuple(sorted(set(wanted))) != had_words.get(draft.number, {}).get(kind, ())
    }
    attributes = {
        draft.number: draft.attributes
        for draft in drafts
        if draft.attributes is not None
        and dict(draft.attributes) != had_attributes.get(draft.number, {})
    }
    return words, attributes


def book_receipts(unit: UnitOfWork, receipts: Sequence[Receipt]) -> None:
    """Count purchases of customers that are known here, and tell their tills. A return is no purchase, but it may have
    taken back the use of a promotion. Each receipt is handed in once.
    """
    bought: dict[str, int] = defaultdict(int)
    for receipt in receipts:
        for number in {receipt.customer, *(use.customer for use in receipt.promotions)} - {""}:
            bought[number] += 0
        if receipt.customer and receipt.is_purchase:
            bought[receipt.customer] += 1
    if not bought:
        return
    known = repository.rows(unit, bought, lock=True)
    added = {number: more for number, more in bought.items() if more and number in known}
    repository.add_purchases(unit, added, max(receipt.finished_at for receipt in receipts))
    mark_changed(unit, [_put(row.store_id, number) for number, row in known.items()])


def tell_tills(unit: UnitOfWork, numbers: Iterable[str]) -> None:
    """Let the tills fetch these customers again."""
    known = repository.rows(unit, numbers, lock=True)
    mark_changed(unit, [_put(row.store_id, number) for number, row in known.items()])


def leave_tills(unit: UnitOfWork, row: Row[Any]) -> None:
    """Let the tills forget a customer."""
    scope = _scope(row.store_id)
    mark_changed(unit, [Change("customer", scope, "customer", row.number, "remove")])


def till_rows(unit: ReadUnit, scope: str, numbers: Iterable[str]) -> dict[str, CustomerRow]:
    """What the tills of a scope get of these customers; those of another scope are left out. Uses are not in it."""
    found = repository.rows(unit, numbers).items()
    here = {
        number: row
        for number, row in found
        if _scope(row.store_id) == scope and row.erased_at is None
    }
    return _facts(unit, here)


def facts_of(unit: ReadUnit, numbers: Iterable[str]) -> dict[str, CustomerRow]:
    """What is known now of these customers, wherever they are at home."""
    return _facts(unit, repository.rows(unit, numbers))


def _facts(unit: ReadUnit, found: Mapping[str, Row[Any]]) -> dict[str, CustomerRow]:
    words = repository.words_of(unit, found)
    attributes = repository.attributes_of(unit, found)
    also = card_repository.other_numbers(unit.connection, found)
    return {
        number: CustomerRow(
            number=number,
            name=row.name,
            lists=words.get(number, {}),
            attributes=attributes.get(number, {}),
            birthday=row.birthday,
            since=row.since,
            purchases=row.purchases_before + row.purchases_booked,
            also=also.get(number, ()),
            contacts=contact_words(row.phone or "", row.email or ""),
            phone_end=phone_end(row.phone or ""),
            rev=row.rev,
        )
        for number, row in found.items()
    }


def _scope(store_id: str | None) -> str:
    return CHAIN if store_id is None else store_scope(store_id)


def _put(store_id: str | None, number: str) -> Change:
    return Change("customer", _scope(store_id), "customer", number)


def _moved(before: str | None, after: str | None, number: str) -> list[Change]:
    if before == after:
        return [_put(after, number)]
    left = Change("customer", _scope(before), "customer", number, "remove")
    return [left, _put(after, number)]
