"""SQL of promotions and their versions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, or_, select

from central_server.features.promotions.tables import (
    promotion,
    promotion_on_tills,
    promotion_version,
    promotion_withdrawal,
)
from central_server.platform.database import among, bulk_insert
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork

_VERSION = promotion_version.c
# The version after one, which took its place.
_NEXT = promotion_version.alias("next_version")
_RETIRED_AT = func.coalesce(promotion_withdrawal.c.withdrawn_at, _NEXT.c.published_at).label(
    "retired_at"
)


@dataclass(slots=True)
class Head:
    """What stands of a promotion now; `uses` and `amount` are the sums over booked receipts."""

    promotion_id: str
    currency: str
    newest: int
    withdrawn: bool
    uses: int = 0
    amount: int = 0


def lock_heads(unit: UnitOfWork, ids: Iterable[str]) -> dict[str, Head]:
    """Those of these promotions that exist, locked until the unit ends (in order of ids, so nobody deadlocks)."""
    query = (
        select(promotion)
        .where(among(unit.connection, promotion.c.promotion_id, ids))
        .order_by(promotion.c.promotion_id)
        .with_for_update()
    )
    return {row["promotion_id"]: Head(**row) for row in unit.connection.execute(query).mappings()}


def heads(unit: ReadUnit) -> list[Head]:
    """Every promotion by id."""
    query = select(promotion).order_by(promotion.c.promotion_id)
    return [Head(**row) for row in unit.connection.execute(query).mappings()]


def head(unit: ReadUnit, promotion_id: str) -> Head | None:
    """One promotion."""
    query = select(promotion).where(promotion.c.promotion_id == promotion_id)
    row = unit.connection.execute(query).mappings().one_or_none()
    return Head(**row) if row is not None else None


def insert_heads(unit: UnitOfWork, new: Iterable[Head]) -> None:
    """Add promotions."""
    rows = [
        {
            "promotion_id": head.promotion_id,
            "currency": head.currency,
            "newest": head.newest,
            "withdrawn": head.withdrawn,
            "uses": head.uses,
            "amount": head.amount,
        }
        for head in new
    ]
    bulk_insert(unit.connection, promotion, rows)


def update_heads(unit: UnitOfWork, changed: Iterable[Head]) -> None:
    """Write what stands of promotions that exist and are locked."""
    rows = [
        {
            "k_id": head.promotion_id,
            "v_newest": head.newest,
            "v_withdrawn": head.withdrawn,
            "v_uses": head.uses,
            "v_amount": head.amount,
        }
        for head in changed
    ]
    if not rows:
        return
    statement = promotion.update().where(promotion.c.promotion_id == bindparam("k_id"))
    names = ("newest", "withdrawn", "uses", "amount")
    unit.connection.execute(
        statement.values({name: bindparam(f"v_{name}") for name in names}), rows
    )


def insert_versions(unit: UnitOfWork, rows: list[dict[str, Any]]) -> None:
    """Add versions; nothing ever changes one."""
    bulk_insert(unit.connection, promotion_version, rows)


def insert_withdrawals(unit: UnitOfWork, rows: list[dict[str, Any]]) -> None:
    """Add withdrawals of versions."""
    bulk_insert(unit.connection, promotion_withdrawal, rows)


def newest_versions(unit: ReadUnit, ids: Iterable[str]) -> dict[str, Row[Any]]:
    """The newest version of each of these promotions."""
    query = _versions().where(
        _VERSION.version == promotion.c.newest, among(unit.connection, _VERSION.promotion_id, ids)
    )
    return {row.promotion_id: row for row in unit.connection.execute(query)}


def versions(unit: ReadUnit, ids: Iterable[str]) -> list[Row[Any]]:
    """All versions of these promotions in order, each with `currency`, `retired_at` and who withdrew it."""
    query = (
        _versions()
        .where(among(unit.connection, _VERSION.promotion_id, ids))
        .order_by(_VERSION.promotion_id, _VERSION.version)
    )
    return list(unit.connection.execute(query))


def on_tills(unit: ReadUnit, ids: Iterable[str]) -> list[Row[Any]]:
    """The versions of these promotions that tills have."""
    query = (
        _versions()
        .join(promotion_on_tills, _same(promotion_on_tills))
        .where(among(unit.connection, _VERSION.promotion_id, ids))
    )
    return list(unit.connection.execute(query))


def due(
    unit: ReadUnit, begun_by: datetime, over_since: datetime, ids: Iterable[str] | None
) -> tuple[list[Row[Any]], list[Row[Any]]]:
    """The versions that tills should have and have not, and those that they have and should not: of some, or of all.

    A version belongs on tills if it begins by `begun_by` and was not over before `over_since`; one that was over before
    it ever counted does not.
    """
    starts, ends, published = _VERSION.starts_at, _VERSION.ends_at, _VERSION.published_at
    retired = _RETIRED_AT
    wanted = and_(
        or_(starts.is_(None), starts <= begun_by),
        or_(ends.is_(None), and_(ends > over_since, ends > published)),
        or_(
            retired.is_(None),
            and_(retired > over_since, or_(starts.is_(None), starts < retired)),
        ),
    )
    there = promotion_on_tills.c.version.is_not(None)
    return (
        _rows_where(unit, and_(wanted, ~there), ids),
        _rows_where(unit, and_(~wanted, there), ids),
    )


def _rows_where(
    unit: ReadUnit, condition: ColumnElement[bool], ids: Iterable[str] | None
) -> list[Row[Any]]:
    query = (
        _versions()
        .outerjoin(promotion_on_tills, _same(promotion_on_tills))
        .where(condition)
        .order_by(_VERSION.promotion_id, _VERSION.version)
    )
    if ids is not None:
        query = query.where(among(unit.connection, _VERSION.promotion_id, ids))
    return list(unit.connection.execute(query))


def put_on_tills(unit: UnitOfWork, keys: Iterable[tuple[str, int]]) -> None:
    """Note that tills are told of these versions."""
    rows = [{"promotion_id": promotion_id, "version": version} for promotion_id, version in keys]
    bulk_insert(unit.connection, promotion_on_tills, rows)


def take_from_tills(unit: UnitOfWork, keys: Iterable[tuple[str, int]]) -> None:
    """Note that tills are told to forget these versions."""
    rows = [{"k_id": promotion_id, "k_version": version} for promotion_id, version in keys]
    if rows:
        statement = promotion_on_tills.delete().where(
            promotion_on_tills.c.promotion_id == bindparam("k_id"),
            promotion_on_tills.c.version == bindparam("k_version"),
        )
        unit.connection.execute(statement, rows)


def _versions() -> Select[Any]:
    after = and_(
        _NEXT.c.promotion_id == _VERSION.promotion_id, _NEXT.c.version == _VERSION.version + 1
    )
    return (
        select(
            promotion_version,
            promotion.c.currency,
            promotion_withdrawal.c.withdrawn_at,
            promotion_withdrawal.c.withdrawn_by,
            promotion_withdrawal.c.reason.label("withdrawn_why"),
            _RETIRED_AT,
        )
        .select_from(promotion_version)
        .join(promotion, promotion.c.promotion_id == _VERSION.promotion_id)
        .outerjoin(_NEXT, after)
        .outerjoin(promotion_withdrawal, _same(promotion_withdrawal))
    )


def _same(table: Any) -> ColumnElement[bool]:
    return and_(table.c.promotion_id == _VERSION.promotion_id, table.c.version == _VERSION.version)


def limits(unit: ReadUnit, ids: Iterable[str]) -> dict[tuple[str, int], Row[Any]]:
    """What limits all receipts together, by promotion and version, of these promotions."""
    query = select(
        _VERSION.promotion_id,
        _VERSION.version,
        _VERSION.total_limit,
        _VERSION.customer_limit,
        _VERSION.budget,
    ).where(among(unit.connection, _VERSION.promotion_id, ids))
    rows: list[Row[Any]] = list(unit.connection.execute(query))
    return {(row.promotion_id, row.version): row for row in rows}


def bodies(unit: ReadUnit, ids: Iterable[str]) -> dict[tuple[str, int], Row[Any]]:
    """`body` and `currency` of all versions of these promotions, by promotion and version."""
    wanted = list(ids)
    if not wanted:
        return {}
    query = (
        select(_VERSION.promotion_id, _VERSION.version, _VERSION.body, promotion.c.currency)
        .join(promotion, promotion.c.promotion_id == _VERSION.promotion_id)
        .where(among(unit.connection, _VERSION.promotion_id, wanted))
    )
    rows: list[Row[Any]] = list(unit.connection.execute(query))
    return {(row.promotion_id, row.version): row for row in rows}


def over(unit: ReadUnit, since: datetime) -> list[str]:
    """The promotions of which no version counted at a moment or later."""
    counted = (
        _versions()
        .with_only_columns(_VERSION.promotion_id)
        .where(
            or_(_VERSION.ends_at.is_(None), _VERSION.ends_at >= since),
            or_(_RETIRED_AT.is_(None), since <= _RETIRED_AT),
        )
    )
    query = select(promotion.c.promotion_id).where(promotion.c.promotion_id.not_in(counted))
    return list(unit.connection.execute(query).scalars())


def counting_between(
    unit: ReadUnit, first: datetime, last: datetime | None, currency: str, limit: int
) -> list[Row[Any]]:
    """The newest versions that are not withdrawn and count at some time of a span (no `last`: for ever), by id."""
    query = (
        _versions()
        .where(
            _VERSION.version == promotion.c.newest,
            promotion.c.currency == currency,
            promotion.c.withdrawn.is_(False),
            or_(_VERSION.ends_at.is_(None), _VERSION.ends_at > first),
        )
        .order_by(_VERSION.promotion_id)
        .limit(limit)
    )
    if last is not None:
        query = query.where(or_(_VERSION.starts_at.is_(None), _VERSION.starts_at < last))
    return list(unit.connection.execute(query))
