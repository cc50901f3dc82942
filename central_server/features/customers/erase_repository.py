"""SQL of erasing customers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, update

from central_server.features.customers.tables import (
    customer,
    customer_attribute,
    customer_change,
    customer_find,
    customer_note,
    customer_word,
)

_TOLD = (customer_word, customer_attribute, customer_find, customer_note, customer_change)
_NOTHING = {
    "name": "",
    "phone": None,
    "email": None,
    "birthday": None,
    "since": None,
    "purchases_before": 0,
    "purchases_booked": 0,
}


def clear(connection: Connection, number: str, at: datetime) -> None:
    """Delete all that is known of a customer but the number."""
    for table in _TOLD:
        connection.execute(delete(table).where(table.c.number == number))
    facts = {**_NOTHING, "changed_at": at}
    connection.execute(update(customer).where(customer.c.number == number).values(facts))


def mark_erased(connection: Connection, number: str, at: datetime) -> None:
    """Note that nobody stands behind a number any more."""
    connection.execute(delete(customer_find).where(customer_find.c.number == number))
    connection.execute(update(customer).where(customer.c.number == number).values(erased_at=at))
