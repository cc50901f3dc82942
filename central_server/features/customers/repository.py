"""SQL of customers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select

from central_server.features.customers.tables import customer, customer_attribute, customer_word
from central_server.platform.database import among, bulk_insert
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork

Words = dict[str, dict[str, tuple[str, ...]]]
_FACTS = ("name", "phone", "email", "store_id", "birthday", "since", "purchases_before")


def rows(unit: ReadUnit, numbers: Iterable[str], *, lock: bool = False) -> dict[str, Row[Any]]:
    """The customers that exist of these, locked until the unit ends if wanted (in order of their numbers)."""
    query = (
        select(customer)
        .where(among(unit.connection, customer.c.number, numbers))
        .order_by(customer.c.number)
    )
    if lock:
        query = query.with_for_update()
    return {row.number: row for row in unit.connection.execute(query)}


def words_of(unit: ReadUnit, numbers: Iterable[str]) -> Words:
    """The words of each customer by kind of list, sorted."""
    query = (
        select(customer_word.c.number, customer_word.c.kind, customer_word.c.word)
        .where(among(unit.connection, customer_word.c.number, numbers))
        .order_by(customer_word.c.number, customer_word.c.kind, customer_word.c.word)
    )
    found: Words = defaultdict(dict)
    for number, kind, word in unit.connection.execute(query):
        found[number][kind] = (*found[number].get(kind, ()), word)
    return found


def attributes_of(unit: ReadUnit, numbers: Iterable[str]) -> dict[str, dict[str, str]]:
    """The attributes of each customer."""
    query = (
        select(customer_attribute.c.number, customer_attribute.c.name, customer_attribute.c.value)
        .where(among(unit.connection, customer_attribute.c.number, numbers))
        .order_by(customer_attribute.c.number, customer_attribute.c.name)
    )
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for number, name, value in unit.connection.execute(query):
        found[number][name] = value
    return found


def insert(unit: UnitOfWork, new: Iterable[Mapping[str, Any]], at: datetime) -> None:
    """Add customers; each has a number and all the facts of a file."""
    added = [
        {**one, "rev": 0, "purchases_booked": 0, "created_at": at, "changed_at": at} for one in new
    ]
    bulk_insert(unit.connection, customer, added)


def update(unit: UnitOfWork, changed: Iterable[Mapping[str, Any]], at: datetime) -> None:
    """Write all the facts of customers that exist."""
    values = [
        {
            "k_number": one["number"],
            "at": at,
            **{f"v_{name}": one[name] for name in (*_FACTS, "rev")},
        }
        for one in changed
    ]
    if not values:
        return
    statement = customer.update().where(customer.c.number == bindparam("k_number"))
    facts: dict[str, Any] = {name: bindparam(f"v_{name}") for name in (*_FACTS, "rev")}
    unit.connection.execute(statement.values(**facts, changed_at=bindparam("at")), values)


def replace_words(unit: UnitOfWork, words: Mapping[tuple[str, str], Iterable[str]]) -> None:
    """Write whole lists of words, by number and kind."""
    if not words:
        return
    unit.connection.execute(
        customer_word.delete().where(
            customer_word.c.number == bindparam("k_number"),
            customer_word.c.kind == bindparam("k_kind"),
        ),
        [{"k_number": number, "k_kind": kind} for number, kind in words],
    )
    bulk_insert(
        unit.connection,
        customer_word,
        [
            {"number": number, "kind": kind, "word": word}
            for (number, kind), found in words.items()
            for word in found
        ],
    )


def replace_attributes(unit: UnitOfWork, attributes: Mapping[str, Mapping[str, str]]) -> None:
    """Write all attributes of customers."""
    if not attributes:
        return
    unit.connection.execute(
        customer_attribute.delete().where(customer_attribute.c.number == bindparam("k_number")),
        [{"k_number": number} for number in attributes],
    )
    bulk_insert(
        unit.connection,
        customer_attribute,
        [
            {"number": number, "name": name, "value": value}
            for number, found in attributes.items()
            for name, value in found.items()
        ],
    )


def add_purchases(unit: UnitOfWork, bought: Mapping[str, int], at: datetime) -> None:
    """Add to the purchases that are booked, by number. The rows are locked already."""
    if not bought:
        return
    statement = customer.update().where(customer.c.number == bindparam("k_number"))
    unit.connection.execute(
        statement.values(
            purchases_booked=customer.c.purchases_booked + bindparam("more"),
            changed_at=bindparam("at"),
        ),
        [{"k_number": number, "more": more, "at": at} for number, more in sorted(bought.items())],
    )
