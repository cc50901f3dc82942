"""SQL of stores and exchange rates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, select

from central_server.features.stores.tables import exchange_rate, store
from central_server.platform.schema import installation_setting
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork

# Each request of a till asks this: put together once.
_ONE = select(store).where(store.c.store_id == bindparam("asked"))


def store_rows(unit: ReadUnit, only: Iterable[str] | None = None) -> list[Row[Any]]:
    """Every store by id, or those of `only`."""
    query = select(store).order_by(store.c.store_id)
    if only is not None:
        query = query.where(store.c.store_id.in_(sorted(only)))
    return list(unit.connection.execute(query))


def store_row(unit: ReadUnit, store_id: str) -> Row[Any] | None:
    """One store."""
    return unit.connection.execute(_ONE, {"asked": store_id}).one_or_none()


def insert_store(unit: UnitOfWork, values: dict[str, Any]) -> None:
    """Add a store."""
    unit.connection.execute(store.insert().values(**values))


def update_store(unit: UnitOfWork, store_id: str, values: dict[str, Any]) -> None:
    """Change a store."""
    unit.connection.execute(store.update().where(store.c.store_id == store_id).values(**values))


def markets(unit: ReadUnit) -> list[str]:
    """The markets of active stores, by code."""
    query = select(store.c.market).where(store.c.active).distinct().order_by(store.c.market)
    return list(unit.connection.execute(query).scalars())


def put_rate(
    unit: UnitOfWork, day: date, pair: tuple[str, str], rate_e8: int, source: str, at: datetime
) -> None:
    """Store the rate of a day, in place of an earlier one."""
    table = exchange_rate
    key = (table.c.day == day, table.c.from_currency == pair[0], table.c.to_currency == pair[1])
    unit.connection.execute(table.delete().where(*key))
    unit.connection.execute(
        table.insert().values(
            day=day,
            from_currency=pair[0],
            to_currency=pair[1],
            rate_e8=rate_e8,
            source=source,
            stored_at=at,
        )
    )


def rate_row(unit: ReadUnit, day: date, pair: tuple[str, str]) -> Row[Any] | None:
    """The stored rate of exactly this day."""
    table = exchange_rate
    return unit.connection.execute(
        select(table).where(
            table.c.day == day, table.c.from_currency == pair[0], table.c.to_currency == pair[1]
        )
    ).one_or_none()


def rate_rows(unit: ReadUnit, day: date | None) -> list[Row[Any]]:
    """The stored rates of a day, or all of them, newest first."""
    table = exchange_rate
    query = select(table).order_by(table.c.day.desc(), table.c.from_currency, table.c.to_currency)
    if day is not None:
        query = query.where(table.c.day == day)
    return list(unit.connection.execute(query))


def chain_setting(unit: ReadUnit, name: str) -> str | None:
    """What the chain set under a name; None if it set nothing."""
    query = select(installation_setting.c.value).where(installation_setting.c.name == name)
    return unit.connection.execute(query).scalar_one_or_none()


def put_chain_setting(unit: UnitOfWork, name: str, value: str | None) -> None:
    """Set it; None takes it away."""
    table = installation_setting
    unit.connection.execute(table.delete().where(table.c.name == name))
    if value is not None:
        unit.connection.execute(table.insert().values(name=name, value=value))
