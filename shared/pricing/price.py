"""Price entries and the rule that picks one. Tills and centre ask the same function, so they quote the same cent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from shared.errors import DomainError

STANDARD_OFFER = "STORE"
ANY_CHANNEL = ""


@dataclass(frozen=True, slots=True)
class PriceEntry:
    """The gross unit price of a sku in one offer and scope, from `valid_from` until before `valid_to` (None: open).

    `scope` is `chain`, `market:<country>` or `store:<store id>`; `channel` is empty for any (`store`, `web` …);
    `amount` in minor units of `currency`.
    """

    sku: str
    scope: str
    amount: int
    currency: str
    valid_from: datetime
    valid_to: datetime | None = None
    offer: str = STANDARD_OFFER
    channel: str = ANY_CHANNEL

    def holds_at(self, at: datetime) -> bool:
        """Whether the entry is in force at the moment `at`."""
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)


@dataclass(frozen=True, slots=True)
class PriceQuestion:
    """Who asks for a price: where, when, through which offer and channel, in which currency."""

    store_id: str
    market: str
    currency: str
    at: datetime
    offer: str = STANDARD_OFFER
    channel: str = "store"


def resolve_price(entries: Iterable[PriceEntry], question: PriceQuestion) -> PriceEntry | None:
    """The entry that holds, or None if the article has no price there and then.

    The asked offer beats the standard offer, a store's price a market's, a market's the chain's, an entry for
    the channel one for any; among the rest the one that began last. Entries in another currency never count.
    """
    rank = {f"store:{question.store_id}": 2, f"market:{question.market}": 1, "chain": 0}
    best: PriceEntry | None = None
    best_key: tuple[bool, int, bool, datetime] | None = None
    for entry in entries:
        if (
            entry.scope not in rank
            or entry.currency != question.currency
            or not entry.holds_at(question.at)
        ):
            continue
        if entry.offer not in (question.offer, STANDARD_OFFER):
            continue
        if entry.channel not in (ANY_CHANNEL, question.channel):
            continue
        key = (
            entry.offer == question.offer,
            rank[entry.scope],
            entry.channel != ANY_CHANNEL,
            entry.valid_from,
        )
        if best_key is None or key > best_key:
            best, best_key = entry, key
    return best


def refuse_overlap(entries: Iterable[PriceEntry]) -> None:
    """`DomainError('price_validity_overlaps')` if two entries of one sku, offer, scope, channel and currency hold at
    the same moment, `('price_validity_empty')` if one ends before it begins.
    """
    groups: dict[tuple[str, str, str, str, str], list[PriceEntry]] = {}
    for entry in entries:
        if entry.valid_to is not None and entry.valid_to <= entry.valid_from:
            raise DomainError(
                "price_validity_empty", {"sku": entry.sku, "from": entry.valid_from.isoformat()}
            )
        key = (entry.sku, entry.offer, entry.scope, entry.channel, entry.currency)
        groups.setdefault(key, []).append(entry)
    for group in groups.values():
        group.sort(key=lambda e: e.valid_from)
        for earlier, later in pairwise(group):
            if earlier.valid_to is None or later.valid_from < earlier.valid_to:
                raise DomainError(
                    "price_validity_overlaps",
                    {"sku": later.sku, "from": later.valid_from.isoformat()},
                )
