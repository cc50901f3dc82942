"""SQL of the keys of persons whom tills took down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, delete, select

from central_server.features.customers.tables import person_key
from central_server.platform.database import among, bulk_insert


def keys_of(connection: Connection, numbers: Iterable[str]) -> dict[str, bytes]:
    """The keys that there are of these."""
    query = select(person_key.c.number, person_key.c.key)
    rows = connection.execute(query.where(among(connection, person_key.c.number, numbers)))
    return {row.number: row.key for row in rows}


def add_keys(connection: Connection, new: Mapping[str, bytes]) -> None:
    """Keep keys."""
    bulk_insert(
        connection,
        person_key,
        [{"number": n, "key": key, "customer": None} for n, key in new.items()],
    )


def delete_keys(connection: Connection, numbers: Iterable[str]) -> None:
    """Delete keys by their names, or by whose they are."""
    wanted = list(numbers)
    for column in (person_key.c.number, person_key.c.customer):
        connection.execute(delete(person_key).where(among(connection, column, wanted)))
