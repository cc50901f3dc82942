"""SQL of customers' cards and of numbers that others took over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from central_server.features.customers.tables import (
    customer,
    customer_alias,
    customer_attribute,
    customer_card,
    customer_change,
    customer_consent,
    customer_find,
    customer_look,
    customer_note,
    customer_word,
    person_key,
)
from central_server.platform.database import among
from shared.customers import CustomerCardState


def card(connection: Connection, number: str, *, lock: bool = False) -> Row[Any] | None:
    """A card."""
    query = select(customer_card).where(customer_card.c.card == number)
    return connection.execute(query.with_for_update() if lock else query).one_or_none()


def cards_of(connection: Connection, number: str) -> list[Row[Any]]:
    """The cards of a customer, oldest first."""
    query = select(customer_card).where(customer_card.c.number == number)
    ordered = query.order_by(customer_card.c.issued_at, customer_card.c.card)
    return list(connection.execute(ordered))


def add_card(connection: Connection, row: dict[str, Any]) -> None:
    """Add a card."""
    connection.execute(insert(customer_card).values(row))


def change_card(connection: Connection, number: str, changes: dict[str, Any]) -> None:
    """Write new values of a card's columns."""
    connection.execute(update(customer_card).where(customer_card.c.card == number).values(changes))


def delete_cards(connection: Connection, number: str) -> None:
    """Delete the cards of a customer."""
    connection.execute(delete(customer_card).where(customer_card.c.number == number))


def aliases(connection: Connection, numbers: Iterable[str]) -> dict[str, str]:
    """Which customer these numbers name now, as far as another number took them over."""
    query = select(customer_alias.c.old, customer_alias.c.number)
    rows = connection.execute(query.where(among(connection, customer_alias.c.old, numbers)))
    return {row.old: row.number for row in rows}


def old_numbers(connection: Connection, number: str) -> list[str]:
    """The numbers that a customer's number took over."""
    query = select(customer_alias.c.old).where(customer_alias.c.number == number)
    return list(connection.execute(query.order_by(customer_alias.c.old)).scalars())


def other_numbers(connection: Connection, numbers: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Cards in use and numbers that were taken over, sorted, of customers that have any."""
    wanted = set(numbers)
    cards = select(customer_card.c.number, customer_card.c.card).where(
        customer_card.c.state == CustomerCardState.ACTIVE.value,
        among(connection, customer_card.c.number, wanted),
    )
    old = select(customer_alias.c.number, customer_alias.c.old).where(
        among(connection, customer_alias.c.number, wanted)
    )
    found: dict[str, set[str]] = {}
    for query in (cards, old):
        for number, other in connection.execute(query):
            found.setdefault(number, set()).add(other)
    return {number: tuple(sorted(others)) for number, others in found.items()}


def take_over(connection: Connection, old: str, into: str, at: datetime) -> None:
    """Let `into` take over what `old` has: aliases, cards, looks, consents, notes. The customer `old` is no more."""
    for table, column in (
        (customer_alias, customer_alias.c.number),
        (customer_card, customer_card.c.number),
        (customer_look, customer_look.c.number),
        (customer_consent, customer_consent.c.number),
        (customer_note, customer_note.c.number),
        (customer_change, customer_change.c.number),
        (person_key, person_key.c.customer),
    ):
        connection.execute(update(table).where(column == old).values({column.name: into}))
    connection.execute(insert(customer_alias).values(old=old, number=into, merged_at=at))
    for table in (customer_word, customer_attribute, customer_find):
        connection.execute(delete(table).where(table.c.number == old))
    connection.execute(delete(customer).where(customer.c.number == old))
