"""SQL of what customers are found by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, select

from central_server.features.customers.tables import (
    customer,
    customer_card,
    customer_find,
)
from central_server.platform.database import among, bulk_insert
from shared.customers import MOST_WORDS

# Behind every character that a word can have.
_AFTER = "~"
_COUNTED = 2_000
_CANDIDATES = 5_000


def put_words(connection: Connection, words: dict[str, set[str]]) -> None:
    """Write the words of customers in place of those before."""
    if not words:
        return
    connection.execute(
        delete(customer_find).where(among(connection, customer_find.c.number, words))
    )
    rows = [
        {"number": number, "word": word}
        for number in sorted(words)
        for word in sorted(words[number])
    ]
    bulk_insert(connection, customer_find, rows)


def what_is_found(connection: Connection, numbers: Iterable[str]) -> list[Row[Any]]:
    """Name and contact of customers."""
    query = select(customer.c.number, customer.c.name, customer.c.phone, customer.c.email)
    return list(connection.execute(query.where(among(connection, customer.c.number, numbers))))


def cards_of(connection: Connection, numbers: Iterable[str]) -> dict[str, list[str]]:
    """The cards of customers in whatever state."""
    query = select(customer_card.c.number, customer_card.c.card)
    found: dict[str, list[str]] = {}
    for row in connection.execute(query.where(among(connection, customer_card.c.number, numbers))):
        found.setdefault(row.number, []).append(row.card)
    return found


def unfound(connection: Connection, limit: int) -> Sequence[str]:
    """Customers of whom no words are kept yet."""
    kept = select(customer_find.c.number).where(customer_find.c.number == customer.c.number)
    query = select(customer.c.number).where(~kept.exists(), customer.c.erased_at.is_(None))
    query = query.limit(limit)
    return list(connection.execute(query).scalars())


def numbers_with(connection: Connection, words: Sequence[str], limit: int) -> list[str]:
    """Customers with words that begin with all of these. The rarest is looked for, the others are looked up; of one
    that thousands share only some thousand are looked at.
    """
    ordered = sorted(words, key=lambda word: _count(connection, word))
    first, *others = ordered
    some = select(customer_find.c.number).where(_begins(customer_find.c.word, first))
    candidates = some.limit(_CANDIDATES).subquery()
    query = select(candidates.c.number)
    for word in others:
        other = customer_find.alias()
        # One look-up for each candidate: as a condition that something exists, a planner may read all of a common word.
        there = select(other.c.number).where(
            other.c.number == candidates.c.number, _begins(other.c.word, word)
        )
        query = query.where(there.limit(1).scalar_subquery().is_not(None))
    # Two words of one customer may begin alike: who is found twice counts once.
    found = connection.execute(query.limit(limit * MOST_WORDS)).scalars()
    return list(dict.fromkeys(found))[:limit]


def _count(connection: Connection, word: str) -> int:
    some = select(customer_find.c.number).where(_begins(customer_find.c.word, word))
    counted = select(func.count()).select_from(some.limit(_COUNTED).subquery())
    return int(connection.execute(counted).scalar_one())


def _begins(column: Any, word: str) -> ColumnElement[bool]:
    range_: ColumnElement[bool] = column.between(word, word + _AFTER)
    return range_
