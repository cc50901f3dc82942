"""What can be asked of prices and how they are set. Which price holds is decided by `shared.pricing` alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from central_server.features.catalogue.service import require_sku
from central_server.features.offers.service import get_offer
from central_server.features.pricing import offer_repository, repository
from central_server.features.pricing.repository import PriceKey
from central_server.features.stores.service import get_store
from central_server.platform.changes import CHAIN, Change, mark_changed, market_scope, store_scope
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError
from shared.money import currency
from shared.pricing import (
    STANDARD_OFFER,
    PriceEntry,
    PriceQuestion,
    lowest_in_window,
    refuse_overlap,
    resolve_price,
)

_SCOPE = re.compile(r"chain|market:[A-Z]{2}|store:[A-Z0-9][A-Z0-9-]{0,30}")


@dataclass(frozen=True, slots=True)
class Quote:
    """The price that holds, and the lowest one of the 30 days before it began (None: there was none)."""

    price: PriceEntry
    lowest_30d: PriceEntry | None


@dataclass(slots=True)
class PriceResult:
    """Which skus got another price, and why others did not."""

    changed: set[str] = field(default_factory=set)
    refused: dict[str, DomainError] = field(default_factory=dict)


@dataclass(slots=True)
class _Plan:
    insert: list[PriceEntry] = field(default_factory=list)
    update: list[PriceEntry] = field(default_factory=list)


def prices_of(
    unit: ReadUnit, skus: Iterable[str], scopes: Iterable[str] | None = None
) -> dict[str, list[PriceEntry]]:
    """All price entries of each sku, past ones too, in all scopes or in some."""
    return repository.entries(unit, skus, scopes=scopes)


def prices_of_offer(
    unit: ReadUnit, offer: str, now: datetime, after: str, limit: int
) -> list[PriceEntry]:
    """The prices of an offer that hold or are to come, of up to `limit` skus behind `after`."""
    return offer_repository.entries_of(unit, offer, now, after, limit)


def count_priced(unit: ReadUnit, offers: Iterable[str]) -> dict[str, int]:
    """How many variants have a price of each of these offers; an offer without any is missing."""
    return offer_repository.count_skus(unit, offers)


def quote(
    unit: ReadUnit,
    sku: str,
    store_id: str,
    at: datetime,
    *,
    offer: str = STANDARD_OFFER,
    channel: str = "store",
) -> Quote:
    """What an article costs in a store at a moment, through an offer.

    `DomainError`, 404: `sku_unknown`, `store_unknown`, `offer_unknown`, `price_missing`; 409:
    `offer_not_valid`.
    """
    store = get_store(unit, store_id)
    require_sku(unit, sku)
    if not get_offer(unit, offer).holds_at(at):
        raise DomainError("offer_not_valid", {"offer": offer})
    scopes = (CHAIN, market_scope(store.market), store_scope(store_id))
    entries = repository.entries(unit, [sku], scopes=scopes).get(sku, [])
    question = PriceQuestion(store_id, store.market, store.currency, at, offer, channel)
    found = resolve_price(entries, question)
    if found is None:
        raise DomainError("price_missing", {"sku": sku, "store": store_id}, http_status=404)
    history = [entry for entry in entries if _key(entry) == _key(found)]
    return Quote(found, lowest_in_window(history, found.valid_from))


def lowest_30d(
    unit: ReadUnit,
    sku: str,
    at: datetime,
    *,
    offer: str,
    scope: str,
    currency_code: str,
    channel: str = "",
) -> PriceEntry | None:
    """The lowest price of the 30 days before `at`: what an announced reduction is measured against."""
    key = PriceKey(offer, scope, channel, currency_code)
    return lowest_in_window(repository.entries(unit, [sku], key=key).get(sku, []), at)


def set_price(unit: UnitOfWork, entry: PriceEntry, now: datetime) -> bool:
    """Set one price; whether that changed anything.

    A price without an end takes over from whatever holds when it begins, until the next one that is already
    set; a price with an end must find its time free (`price_validity_overlaps`). What held in the past is
    never rewritten (`price_backdated`).
    """
    require_sku(unit, entry.sku)
    result = set_prices(unit, [entry], now)
    if entry.sku in result.refused:
        raise result.refused[entry.sku]
    return bool(result.changed)


def set_prices(unit: UnitOfWork, entries: Sequence[PriceEntry], now: datetime) -> PriceResult:
    """Set many prices of one offer, scope, channel and currency, at most one per sku; tills hear of changes.

    Each price is judged as by `set_price`; refused ones are named and the others are set.
    """
    result = PriceResult()
    if not entries:
        return result
    key = _key(entries[0])
    check_key(unit, key)
    if any(_key(entry) != key for entry in entries):
        raise ValueError("set_prices takes one offer, scope, channel and currency at a time")
    known = repository.lock_skus(unit, [entry.sku for entry in entries])
    present = repository.entries(unit, known, key=key)
    plan = _Plan()
    for entry in entries:
        if entry.sku not in known:
            unknown = DomainError("sku_unknown", {"sku": entry.sku[:64]}, http_status=404)
            result.refused[entry.sku] = unknown
            continue
        try:
            if _place(present.get(entry.sku, []), entry, now, plan):
                result.changed.add(entry.sku)
        except DomainError as refusal:
            result.refused[entry.sku] = refusal
    repository.update_entries(unit, plan.update)
    repository.insert_entries(unit, plan.insert, now)
    mark_changed(
        unit, [Change("reference", key.scope, "price", sku) for sku in sorted(result.changed)]
    )
    return result


def price_facts(entry: PriceEntry | None) -> dict[str, object]:
    """What the audit trail says of a price; nothing of none."""
    if entry is None:
        return {}
    return {
        "amount": entry.amount,
        "currency": entry.currency,
        "offer": entry.offer,
        "scope": entry.scope,
        "valid_from": entry.valid_from,
        "valid_to": entry.valid_to,
    }


def _place(present: list[PriceEntry], new: PriceEntry, now: datetime, plan: _Plan) -> bool:
    """Plan what `new` changes among the prices of its key; False if it already is as wanted."""
    if new.amount < 0:
        raise DomainError("price_amount_invalid", http_status=400)
    holding = next((entry for entry in present if entry.holds_at(new.valid_from)), None)
    if new.valid_to is not None:
        if new in present:
            return False
        refuse_overlap([*present, new])
        plan.insert.append(new)
        return True
    if holding is not None and holding.amount == new.amount:
        return False
    later = [entry.valid_from for entry in present if entry.valid_from > new.valid_from]
    new = replace(new, valid_to=min(later, default=None))
    if holding is None:
        plan.insert.append(new)
        return True
    if new.valid_from < now or (holding.valid_from == new.valid_from and new.valid_from <= now):
        params = {"sku": new.sku, "from": new.valid_from.isoformat()}
        raise DomainError("price_backdated", params)
    if holding.valid_from == new.valid_from:
        plan.update.append(replace(holding, amount=new.amount))
    else:
        plan.update.append(replace(holding, valid_to=new.valid_from))
        plan.insert.append(new)
    return True


def check_key(unit: ReadUnit, key: PriceKey) -> None:
    """`DomainError` unless they exist: `offer_unknown`, `currency_unknown`, `price_scope_invalid`, `store_unknown`."""
    get_offer(unit, key.offer)
    currency(key.currency)
    if not _SCOPE.fullmatch(key.scope):
        raise DomainError("price_scope_invalid", {"value": key.scope[:40]}, http_status=400)
    if key.scope.startswith("store:"):
        get_store(unit, key.scope.removeprefix("store:"))


def _key(entry: PriceEntry) -> PriceKey:
    return PriceKey(entry.offer, entry.scope, entry.channel, entry.currency)
