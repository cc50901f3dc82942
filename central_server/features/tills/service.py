"""What can be done with tills. Codes, contacts and expiry go by the system clock, whatever the business clock says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from prometheus_client.metrics_core import Metric
from sqlalchemy import Row

from central_server.features.stores.service import get_store, know_store
from central_server.features.tills import repository
from central_server.platform.observability import TILLS_UNSEEN, gauge
from central_server.platform.security import (
    normal_code,
    random_code,
    token_digest,
    valid_public_key,
)
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError
from shared.identity import StoreId, TillId, check_till_id
from shared.wire.devices import DeviceReport

CODE_LIFETIME = timedelta(hours=24)
_MOST_UNSENT = 2**31 - 1
UNSEEN_AFTER = timedelta(hours=1)
_MODES = ("productive", "training")


class TillState(StrEnum):
    """`new` has never joined; `withdrawn` and `quarantined` are refused until they join again."""

    NEW = "new"
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Till:
    """A till as the centre knows it. `unsent_events` is what the till itself last reported."""

    till_id: TillId
    store_id: StoreId
    name: str
    mode: str
    state: TillState
    state_reason: str
    incarnation: int
    public_key: bytes | None
    joined_at: datetime | None
    last_contact_at: datetime | None
    unsent_events: int
    protocol: int | None
    build: str

    def is_unseen(self, now: datetime) -> bool:
        """Whether an active till has been silent for longer than `UNSEEN_AFTER`."""
        silent_since = self.last_contact_at or self.joined_at
        return (
            self.state is TillState.ACTIVE
            and silent_since is not None
            and now - silent_since > UNSEEN_AFTER
        )


@dataclass(frozen=True, slots=True)
class Contact:
    """What a till told about itself with a request."""

    at: datetime
    protocol: int
    build: str


@dataclass(frozen=True, slots=True)
class TillDevice:
    """A device of a till as that saw it last: `condition` is `ready`, `busy`, `warning` or `trouble`, `code` what is
    the matter, empty if nothing is.
    """

    kind: str
    condition: str
    code: str
    since: datetime
    reported_at: datetime

    @property
    def needs_look(self) -> bool:
        """Whether somebody should see to it."""
        return self.condition in {"warning", "trouble"}


def list_tills(unit: ReadUnit, stores: Iterable[str] | None = None) -> list[Till]:
    """All tills by id, or those of some stores."""
    return [_till(row) for row in repository.till_rows(unit, stores)]


def get_till(unit: ReadUnit, till_id: str) -> Till:
    """One till; `DomainError('till_unknown')`, 404, if there is none."""
    found = find_till(unit, till_id)
    if found is None:
        raise DomainError("till_unknown", {"till": till_id[:31]}, http_status=404)
    return found


def find_till(unit: ReadUnit, till_id: str) -> Till | None:
    """One till, or None. Its store is read with it and known to the unit from now on."""
    row = repository.till_row(unit, till_id)
    if row is None:
        return None
    know_store(unit, row, repository.STORE_PREFIX)
    return _till(row)


def add_till(
    unit: UnitOfWork,
    till_id: str,
    store_id: str,
    at: datetime,
    *,
    name: str = "",
    mode: str = "productive",
) -> Till:
    """Add a till to a store. It joins later, with a one-time code."""
    check_till_id(till_id)
    store = get_store(unit, store_id)
    if mode not in _MODES:
        raise DomainError("till_mode_invalid", {"value": mode[:20]}, http_status=400)
    if repository.till_row(unit, till_id) is not None:
        raise DomainError("till_exists", {"till": till_id})
    repository.insert_till(
        unit,
        {
            "till_id": till_id,
            "store_id": store.store_id,
            "name": name or till_id,
            "mode": mode,
            "state": TillState.NEW.value,
            "state_reason": "",
            "incarnation": 0,
            "unsent_events": 0,
            "build": "",
            "created_at": at,
        },
    )
    return get_till(unit, till_id)


def assume_incarnation(unit: UnitOfWork, till_id: str, incarnation: int) -> None:
    """Note that a till that has never joined here has a journal of this incarnation: the next to join follows it."""
    repository.update_till(unit, till_id, {"incarnation": incarnation})


def issue_code(
    unit: UnitOfWork,
    till_id: str,
    code_id: UUID,
    now: datetime,
    created_by: str | None = None,
) -> str:
    """A one-time code with which a device joins as this till within 24 hours; earlier unused ones end.

    The code is returned once and kept only as a digest.
    """
    get_till(unit, till_id)
    repository.expire_codes(unit, till_id, now)
    code = random_code()
    repository.insert_code(
        unit,
        {
            "code_id": code_id,
            "till_id": till_id,
            "code_digest": token_digest(normal_code(code)),
            "created_at": now,
            "expires_at": now + CODE_LIFETIME,
            "created_by": created_by,
        },
    )
    return code


def join(
    unit: UnitOfWork,
    code: str,
    public_key: bytes,
    build: str,
    now: datetime,
    *,
    wanted: str | None = None,
) -> Till:
    """Let the device with `public_key` in as the till its code was issued for, as a new incarnation.

    `DomainError` 403: `code_unknown`, `code_expired`, `code_used`, `code_other_till` if the device means to become
    the till `wanted` and the code is for another, which stays as it is; 400: `public_key_invalid`. A device that
    repeats its own request (the answer was lost) gets the same identity again.
    """
    if not valid_public_key(public_key):
        raise DomainError("public_key_invalid", http_status=400)
    row = repository.code_row(unit, token_digest(normal_code(code)))
    if row is None:
        raise DomainError("code_unknown", http_status=403)
    if wanted is not None and row.till_id != wanted:
        params = {"till": row.till_id, "wanted": wanted}
        raise DomainError("code_other_till", params, http_status=403)
    locked = repository.till_row(unit, row.till_id, lock=True)
    if row.used_at is not None or locked is None:
        return _joined_before(unit, row, public_key)
    if row.expires_at <= now:
        raise DomainError("code_expired", http_status=403)
    if not repository.use_code(unit, row.code_id, public_key, now):
        raise DomainError("code_used", http_status=403)
    repository.update_till(
        unit,
        row.till_id,
        {
            "state": TillState.ACTIVE.value,
            "state_reason": "",
            "incarnation": locked.incarnation + 1,
            "public_key": public_key,
            "joined_at": now,
            "last_contact_at": now,
            "unsent_events": 0,
            "build": build,
        },
    )
    return get_till(unit, row.till_id)


def _joined_before(unit: UnitOfWork, code: Row[Any], public_key: bytes) -> Till:
    current = get_till(unit, code.till_id)
    same_device = code.used_by_key == public_key == current.public_key
    if not same_device or current.state is not TillState.ACTIVE:
        raise DomainError("code_used", http_status=403)
    return current


def withdraw(unit: UnitOfWork, till_id: str, reason: str = "") -> Till:
    """Take a till's identity away: its requests are refused until it joins again."""
    return _set_state(unit, till_id, TillState.WITHDRAWN, reason)


def quarantine(unit: UnitOfWork, till_id: str, reason: str) -> Till:
    """Refuse a till under whose identity two journals were sent; both stay visible, nothing is deleted."""
    return _set_state(unit, till_id, TillState.QUARANTINED, reason)


def _set_state(unit: UnitOfWork, till_id: str, state: TillState, reason: str) -> Till:
    get_till(unit, till_id)
    repository.update_till(unit, till_id, {"state": state.value, "state_reason": reason[:200]})
    return get_till(unit, till_id)


def record_contact(unit: UnitOfWork, till_id: str, contact: Contact) -> None:
    """Note that a till was heard of just now."""
    repository.update_till(
        unit,
        till_id,
        {"last_contact_at": contact.at, "protocol": contact.protocol, "build": contact.build[:60]},
    )


def record_unsent(unit: UnitOfWork, till_id: str, unsent_events: int) -> None:
    """Note how many events the till says it still holds."""
    repository.update_till(unit, till_id, {"unsent_events": min(unsent_events, _MOST_UNSENT)})


def record_devices(
    unit: UnitOfWork, till_id: str, reports: Iterable[DeviceReport], now: datetime
) -> int:
    """Note how the devices of a till are: these and no others; how many. Of a kind that comes twice the last counts."""
    by_kind = {report.kind: report for report in reports}
    rows = [
        {
            "till_id": till_id,
            "kind": report.kind,
            "condition": report.condition,
            "code": report.code,
            "since": report.since,
            "reported_at": now,
        }
        for report in by_kind.values()
    ]
    repository.replace_devices(unit, till_id, rows)
    return len(rows)


def devices_of(unit: ReadUnit, till_ids: Iterable[str]) -> dict[str, list[TillDevice]]:
    """The devices of some tills, by till: only of those that said something."""
    found: dict[str, list[TillDevice]] = {}
    for row in repository.device_rows(unit, till_ids):
        device = TillDevice(row.kind, row.condition, row.code, row.since, row.reported_at)
        found.setdefault(row.till_id, []).append(device)
    return found


def unseen_metric(unit: ReadUnit, now: datetime) -> Metric:
    """How many active tills have been silent for longer than `UNSEEN_AFTER`."""
    value = repository.count_unseen(unit, now - UNSEEN_AFTER)
    return gauge(TILLS_UNSEEN, "Active tills not heard of for an hour", value)


def _till(row: Row[Any]) -> Till:
    return Till(
        till_id=TillId(row.till_id),
        store_id=StoreId(row.store_id),
        name=row.name,
        mode=row.mode,
        state=TillState(row.state),
        state_reason=row.state_reason,
        incarnation=row.incarnation,
        public_key=row.public_key,
        joined_at=row.joined_at,
        last_contact_at=row.last_contact_at,
        unsent_events=row.unsent_events,
        protocol=row.protocol,
        build=row.build,
    )
