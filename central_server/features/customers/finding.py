"""Finding customers by name, telephone number, mail address or card. Each look is kept for whom it was at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from central_server.features.customers import card_repository, find_repository, look_repository
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.customers import CustomerLook, asked_words, words_of

SHOWN = 50
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class CustomerHit:
    """A customer in a list."""

    number: str
    name: str
    phone: str
    email: str
    cards: tuple[str, ...]


def find_customers(unit: ReadUnit, text: str, limit: int = SHOWN) -> list[CustomerHit]:
    """Customers that fit every word of a text, by name; nobody if nothing was asked for."""
    words = asked_words(text)
    if not words:
        return []
    return hits(unit, find_repository.numbers_with(unit.connection, words, limit))


def hits(unit: ReadUnit, numbers: Iterable[str]) -> list[CustomerHit]:
    """These customers, by name."""
    wanted = list(numbers)
    cards = find_repository.cards_of(unit.connection, wanted)
    found = [
        CustomerHit(
            row.number,
            row.name,
            row.phone or "",
            row.email or "",
            tuple(sorted(cards.get(row.number, ()))),
        )
        for row in find_repository.what_is_found(unit.connection, wanted)
    ]
    return sorted(found, key=lambda hit: (hit.name.casefold(), hit.number))


def keep_looks(
    unit: UnitOfWork, numbers: Iterable[str], by: str, purpose: str, at: datetime
) -> None:
    """Keep that somebody looked at customers, and what for."""
    rows = [
        {"number": number, "looked_by": by[:31], "purpose": purpose[:40], "at": at}
        for number in sorted(set(numbers))
    ]
    look_repository.add_looks(unit.connection, rows)


def keep_till_looks(unit: UnitOfWork, looks: Iterable[CustomerLook]) -> None:
    """Keep looks that tills journalled. Of an erased customer there is nothing to see, but a till may not know yet."""
    found = list(looks)
    now = card_repository.aliases(unit.connection, {look.number for look in found})
    rows = [
        {
            "number": now.get(look.number, look.number),
            "looked_by": look.looked_by[:31],
            "purpose": f"till {look.till_id}",
            "at": look.at,
        }
        for look in found
    ]
    look_repository.add_looks(unit.connection, rows)


def looks_at(unit: ReadUnit, number: str, limit: int = 100) -> list[Row[Any]]:
    """Who looked at a customer, newest first."""
    return look_repository.looks_at(unit.connection, number, limit)


def refresh(unit: UnitOfWork, numbers: Iterable[str]) -> None:
    """Bring what customers are found by up to what is known of them."""
    wanted = sorted(set(numbers))
    for start in range(0, len(wanted), _BATCH):
        part = wanted[start : start + _BATCH]
        cards = find_repository.cards_of(unit.connection, part)
        words: dict[str, set[str]] = {number: set() for number in part}
        words |= {
            row.number: words_of(
                row.name, row.phone or "", row.email or "", (row.number, *cards.get(row.number, ()))
            )
            for row in find_repository.what_is_found(unit.connection, part)
        }
        find_repository.put_words(unit.connection, words)


def fill(unit: UnitOfWork) -> int:
    """Make findable who is not yet, as after an update of the product; how many."""
    count = 0
    while numbers := find_repository.unfound(unit.connection, _BATCH):
        refresh(unit, numbers)
        count += len(numbers)
    return count
