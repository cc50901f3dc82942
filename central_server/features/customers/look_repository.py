"""SQL of looks at customers, of their chain, and of the tokens that it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

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


def unchained(connection: Connection, limit: int) -> Sequence[LookRow]:
    """Looks that are not chained yet, oldest first."""
    query = select(customer_look).where(customer_look.c.position.is_(None))
    return connection.execute(query.order_by(customer_look.c.id).limit(limit)).all()


def last_chained(connection: Connection) -> LookRow | None:
    """The end of the chain."""
    query = select(customer_look).where(customer_look.c.position.is_not(None))
    return connection.execute(query.order_by(customer_look.c.position.desc()).limit(1)).first()


def chained(connection: Connection, after: int, limit: int) -> Sequence[LookRow]:
    """Looks of the chain behind a position, in order."""
    query = select(customer_look).where(customer_look.c.position > after)
    return connection.execute(query.order_by(customer_look.c.position).limit(limit)).all()


def put_chained(connection: Connection, changes: Sequence[Mapping[str, Any]]) -> None:
    """Write position, token and hash of looks."""
    if changes:
        statement = update(customer_look).where(customer_look.c.id == bindparam("k_id"))
        named: dict[str, Any] = {name: bindparam(name) for name in ("position", "token", "hash")}
        connection.execute(statement.values(**named), list(changes))


def tokens(connection: Connection, numbers: Iterable[str]) -> dict[str, str]:
    """The tokens that there are of customers."""
    query = select(customer_token.c.number, customer_token.c.token)
    rows = connection.execute(query.where(among(connection, customer_token.c.number, numbers)))
    return {row.number: row.token for row in rows}


def add_tokens(connection: Connection, new: Mapping[str, str]) -> None:
    """Keep tokens of customers that had none."""
    rows = [{"number": number, "token": token} for number, token in new.items()]
    bulk_insert(connection, customer_token, rows)
