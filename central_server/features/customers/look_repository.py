"""SQL of looks at customers, and of the tokens that chains are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from central_server.features.customers.tables import customer_look, customer_token
from central_server.platform.database import among, bulk_insert

LookRow = Row[Any]


def add_looks(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Keep who looked at whom."""
    bulk_insert(connection, customer_look, rows)


def looks_at(connection: Connection, number: str, limit: int) -> list[LookRow]:
    """Who looked at a customer, newest first."""
    query = select(customer_look).where(customer_look.c.number == number)
    return list(connection.execute(query.order_by(customer_look.c.id.desc()).limit(limit)))


def tokens(connection: Connection, numbers: Iterable[str]) -> dict[str, str]:
    """The tokens that there are of customers."""
    query = select(customer_token.c.number, customer_token.c.token)
    rows = connection.execute(query.where(among(connection, customer_token.c.number, numbers)))
    return {row.number: row.token for row in rows}


def add_tokens(connection: Connection, new: Mapping[str, str]) -> None:
    """Keep tokens of customers that had none."""
    rows = [{"number": number, "token": token} for number, token in new.items()]
    bulk_insert(connection, customer_token, rows)
