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
    customer_find,
    customer_look,
    customer_word,
)
from central_server.platform.database import among


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


def take_over(connection: Connection, old: str, into: str, at: datetime) -> None:
    """Let `into` take over everything of `old`: aliases, cards, looks, words. The customer `old` is no more."""
    for table, column in (
        (customer_alias, customer_alias.c.number),
        (customer_card, customer_card.c.number),
        (customer_look, customer_look.c.number),
    ):
        connection.execute(update(table).where(column == old).values(number=into))
    connection.execute(insert(customer_alias).values(old=old, number=into, merged_at=at))
    for table in (customer_word, customer_attribute, customer_find):
        connection.execute(delete(table).where(table.c.number == old))
    connection.execute(delete(customer).where(customer.c.number == old))
