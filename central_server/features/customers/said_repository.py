"""SQL of what was said of customers: consents, notes, changes of name and contact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Table, func, select, update

from central_server.features.customers.tables import (
    customer_change,
    customer_consent,
    customer_note,
    person_key,
)
from central_server.platform.database import among, bulk_insert


def add_consents(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Keep what customers agreed to or took back."""
    bulk_insert(connection, customer_consent, rows)


def consents_of(connection: Connection, number: str) -> Sequence[Row[Any]]:
    """What a customer said, as the centre heard of it."""
    query = select(customer_consent).where(customer_consent.c.number == number)
    return connection.execute(query.order_by(customer_consent.c.id)).all()


def add_notes(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Keep notes."""
    bulk_insert(connection, customer_note, rows)


def notes_of(connection: Connection, number: str, limit: int) -> Sequence[Row[Any]]:
    """The notes on a customer, newest first."""
    query = select(customer_note).where(customer_note.c.number == number)
    return connection.execute(query.order_by(customer_note.c.id.desc()).limit(limit)).all()


def add_changes(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Keep what fields became and were."""
    bulk_insert(connection, customer_change, rows)


def changes_of(connection: Connection, number: str, limit: int) -> Sequence[Row[Any]]:
    """The changes of a customer's name and contact, newest first."""
    query = select(customer_change).where(customer_change.c.number == number)
    return connection.execute(query.order_by(customer_change.c.id.desc()).limit(limit)).all()


def changes_since(
    connection: Connection, number: str, field: str, rev: int, source: str
) -> Sequence[Row[Any]]:
    """What others than `source` made of a field behind a revision, oldest first."""
    query = select(customer_change).where(
        customer_change.c.number == number,
        customer_change.c.field == field,
        customer_change.c.rev > rev,
        customer_change.c.source != source,
    )
    return connection.execute(query.order_by(customer_change.c.id)).all()


def booked(connection: Connection, event_ids: Iterable[UUID]) -> set[UUID]:
    """Those of these events that are kept already."""
    wanted = list(event_ids)
    found: set[UUID] = set()
    tables: tuple[Table, ...] = (customer_consent, customer_note, customer_change)
    for table in tables:
        query = select(table.c.event_id).where(table.c.event_id.in_(wanted))
        found |= set(connection.execute(query).scalars())
    return found


def name_owner(connection: Connection, key: str, number: str) -> None:
    """Whose a key is that came under a name of its own."""
    statement = update(person_key).where(person_key.c.number == key)
    connection.execute(statement.values(customer=number))


def count_keys(connection: Connection, numbers: Iterable[str]) -> int:
    """How many keys open what was said of these customers."""
    named = among(connection, person_key.c.customer, numbers)
    query = select(func.count()).select_from(person_key).where(named)
    return int(connection.execute(query).scalar_one())
