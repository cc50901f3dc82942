"""SQL of tills and one-time codes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, select

from central_server.features.stores.tables import store
from central_server.features.tills.tables import till, till_code, till_device
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork

# Each request of a till asks this, put together once; its store is asked for next, so it comes along.
STORE_PREFIX = "store__"
_TILL = select(till).where(till.c.till_id == bindparam("asked"))
_ONE = _TILL.join(store, store.c.store_id == till.c.store_id).add_columns(
    *(column.label(STORE_PREFIX + column.name) for column in store.columns)
)
_LOCKED = _TILL.with_for_update()


def till_rows(unit: ReadUnit, stores: Iterable[str] | None = None) -> list[Row[Any]]:
    """Every till by id, or those of some stores."""
    query = select(till).order_by(till.c.till_id)
    if stores is not None:
        query = query.where(till.c.store_id.in_(sorted(stores)))
    return list(unit.connection.execute(query))


def till_row(unit: ReadUnit, till_id: str, *, lock: bool = False) -> Row[Any] | None:
    """One till, with its store's columns under `STORE_PREFIX`; with `lock` it comes alone, and nobody else changes it
    until the unit ends.
    """
    found = unit.connection.execute(_LOCKED if lock else _ONE, {"asked": till_id})
    return found.one_or_none()


def insert_till(unit: UnitOfWork, values: dict[str, Any]) -> None:
    """Add a till."""
    unit.connection.execute(till.insert().values(**values))


def update_till(unit: UnitOfWork, till_id: str, values: dict[str, Any]) -> None:
    """Change a till."""
    unit.connection.execute(till.update().where(till.c.till_id == till_id).values(**values))


def replace_devices(unit: UnitOfWork, till_id: str, rows: list[dict[str, Any]]) -> None:
    """The devices of a till are these from now on."""
    unit.connection.execute(till_device.delete().where(till_device.c.till_id == till_id))
    if rows:
        unit.connection.execute(till_device.insert(), rows)


def device_rows(unit: ReadUnit, till_ids: Iterable[str]) -> list[Row[Any]]:
    """The devices of some tills, by till and kind."""
    table = till_device
    query = select(table).where(table.c.till_id.in_(sorted(till_ids)))
    return list(unit.connection.execute(query.order_by(table.c.till_id, table.c.kind)))


def insert_code(unit: UnitOfWork, values: dict[str, Any]) -> None:
    """Add a one-time code."""
    unit.connection.execute(till_code.insert().values(**values))


def expire_codes(unit: UnitOfWork, till_id: str, at: datetime) -> None:
    """End the codes of a till that nobody used yet."""
    unit.connection.execute(
        till_code.update()
        .where(
            till_code.c.till_id == till_id,
            till_code.c.used_at.is_(None),
            till_code.c.expires_at > at,
        )
        .values(expires_at=at)
    )


def code_row(unit: ReadUnit, digest: str) -> Row[Any] | None:
    """The one-time code with this digest."""
    return unit.connection.execute(
        select(till_code).where(till_code.c.code_digest == digest)
    ).one_or_none()


def use_code(unit: UnitOfWork, code_id: UUID, key: bytes, at: datetime) -> bool:
    """Mark a code as used; False if somebody else was quicker."""
    done = unit.connection.execute(
        till_code.update()
        .where(till_code.c.code_id == code_id, till_code.c.used_at.is_(None))
        .values(used_at=at, used_by_key=key)
    )
    return done.rowcount == 1


def count_unseen(unit: ReadUnit, since: datetime) -> int:
    """How many active tills were not heard of since."""
    query = (
        select(func.count())
        .select_from(till)
        .where(till.c.state == "active", till.c.last_contact_at < since)
    )
    return unit.connection.execute(query).scalar_one()
