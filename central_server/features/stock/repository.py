"""SQL of stock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, Uuid, bindparam, case, func, or_, select, text
from sqlalchemy.dialects import postgresql, sqlite

from central_server.features.stock.tables import location, stock_level, stock_movement
from central_server.platform.database import among, bulk_insert, is_postgresql
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork

LevelKey = tuple[str, str]
_CHUNK = 5_000
# PostgreSQL takes all rows of a batch as three arrays: one statement instead of one a row.
_ADD_MANY = text(
    "INSERT INTO stock_level (location_id, sku, quantity_thousandths, changed_at)"
    " SELECT place, sku, delta, CAST(:at AS timestamptz)"
    " FROM unnest(CAST(:places AS varchar[]), CAST(:skus AS varchar[]), CAST(:deltas AS bigint[]))"
    " AS moved(place, sku, delta)"
    " ON CONFLICT (location_id, sku) DO UPDATE SET"
    " quantity_thousandths = stock_level.quantity_thousandths + excluded.quantity_thousandths,"
    " changed_at = excluded.changed_at"
)


def location_rows(unit: ReadUnit) -> list[Row[Any]]:
    """Every location by id."""
    return list(unit.connection.execute(select(location).order_by(location.c.location_id)))


def location_row(unit: ReadUnit, location_id: str) -> Row[Any] | None:
    """One location."""
    return unit.connection.execute(
        select(location).where(location.c.location_id == location_id)
    ).one_or_none()


def insert_location(unit: UnitOfWork, values: dict[str, Any]) -> None:
    """Add a location."""
    unit.connection.execute(location.insert().values(**values))


def put_location(unit: UnitOfWork, values: dict[str, Any]) -> None:
    """Add a location unless it is there."""
    made = postgresql.insert if is_postgresql(unit.connection) else sqlite.insert
    unit.connection.execute(made(location).values(**values).on_conflict_do_nothing())


def location_stores(unit: ReadUnit, location_ids: Iterable[str]) -> dict[str, str | None]:
    """The store whose tills hear of each location: none of an area's; unknown locations are missing."""
    store = case((location.c.kind == "area", None), else_=location.c.store_id)
    query = select(location.c.location_id, store).where(
        location.c.location_id.in_(sorted(location_ids))
    )
    return {row[0]: row[1] for row in unit.connection.execute(query)}


def known_movements(unit: ReadUnit, movement_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these movements are booked already."""
    wanted = list(movement_ids)
    column = stock_movement.c.movement_id
    if is_postgresql(unit.connection):
        # One array instead of thousands of parameters.
        keys = bindparam("keys", wanted, type_=ARRAY(Uuid()))
        return set(
            unit.connection.execute(select(column).where(column == func.any(keys))).scalars()
        )
    found: set[UUID] = set()
    for start in range(0, len(wanted), _CHUNK):
        query = select(column).where(column.in_(wanted[start : start + _CHUNK]))
        found.update(unit.connection.execute(query).scalars())
    return found


def insert_movements(unit: UnitOfWork, rows: list[dict[str, Any]]) -> None:
    """Add movements."""
    bulk_insert(unit.connection, stock_movement, rows)


def add_to_levels(unit: UnitOfWork, deltas: Mapping[LevelKey, int], at: datetime) -> None:
    """Add to each level, making it where there is none yet. In order of keys, so writers never deadlock."""
    if not deltas:
        return
    ordered = sorted(deltas.items())
    if is_postgresql(unit.connection):
        columns = {
            "places": [place for (place, _), _ in ordered],
            "skus": [sku for (_, sku), _ in ordered],
            "deltas": [delta for _, delta in ordered],
        }
        unit.connection.execute(_ADD_MANY, {**columns, "at": at})
        return
    statement = sqlite.insert(stock_level).values(
        location_id=bindparam("location_id"),
        sku=bindparam("sku"),
        quantity_thousandths=bindparam("delta"),
        changed_at=bindparam("changed_at"),
    )
    added = stock_level.c.quantity_thousandths + statement.excluded.quantity_thousandths
    statement = statement.on_conflict_do_update(
        index_elements=[stock_level.c.location_id, stock_level.c.sku],
        set_={"quantity_thousandths": added, "changed_at": statement.excluded.changed_at},
    )
    rows = [
        {"location_id": place, "sku": sku, "delta": delta, "changed_at": at}
        for (place, sku), delta in ordered
    ]
    unit.connection.execute(statement, rows)


def levels(
    unit: ReadUnit, location_id: str, skus: Iterable[str], *, lock: bool = False
) -> dict[str, int]:
    """The levels of some skus at a location; missing ones were never moved."""
    query = (
        select(stock_level.c.sku, stock_level.c.quantity_thousandths)
        .where(
            stock_level.c.location_id == location_id,
            among(unit.connection, stock_level.c.sku, skus),
        )
        .order_by(stock_level.c.sku)
    )
    if lock:
        query = query.with_for_update()
    return {row[0]: row[1] for row in unit.connection.execute(query)}


def levels_of_sku(unit: ReadUnit, sku: str) -> list[Row[Any]]:
    """The level of a sku at every location that has one, with the location."""
    query = (
        select(stock_level, location.c.kind, location.c.name, location.c.store_id)
        .join(location, location.c.location_id == stock_level.c.location_id)
        .where(stock_level.c.sku == sku)
        .order_by(stock_level.c.location_id)
    )
    return list(unit.connection.execute(query))


def wrong_levels(unit: ReadUnit, limit: int) -> list[Row[Any]]:
    """Levels that are not the sum of their movements, and sums without a level."""
    sums = (
        select(
            stock_movement.c.location_id,
            stock_movement.c.sku,
            func.sum(stock_movement.c.quantity_thousandths).label("moved"),
        )
        .group_by(stock_movement.c.location_id, stock_movement.c.sku)
        .subquery()
    )
    same_place = (sums.c.location_id == stock_level.c.location_id) & (
        sums.c.sku == stock_level.c.sku
    )
    query = (
        select(
            func.coalesce(stock_level.c.location_id, sums.c.location_id).label("location_id"),
            func.coalesce(stock_level.c.sku, sums.c.sku).label("sku"),
            stock_level.c.quantity_thousandths.label("level"),
            sums.c.moved,
        )
        .select_from(stock_level.outerjoin(sums, same_place, full=True))
        .where(
            or_(
                stock_level.c.sku.is_(None),
                func.coalesce(sums.c.moved, 0) != stock_level.c.quantity_thousandths,
            )
        )
        .limit(limit)
    )
    return list(unit.connection.execute(query))


def totals(unit: ReadUnit, skus: Iterable[str], store_ids: Iterable[str] | None) -> dict[str, int]:
    """The sum of each sku over all locations, or over those of some stores."""
    query = select(stock_level.c.sku, func.sum(stock_level.c.quantity_thousandths)).where(
        among(unit.connection, stock_level.c.sku, skus)
    )
    if store_ids is not None:
        query = query.join(location, location.c.location_id == stock_level.c.location_id)
        # What lies in an area of a store is not there to be sold.
        query = query.where(location.c.store_id.in_(sorted(store_ids)), location.c.kind != "area")
    return {
        row[0]: int(row[1]) for row in unit.connection.execute(query.group_by(stock_level.c.sku))
    }
