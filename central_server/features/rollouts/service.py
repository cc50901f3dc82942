"""Versions of a setting: for some tills first, then for all, and back.

While a version is under way, its tills have it in a row of their own in the feed `config`, which beats the chain's. The
chain's row changes when it goes to all; then the rows of their own are taken away.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from central_server.features.rollouts import repository
from central_server.features.stores.chain_settings import set_stored, stored
from central_server.features.stores.codes_alone import check_alone
from central_server.features.stores.customer_data import check_offline_days
from central_server.features.tills.service import TillState, list_tills
from central_server.platform.changes import Change, mark_changed, till_scope
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.catalogue.scan_rules import read_scan_rules, scan_rules_document
from shared.errors import DomainError
from shared.wire.coupons import ALONE_KEY, alone_payload
from shared.wire.customer_payloads import CUSTOMER_DATA_KEY, customer_data_payload
from shared.wire.payloads import SCAN_RULES_KEY

MOST_HOURS = 720


class Setting(StrEnum):
    """A setting of the chain that tills go by."""

    CODES = SCAN_RULES_KEY
    CUSTOMER_DATA = CUSTOMER_DATA_KEY
    CODES_ALONE = ALONE_KEY


class RolloutState(StrEnum):
    """Where a version stands."""

    WAITING = "waiting"
    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"
    BACK = "back"
    REFUSED = "refused"


UNDER_WAY = frozenset((RolloutState.RUNNING, RolloutState.STOPPED))
OPEN = UNDER_WAY | {RolloutState.WAITING}


@dataclass(frozen=True, slots=True)
class Rollout:
    """A version of a setting. `till_ids` have it first; none of them: all have it at once.

    `value` and `before` are texts as the chain keeps them; `before` None where nothing was set. `stopped_why` is a
    code where it stopped by itself.
    """

    rollout_id: int
    key: Setting
    value: str
    before: str | None
    state: RolloutState
    all_after_hours: int | None
    stopped_why: str
    asked_by: str
    asked_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    till_ids: tuple[str, ...]

    @property
    def all_at(self) -> datetime | None:
        """When it goes to all by itself, if nothing speaks against it."""
        if self.state is not RolloutState.RUNNING or self.began_at is None:
            return None
        hours = self.all_after_hours
        return None if hours is None else self.began_at + timedelta(hours=hours)


@dataclass(frozen=True, slots=True)
class Wish:
    """A new version: its text, the tills that have it first, and after how many hours all have it (None: by hand)."""

    key: Setting
    value: str
    till_ids: frozenset[str] = frozenset()
    all_after_hours: int | None = None


def tills_in_service(unit: ReadUnit) -> list[str]:
    """The tills a version can go to."""
    return [till.till_id for till in list_tills(unit) if till.state is TillState.ACTIVE]


def tills_named(unit: ReadUnit, names: Iterable[str]) -> frozenset[str]:
    """The tills in service among tills and stores that are named.

    `DomainError`, 422: `rollout_till_unknown`, or `rollout_tills_missing` where none of them is in service.
    """
    every = list_tills(unit)
    chosen: set[str] = set()
    for name in names:
        found = [till for till in every if name in (till.till_id, till.store_id)]
        if not found:
            raise DomainError("rollout_till_unknown", {"value": name[:40]}, http_status=422)
        chosen |= {till.till_id for till in found if till.state is TillState.ACTIVE}
    if not chosen:
        raise DomainError("rollout_tills_missing", http_status=422)
    return frozenset(chosen)


def share_of(till_ids: Collection[str], percent: int, salt: str) -> frozenset[str]:
    """So many percent of the tills, rounded up: those of a smaller share of the same `salt` are among them.

    `DomainError('rollout_share_invalid')`, 422, `('rollout_tills_missing')` if there is no till.
    """
    if not 1 <= percent <= 99:
        raise DomainError("rollout_share_invalid", http_status=422)
    if not till_ids:
        raise DomainError("rollout_tills_missing", http_status=422)
    ordered = sorted(till_ids, key=lambda one: hashlib.sha256(f"{salt} {one}".encode()).digest())
    return frozenset(ordered[: -(-len(ordered) * percent // 100)])


def ask(unit: UnitOfWork, wish: Wish, who: str, at: datetime) -> Rollout:
    """A new version that waits to begin.

    `DomainError`: what reading the text says, `rollout_open` while another version of it is open,
    `rollout_hours_invalid`, 422.
    """
    _READERS[wish.key](wish.value)
    hours = wish.all_after_hours
    if hours is not None and not (wish.till_ids and 1 <= hours <= MOST_HOURS):
        raise DomainError("rollout_hours_invalid", {"most": MOST_HOURS}, http_status=422)
    if repository.rows(unit, OPEN, wish.key):
        raise DomainError("rollout_open")
    values = {
        "key": wish.key.value,
        "value": wish.value,
        "before": stored(unit, wish.key),
        "state": RolloutState.WAITING.value,
        "all_after_hours": hours,
        "stopped_why": "",
        "asked_by": who,
        "asked_at": at,
    }
    number = repository.insert(unit, values)
    repository.add_tills(unit, number, wish.till_ids)
    return get_rollout(unit, number)


def begin(unit: UnitOfWork, rollout_id: int, at: datetime) -> Rollout:
    """Give a waiting version to its first tills, or to all if none are named."""
    one = _locked(unit, rollout_id, {RolloutState.WAITING})
    values = {"state": RolloutState.RUNNING.value, "began_at": at, "before": stored(unit, one.key)}
    repository.update(unit, rollout_id, values)
    if not one.till_ids:
        return to_all(unit, rollout_id, at)
    _tell(unit, one, one.till_ids)
    return get_rollout(unit, rollout_id)


def refuse(unit: UnitOfWork, rollout_id: int, at: datetime) -> Rollout:
    """Never begin it."""
    _locked(unit, rollout_id, {RolloutState.WAITING})
    return _ended(unit, rollout_id, RolloutState.REFUSED, at)


def widen(unit: UnitOfWork, rollout_id: int, till_ids: Iterable[str]) -> Rollout:
    """Give it to more tills; those that have it keep it."""
    one = _locked(unit, rollout_id, UNDER_WAY)
    more = set(till_ids) - set(one.till_ids)
    repository.add_tills(unit, rollout_id, more)
    _tell(unit, one, more)
    return get_rollout(unit, rollout_id)


def stop(unit: UnitOfWork, rollout_id: int, why: str = "") -> Rollout:
    """Go no further: who has it keeps it, and nothing goes on by itself. `why` is a code where no person did it."""
    _locked(unit, rollout_id, {RolloutState.RUNNING})
    values = {"state": RolloutState.STOPPED.value, "stopped_why": why}
    repository.update(unit, rollout_id, values)
    return get_rollout(unit, rollout_id)


def to_all(unit: UnitOfWork, rollout_id: int, at: datetime) -> Rollout:
    """Give it to every till."""
    one = _locked(unit, rollout_id, UNDER_WAY)
    set_stored(unit, one.key, one.value)
    _tell(unit, one, one.till_ids, gone=True)
    return _ended(unit, rollout_id, RolloutState.DONE, at)


def take_back(unit: UnitOfWork, rollout_id: int, at: datetime) -> Rollout:
    """Let every till go by what was set before.

    `DomainError('rollout_newer')` where all have it and another version came after it.
    """
    one = _locked(unit, rollout_id, UNDER_WAY | {RolloutState.DONE})
    if one.state is RolloutState.DONE:
        if any(row.rollout_id > rollout_id for row in _after(unit, one)):
            raise DomainError("rollout_newer")
        set_stored(unit, one.key, one.before)
    else:
        _tell(unit, one, one.till_ids, gone=True)
    return _ended(unit, rollout_id, RolloutState.BACK, at)


def get_rollout(unit: ReadUnit, rollout_id: int) -> Rollout:
    """One version; `DomainError('rollout_unknown')`, 404."""
    return _known(unit, repository.row(unit, rollout_id))


def list_rollouts(
    unit: ReadUnit, states: Collection[RolloutState] | None = None, limit: int | None = None
) -> list[Rollout]:
    """Versions, newest first: all of them, or those in some states."""
    rows = repository.rows(unit, states, limit=limit)
    tills = repository.tills(unit, [row.rollout_id for row in rows])
    return [_rollout(row, tills) for row in rows]


def is_newest(unit: ReadUnit, one: Rollout) -> bool:
    """Whether no later version of the setting went to all or is open."""
    return all(row.rollout_id <= one.rollout_id for row in _after(unit, one))


def payload_for(unit: ReadUnit, till_id: str, key: str) -> object | None:
    """What a till has of a setting before others, as feed payload; None if nothing is."""
    text = repository.value_for(unit, till_id, key, UNDER_WAY)
    return None if text is None else PAYLOADS[Setting(key)](text)


def _after(unit: ReadUnit, one: Rollout) -> list[Row[Any]]:
    return repository.rows(unit, {*OPEN, RolloutState.DONE}, one.key)


def _locked(unit: UnitOfWork, rollout_id: int, allowed: Collection[RolloutState]) -> Rollout:
    one = _known(unit, repository.row(unit, rollout_id, lock=True))
    if one.state not in allowed:
        raise DomainError("rollout_step_invalid")
    return one


def _known(unit: ReadUnit, row: Row[Any] | None) -> Rollout:
    if row is None:
        raise DomainError("rollout_unknown", http_status=404)
    return _rollout(row, repository.tills(unit, [row.rollout_id]))


def _ended(unit: UnitOfWork, rollout_id: int, state: RolloutState, at: datetime) -> Rollout:
    repository.update(unit, rollout_id, {"state": state.value, "ended_at": at})
    return get_rollout(unit, rollout_id)


def _tell(unit: UnitOfWork, one: Rollout, till_ids: Iterable[str], *, gone: bool = False) -> None:
    mark_changed(
        unit,
        [
            Change("config", till_scope(till_id), "config", one.key, "remove" if gone else "put")
            for till_id in till_ids
        ],
    )


def _rollout(row: Row[Any], tills: Mapping[int, list[str]]) -> Rollout:
    return Rollout(
        rollout_id=row.rollout_id,
        key=Setting(row.key),
        value=row.value,
        before=row.before,
        state=RolloutState(row.state),
        all_after_hours=row.all_after_hours,
        stopped_why=row.stopped_why,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        began_at=row.began_at,
        ended_at=row.ended_at,
        till_ids=tuple(tills.get(row.rollout_id, ())),
    )


# The text of each setting as the tills get it; reading it says what is wrong with it.
PAYLOADS: Mapping[Setting, Callable[[str], object]] = {
    Setting.CODES: lambda text: scan_rules_document(read_scan_rules(json.loads(text))),
    Setting.CUSTOMER_DATA: lambda text: customer_data_payload(int(text)),
    Setting.CODES_ALONE: lambda text: alone_payload(int(text)),
}
_READERS: Mapping[Setting, Callable[[str], object]] = {
    Setting.CODES: lambda text: read_scan_rules(json.loads(text)),
    Setting.CUSTOMER_DATA: lambda text: check_offline_days(int(text)),
    Setting.CODES_ALONE: lambda text: check_alone(int(text)),
}
