"""Publishing and withdrawing promotions, and what tills get of them.

A version never changes. The newest one counts until it is withdrawn; tills have it some time before it begins, and
keep it for a while after it is over, because goods that were bought with it may come back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from central_server.features.customers.service import tell_tills
from central_server.features.promotions import repository, use_repository
from central_server.features.promotions.cases import check_release
from central_server.features.promotions.document import PromotionDraft, PromotionFile, stores_of
from central_server.features.promotions.repository import Head
from central_server.features.stores.service import list_stores
from central_server.platform.changes import CHAIN, Change, mark_changed, store_scope
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError
from shared.promotions import RequestError
from shared.wire.promotion_payloads import (
    PromotionRow,
    PromotionUsage,
    promotion_key,
    promotion_of_key,
)

# How long tills keep a version that is over: goods come back within that time.
KEPT = timedelta(days=90)
_STORE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,30}")


@dataclass(frozen=True, slots=True)
class Publication:
    """Who publishes when (business time), how long before their start tills get promotions, and why one is stopped."""

    at: datetime
    by: str
    ahead: timedelta
    reason: str = ""


@dataclass(slots=True)
class PublishResult:
    """What a file did: ids with their new version, ids withdrawn, how many were so already.

    `strangers` are stores that promotions name and that there are none of (yet), by promotion.
    """

    new: list[tuple[str, int]] = field(default_factory=list)
    changed: list[tuple[str, int]] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    unchanged: int = 0
    strangers: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class _Plan:
    """What a file changes, before any of it is written."""

    heads: dict[str, Head] = field(default_factory=dict)
    versions: list[dict[str, Any]] = field(default_factory=list)
    withdrawals: list[dict[str, Any]] = field(default_factory=list)


def publish(unit: UnitOfWork, file: PromotionFile, publication: Publication) -> PublishResult:
    """Publish a file, all of it or nothing; tills hear of what changed.

    `RequestError` for a withdrawal of what does not exist and for a promotion whose amounts change their currency;
    `DomainError('promotion_check_failed')`, 409, if a basket does not cost what it must.
    """
    ids = [draft.promotion_id for draft in file.drafts]
    present = repository.lock_heads(unit, ids)
    before = repository.newest_versions(unit, present)
    states = {key: _Reach.of(head, before[key]) for key, head in present.items()}
    plan, result = _Plan(), PublishResult()
    for draft in file.drafts:
        _plan(draft, file.currency, present, before, publication, plan, result)
    changed = {row["promotion_id"] for row in plan.versions}
    check_release(
        unit,
        (
            (draft.promotion, file.currency)
            for draft in file.drafts
            if draft.promotion is not None and draft.promotion_id in changed
        ),
    )
    repository.insert_heads(unit, [head for key, head in plan.heads.items() if key not in present])
    repository.insert_versions(unit, plan.versions)
    repository.insert_withdrawals(unit, plan.withdrawals)
    repository.update_heads(unit, [head for key, head in plan.heads.items() if key in present])
    _tell(unit, plan, states, publication)
    known = {store.store_id for store in list_stores(unit)}
    for row in plan.versions:
        strangers = tuple(s for s in stores_of(json.loads(row["body"])) if s not in known)
        if strangers:
            result.strangers[row["promotion_id"]] = strangers
    return result


def withdraw(unit: UnitOfWork, promotion_id: str, publication: Publication) -> bool:
    """Let a promotion count no more; False if it was withdrawn already. `DomainError('promotion_unknown')`, 404."""
    if not repository.lock_heads(unit, [promotion_id]):
        raise DomainError("promotion_unknown", {"promotion": promotion_id[:100]}, http_status=404)
    draft = PromotionDraft(promotion_id, "", None)
    return bool(publish(unit, PromotionFile("", (draft,)), publication).withdrawn)


def _plan(
    draft: PromotionDraft,
    currency: str,
    present: Mapping[str, Head],
    before: Mapping[str, Row[Any]],
    publication: Publication,
    plan: _Plan,
    result: PublishResult,
) -> None:
    key = draft.promotion_id
    head = present.get(key)
    if draft.promotion is None:
        if head is None:
            raise RequestError("value", f"{draft.path}.id", "there is no such promotion")
        if head.withdrawn:
            result.unchanged += 1
            return
        head.withdrawn = True
        plan.heads[key] = head
        plan.withdrawals.append(
            {
                "promotion_id": key,
                "version": head.newest,
                "withdrawn_at": publication.at,
                "withdrawn_by": publication.by,
                "reason": publication.reason,
            }
        )
        result.withdrawn.append(key)
        return
    if head is None:
        head = Head(key, currency, 0, withdrawn=False)
    elif head.currency != currency:
        message = f"its amounts are in {head.currency}; another currency needs another id"
        raise RequestError("value", f"{draft.path}.id", message)
    elif not head.withdrawn and before[key].body == draft.body:
        result.unchanged += 1
        return
    head.newest += 1
    head.withdrawn = False
    plan.heads[key] = head
    plan.versions.append(_version(draft, head.newest, publication))
    (result.changed if head.newest > 1 else result.new).append((key, head.newest))


def _version(draft: PromotionDraft, number: int, publication: Publication) -> dict[str, Any]:
    promotion = draft.promotion
    assert promotion is not None  # noqa: S101 - withdrawals have no version
    return {
        "promotion_id": draft.promotion_id,
        "version": number,
        "body": draft.body,
        "hash": draft.hash,
        "starts_at": promotion.when.start,
        "ends_at": promotion.when.until,
        "total_limit": promotion.limit.total,
        "customer_limit": promotion.limit.per_customer,
        "budget": promotion.limit.budget,
        "published_at": publication.at,
        "published_by": publication.by,
    }


@dataclass(frozen=True, slots=True)
class _Reach:
    """Where the usage of a promotion goes: scopes whose tills follow it, and whether customers carry their own."""

    scopes: frozenset[str] = frozenset()
    by_customer: bool = False

    @classmethod
    def of(cls, head: Head, version: Row[Any]) -> _Reach:
        if head.withdrawn:
            return cls()
        limited = version.total_limit is not None or version.budget is not None
        scopes = frozenset(_scopes(version.body)) if limited else frozenset[str]()
        return cls(scopes, version.customer_limit is not None)


def _tell(
    unit: UnitOfWork, plan: _Plan, before: Mapping[str, _Reach], publication: Publication
) -> None:
    """Note for tills what the plan changed: versions, their usage, and customers who used them."""
    after = repository.newest_versions(unit, plan.heads)
    changes: list[Change] = []
    customers: list[str] = []
    for key, head in sorted(plan.heads.items()):
        was, becomes = before.get(key, _Reach()), _Reach.of(head, after[key])
        left, there = sorted(was.scopes - becomes.scopes), sorted(becomes.scopes)
        changes += [Change("usage", scope, "promotion_use", key, "remove") for scope in left]
        changes += [Change("usage", scope, "promotion_use", key) for scope in there]
        if was.by_customer != becomes.by_customer:
            customers.append(key)
    for row in repository.on_tills(unit, plan.heads):
        # What was retired just now, and what was before: the latter is rare, and sent again it is the same.
        changes += _changes(row)
    mark_changed(unit, changes)
    tell_tills(unit, use_repository.customers_of(unit, customers) if customers else ())
    settle(unit, publication.at, publication.ahead, plan.heads)


def settle(
    unit: UnitOfWork, now: datetime, ahead: timedelta, ids: Iterable[str] | None = None
) -> int:
    """Tell tills of versions that are soon to begin, and let them forget those that are long over; how many."""
    come, gone = repository.due(unit, now + ahead, now - KEPT, ids)
    repository.put_on_tills(unit, [(row.promotion_id, row.version) for row in come])
    repository.take_from_tills(unit, [(row.promotion_id, row.version) for row in gone])
    changes = [change for row in come for change in _changes(row)]
    changes += [change for row in gone for change in _changes(row, remove=True)]
    mark_changed(unit, changes)
    return len(come) + len(gone)


def is_settled(unit: ReadUnit, now: datetime, ahead: timedelta) -> bool:
    """Whether tills have what they should have: `settle` would change nothing."""
    come, gone = repository.due(unit, now + ahead, now - KEPT, None)
    return not come and not gone


def till_rows(unit: ReadUnit, keys: Iterable[str]) -> dict[str, PromotionRow]:
    """The versions that tills get for these feed keys; those that are not theirs to have (any more) are left out."""
    wanted = set(keys)
    ids = {promotion_of_key(key)[0] for key in wanted}
    found = {}
    for row in repository.on_tills(unit, ids):
        key = promotion_key(row.promotion_id, row.version)
        if key in wanted:
            body = json.loads(row.body)
            found[key] = PromotionRow(
                row.promotion_id, row.version, row.currency, body, row.retired_at
            )
    return found


def till_usages(unit: ReadUnit, ids: Iterable[str]) -> dict[str, PromotionUsage]:
    """How far those of these promotions are used up that count and have a limit over all receipts."""
    return {
        row.promotion_id: PromotionUsage(row.promotion_id, row.uses, row.amount)
        for row in use_repository.usages(unit, ids)
    }


def uses_by_customer(unit: ReadUnit, customers: Iterable[str]) -> dict[str, dict[str, int]]:
    """By customer and promotion how often they used what each customer may have only so often."""
    return use_repository.limited_uses_by(unit, customers)


def usage_changes(head: Head, newest: Row[Any]) -> list[Change]:
    """What tills must fetch again when a promotion was used."""
    scopes = sorted(_Reach.of(head, newest).scopes)
    return [Change("usage", scope, "promotion_use", head.promotion_id) for scope in scopes]


def _changes(row: Row[Any], *, remove: bool = False) -> list[Change]:
    key = promotion_key(row.promotion_id, row.version)
    return [
        Change("reference", scope, "promotion", key, "remove" if remove else "put")
        for scope in _scopes(row.body)
    ]


def _scopes(body: str) -> tuple[str, ...]:
    """Who hears of a version: the tills of the stores it names, or all. Names that no store can have reach nobody."""
    stores = stores_of(json.loads(body))
    if not stores:
        return (CHAIN,)
    return tuple(store_scope(store) for store in stores if _STORE.fullmatch(store))
