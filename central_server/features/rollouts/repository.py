"""SQL of versions of settings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, select

from central_server.features.rollouts.tables import settings_rollout, settings_rollout_till
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork

_TABLE = settings_rollout
_TILLS = settings_rollout_till


def insert(unit: UnitOfWork, values: dict[str, Any]) -> int:
    """Add a version; its number."""
    done = unit.connection.execute(_TABLE.insert().values(values))
    key = done.inserted_primary_key
    assert key is not None  # noqa: S101 - the database numbers versions by itself
    return int(key[0])


def row(unit: ReadUnit, rollout_id: int, *, lock: bool = False) -> Row[Any] | None:
    """One version; with `lock` nobody else moves it until the unit ends."""
    query = select(_TABLE).where(_TABLE.c.rollout_id == rollout_id)
    return unit.connection.execute(query.with_for_update() if lock else query).one_or_none()


def rows(
    unit: ReadUnit, states: Iterable[str] | None = None, key: str = "", limit: int | None = None
) -> list[Row[Any]]:
    """Versions, newest first: in some states, of one setting, if given."""
    query = select(_TABLE).order_by(_TABLE.c.rollout_id.desc())
    if states is not None:
        query = query.where(_TABLE.c.state.in_(sorted(states)))
    if key:
        query = query.where(_TABLE.c.key == key)
    return list(unit.connection.execute(query if limit is None else query.limit(limit)))


def update(unit: UnitOfWork, rollout_id: int, values: dict[str, Any]) -> None:
    """Change how a version stands."""
    unit.connection.execute(
        _TABLE.update().where(_TABLE.c.rollout_id == rollout_id).values(**values)
    )


def tills(unit: ReadUnit, rollout_ids: Iterable[int]) -> dict[int, list[str]]:
    """By version: the tills that have it first, by id."""
    query = (
        select(_TILLS)
        .where(_TILLS.c.rollout_id.in_(sorted(rollout_ids)))
        .order_by(_TILLS.c.till_id)
    )
    found: dict[int, list[str]] = {}
    for rollout_id, till_id in unit.connection.execute(query):
        found.setdefault(rollout_id, []).append(till_id)
    return found


def add_tills(unit: UnitOfWork, rollout_id: int, till_ids: Iterable[str]) -> None:
    """Let more tills have it first."""
    new = [{"rollout_id": rollout_id, "till_id": till_id} for till_id in sorted(till_ids)]
    if new:
        unit.connection.execute(_TILLS.insert(), new)


def value_for(unit: ReadUnit, till_id: str, key: str, states: Iterable[str]) -> str | None:
    """The version of a setting that a till has before others; None if it has none."""
    query = (
        select(_TABLE.c.value)
        .join(_TILLS, _TILLS.c.rollout_id == _TABLE.c.rollout_id)
        .where(_TILLS.c.till_id == till_id, _TABLE.c.key == key, _TABLE.c.state.in_(sorted(states)))
        .order_by(_TABLE.c.rollout_id.desc())
        .limit(1)
    )
    return unit.connection.execute(query).scalar_one_or_none()
