"""What can be done with stock. A level is always the sum of its location's movements; it may be negative."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from central_server.features.stock import repository
from central_server.features.stores.service import Store, get_store
from central_server.platform.changes import Change, mark_changed, store_scope
from central_server.platform.clock import new_id
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.basket import StockArea
from shared.errors import DomainError
from shared.identity import Clock, derived_id
from shared.quantity import from_thousandths, to_thousandths
from shared.receipt import Receipt
from shared.stock import MovementKind, movements_of_lines
from shared.wire.payloads import StockLevel, stock_level_key

_LOCATION_ID = re.compile(r"[A-Z0-9][A-Z0-9-]{0,30}")
_LONGEST_ID = 31
_AREA_SIGNS = {
    StockArea.SECONDS: "-SECONDS",
    StockArea.QUARANTINE: "-QUARANTINE",
    StockArea.SUPPLIER: "-SUPPLIER",
}


class LocationKind(StrEnum):
    """A central warehouse, a branch (shop), or an area within either."""

    WAREHOUSE = "warehouse"
    BRANCH = "branch"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Location:
    """Where goods can be. A branch has the id of its store; an area has a parent."""

    location_id: str
    kind: LocationKind
    name: str
    parent_id: str | None = None
    store_id: str | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """`delta_thousandths` more (or, negative, fewer) of a sku at a location. The same id is booked once."""

    movement_id: UUID
    location_id: str
    sku: str
    kind: MovementKind
    delta_thousandths: int
    occurred_at: datetime
    event_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class LevelAt:
    """How much of a sku is at a location."""

    location: Location
    sku: str
    quantity_thousandths: int
    changed_at: datetime


def list_locations(unit: ReadUnit) -> list[Location]:
    """All locations by id."""
    return [_location(row) for row in repository.location_rows(unit)]


def add_location(unit: UnitOfWork, new: Location, at: datetime) -> Location:
    """Add a location; `DomainError`: `location_exists`, `location_id_invalid`, `location_unknown` (parent)."""
    if not _LOCATION_ID.fullmatch(new.location_id):
        raise DomainError("location_id_invalid", {"value": new.location_id[:40]}, http_status=400)
    if repository.location_row(unit, new.location_id) is not None:
        raise DomainError("location_exists", {"location": new.location_id})
    if new.parent_id is not None:
        require_location(unit, new.parent_id)
    if new.store_id is not None:
        get_store(unit, new.store_id)
    repository.insert_location(
        unit,
        {
            "location_id": new.location_id,
            "kind": new.kind.value,
            "name": new.name,
            "parent_id": new.parent_id,
            "store_id": new.store_id,
            "created_at": at,
        },
    )
    return new


def add_branch(unit: UnitOfWork, store: Store, at: datetime) -> Location:
    """The location of a store's own stock, with the store's id; made if it is not there yet."""
    row = repository.location_row(unit, store.store_id)
    if row is not None:
        return _location(row)
    branch = Location(store.store_id, LocationKind.BRANCH, store.name, store_id=store.store_id)
    return add_location(unit, branch, at)


def require_location(unit: ReadUnit, location_id: str) -> Location:
    """One location; `DomainError('location_unknown')`, 404, if there is none."""
    row = repository.location_row(unit, location_id)
    if row is None:
        raise DomainError("location_unknown", {"location": location_id[:31]}, http_status=404)
    return _location(row)


def move(unit: UnitOfWork, movements: Sequence[Movement], at: datetime) -> int:
    """Book movements that are not booked yet; how many were. Tills of the stores concerned hear of it.

    `DomainError('location_unknown')` if a location does not exist.
    """
    booked = repository.known_movements(unit, [m.movement_id for m in movements])
    fresh = list({m.movement_id: m for m in movements if m.movement_id not in booked}.values())
    if not fresh:
        return 0
    # Tills hear of what can be sold: not of what lies in the areas of a store.
    stores = repository.location_stores(unit, {m.location_id for m in fresh})
    deltas: dict[repository.LevelKey, int] = defaultdict(int)
    for movement in fresh:
        if movement.location_id not in stores:
            params = {"location": movement.location_id}
            raise DomainError("location_unknown", params, http_status=404)
        deltas[movement.location_id, movement.sku] += movement.delta_thousandths
    repository.insert_movements(
        unit,
        [
            {
                "movement_id": m.movement_id,
                "location_id": m.location_id,
                "sku": m.sku,
                "kind": m.kind.value,
                "quantity_thousandths": m.delta_thousandths,
                "event_id": m.event_id,
                "occurred_at": m.occurred_at,
                "recorded_at": at,
            }
            for m in fresh
        ],
    )
    repository.add_to_levels(unit, deltas, at)
    changes = []
    for place, sku in sorted(deltas):
        store_id = stores[place]
        if store_id is not None:
            key = stock_level_key(sku, place)
            changes.append(Change("stock", store_scope(store_id), "stock_level", key))
    mark_changed(unit, changes)
    return len(fresh)


def book_receipts(unit: UnitOfWork, receipts: Sequence[Receipt]) -> int:
    """Take what receipts sold from their stores' stock and put back what they took back; how many movements.

    Each receipt is booked once, however often this is called with it.
    """
    movements = [
        Movement(
            movement_id=derived_id(receipt.event_id, part.part),
            location_id=area_of(receipt.store_id, part.area),
            sku=part.sku,
            kind=part.kind,
            delta_thousandths=to_thousandths(part.delta),
            occurred_at=receipt.finished_at,
            event_id=receipt.event_id,
        )
        for receipt in receipts
        for part in movements_of_lines(receipt.lines)
    ]
    latest = max((receipt.finished_at for receipt in receipts), default=None)
    if latest is not None:
        _require_areas(unit, receipts, latest)
    return move(unit, movements, latest) if latest is not None else 0


def area_of(store_id: str, area: StockArea) -> str:
    """The location of an area of a store; the sales area is the store's own."""
    sign = _AREA_SIGNS.get(area)
    return store_id if sign is None else f"{store_id[: _LONGEST_ID - len(sign)]}{sign}"


def area_at(location: Location) -> StockArea | None:
    """Which area of a store a location is; None for a place of its own."""
    if location.kind is not LocationKind.AREA or location.store_id is None:
        return None
    store_id = location.store_id
    found = (area for area in _AREA_SIGNS if area_of(store_id, area) == location.location_id)
    return next(found, None)


def _require_areas(unit: UnitOfWork, receipts: Sequence[Receipt], at: datetime) -> None:
    """Make the areas that goods come back to, the first time they do."""
    wanted = {
        (receipt.store_id, line.area)
        for receipt in receipts
        for line in receipt.lines
        if line.is_return and line.is_goods and line.area is not StockArea.SALE
    }
    for store_id, area in sorted(wanted):
        branch = repository.location_row(unit, store_id)
        repository.put_location(
            unit,
            {
                "location_id": area_of(store_id, area),
                "kind": LocationKind.AREA.value,
                "name": branch.name if branch is not None else store_id,
                "parent_id": store_id if branch is not None else None,
                "store_id": store_id,
                "created_at": at,
            },
        )


def count_levels(
    unit: UnitOfWork, location_id: str, counted: Mapping[str, int], clock: Clock
) -> set[str]:
    """Correct levels of a location to what was counted (thousandths by sku); the skus that differed."""
    require_location(unit, location_id)
    present = repository.levels(unit, location_id, counted, lock=True)
    now = clock.now()
    movements = [
        Movement(
            movement_id=new_id(clock),
            location_id=location_id,
            sku=sku,
            kind=MovementKind.CORRECTION if sku in present else MovementKind.OPENING,
            delta_thousandths=quantity - present.get(sku, 0),
            occurred_at=now,
        )
        for sku, quantity in counted.items()
        if quantity != present.get(sku, 0)
    ]
    move(unit, movements, now)
    return {movement.sku for movement in movements}


def levels_of_sku(unit: ReadUnit, sku: str) -> list[LevelAt]:
    """How much of a sku is at each location that ever had it."""
    return [
        LevelAt(
            location=_location(row),
            sku=row.sku,
            quantity_thousandths=row.quantity_thousandths,
            changed_at=row.changed_at,
        )
        for row in repository.levels_of_sku(unit, sku)
    ]


def totals(
    unit: ReadUnit, skus: Iterable[str], store_ids: Iterable[str] | None = None
) -> dict[str, int]:
    """Thousandths of each sku that lie in some stores, or anywhere; skus that never moved are missing."""
    return repository.totals(unit, skus, store_ids)


def till_levels(unit: ReadUnit, keys: Iterable[str]) -> dict[str, StockLevel]:
    """What tills get for these feed keys (`location|sku`)."""
    wanted: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        place, _, sku = key.partition("|")
        wanted[place].append(sku)
    return {
        stock_level_key(sku, place): StockLevel(sku, place, from_thousandths(quantity))
        for place, skus in wanted.items()
        for sku, quantity in repository.levels(unit, place, skus).items()
    }


def check_levels(unit: ReadUnit, limit: int = 100) -> list[tuple[str, str, int, int]]:
    """Levels that are not the sum of their movements: location, sku, level, sum. Empty means all is well."""
    return [
        (row.location_id, row.sku, row.level or 0, int(row.moved or 0))
        for row in repository.wrong_levels(unit, limit)
    ]


def _location(row: Row[Any]) -> Location:
    names = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for a row's columns
    return Location(
        location_id=row.location_id,
        kind=LocationKind(row.kind),
        name=row.name,
        parent_id=names.get("parent_id"),
        store_id=row.store_id,
    )
