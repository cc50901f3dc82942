"""What can be done with staff.

Only verifiers of PINs and passwords are kept; the tills of assigned stores get those of the PINs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from central_server.features.staff import repository, second_factor_repository
from central_server.features.stores.service import get_store
from central_server.platform.access import Role, StaffIdentity
from central_server.platform.changes import Change, mark_changed, store_scope
from central_server.platform.security import hash_secret, verify_secret
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError
from shared.identity import StaffId
from shared.wire.payloads import StaffRow
from shared.wire.pins import KEYED, keyed_pin

LEAST_PASSWORD = 10
# Figures of smaller teams would be figures about persons.
LEAST_TEAM = 3
_MOST_PASSWORD = 256
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,30}")
_LANGUAGE = re.compile(r"[a-z]{2}(-[A-Z]{2})?")
_ROWS = "01234567890 09876543210"


@dataclass(frozen=True, slots=True)
class PinRules:
    """How the chain's PINs are: so many `digits`, and keyed with the secret that tills have beside their own key."""

    key: bytes = field(repr=False)
    digits: int = 6


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody who works for the chain. Verifiers are not part of it."""

    staff_id: StaffId
    name: str
    role: Role
    store_ids: frozenset[str]
    language: str = "de"
    active: bool = True
    has_pin: bool = False
    has_password: bool = False
    team: str = ""

    def identity(self) -> StaffIdentity:
        """Who this is once signed in."""
        return StaffIdentity(self.staff_id, self.role, self.store_ids)


def list_staff(unit: ReadUnit) -> list[StaffMember]:
    """All staff by number."""
    stores = repository.stores_of(unit)
    return [
        _member(row, stores.get(row.staff_id, frozenset())) for row in repository.staff_rows(unit)
    ]


def get_staff(unit: ReadUnit, staff_id: str) -> StaffMember:
    """One member of staff; `DomainError('staff_unknown')`, 404, if there is none."""
    row = repository.staff_row(unit, staff_id)
    if row is None:
        raise DomainError("staff_unknown", {"staff": staff_id[:31]}, http_status=404)
    return _member(row, repository.stores_of_one(unit, staff_id))


def teams_of(unit: ReadUnit, staff_ids: Iterable[str]) -> dict[str, str]:
    """The team of each of these members of staff who is in one."""
    return repository.teams_of(unit, staff_ids)


def large_teams(unit: ReadUnit) -> set[str]:
    """The teams with so many people that their figures say nothing about one of them."""
    return {team for team, size in repository.team_sizes(unit).items() if size >= LEAST_TEAM}


def change_team(unit: UnitOfWork, staff_id: str, team: str, at: datetime) -> StaffMember:
    """Put somebody into a team, or into none with an empty name. What was booked stays with the team of before."""
    get_staff(unit, staff_id)
    repository.update_staff(unit, staff_id, {"team": team.strip()[:40], "changed_at": at})
    return get_staff(unit, staff_id)


def parse_role(text: str) -> Role:
    """The role with this name; `DomainError('role_unknown')`."""
    try:
        return Role(text)
    except ValueError:
        known = ", ".join(role.value for role in Role)
        raise DomainError(
            "role_unknown", {"value": text[:40], "roles": known}, http_status=400
        ) from None


def add_staff(unit: UnitOfWork, new: StaffMember, at: datetime) -> StaffMember:
    """Add somebody without PIN and password; both are set separately."""
    if not new.name.strip():
        raise DomainError("staff_name_missing", http_status=400)
    if not _NUMBER.fullmatch(new.staff_id):
        raise DomainError("staff_id_invalid", {"value": new.staff_id[:40]}, http_status=400)
    if not _LANGUAGE.fullmatch(new.language):
        raise DomainError("language_unknown", {"value": new.language[:20]}, http_status=400)
    if repository.staff_row(unit, new.staff_id) is not None:
        raise DomainError("staff_exists", {"staff": new.staff_id})
    for store_id in new.store_ids:
        get_store(unit, store_id)
    repository.insert_staff(
        unit,
        {
            "staff_id": new.staff_id,
            "name": new.name,
            "role": new.role.value,
            "language": new.language,
            "active": new.active,
            "created_at": at,
            "changed_at": at,
        },
    )
    repository.assign_stores(unit, new.staff_id, new.store_ids)
    # Tills hear of the person when there is a PIN to let them in with.
    return get_staff(unit, new.staff_id)


def change_stores(unit: UnitOfWork, staff_id: str, store_ids: Iterable[str]) -> StaffMember:
    """Assign exactly these stores; tills of the others forget the person."""
    member = get_staff(unit, staff_id)
    before, after = member.store_ids, frozenset(store_ids)
    for store_id in after:
        get_store(unit, store_id)
    repository.assign_stores(unit, staff_id, after)
    if member.has_pin:
        _tell_tills(unit, staff_id, after, before - after)
    return get_staff(unit, staff_id)


def change_staff(
    unit: UnitOfWork, staff_id: str, name: str, role: Role, language: str, at: datetime
) -> StaffMember:
    """Change name, role and language; tills of the person's stores hear of it.

    `DomainError`: `staff_left`; 400: `staff_name_missing`, `language_unknown`.
    """
    member = get_staff(unit, staff_id)
    if not member.active:
        raise DomainError("staff_left", {"staff": staff_id})
    if not name.strip():
        raise DomainError("staff_name_missing", http_status=400)
    if not _LANGUAGE.fullmatch(language):
        raise DomainError("language_unknown", {"value": language[:20]}, http_status=400)
    values = {"name": name.strip()[:120], "role": role.value, "language": language}
    repository.update_staff(unit, staff_id, {**values, "changed_at": at})
    if member.has_pin:
        _tell_tills(unit, staff_id, member.store_ids, frozenset())
    return get_staff(unit, staff_id)


def deactivate(unit: UnitOfWork, staff_id: str, at: datetime) -> StaffMember:
    """Let somebody who left in nowhere any more; PIN and password are deleted."""
    stores = get_staff(unit, staff_id).store_ids
    values = {"active": False, "pin_verifier": None, "password_verifier": None, "changed_at": at}
    repository.update_staff(unit, staff_id, values)
    second_factor_repository.delete_factor(unit, staff_id)
    _tell_tills(unit, staff_id, frozenset(), stores)
    return get_staff(unit, staff_id)


def set_pin(unit: UnitOfWork, staff_id: str, pin: str, at: datetime, rules: PinRules) -> None:
    """Give somebody a new PIN for tills: as many digits as the chain's have, no plain row or repetition."""
    member = get_staff(unit, staff_id)
    if len(pin) != rules.digits or not (pin.isascii() and pin.isdigit()):
        raise DomainError("pin_invalid", {"digits": rules.digits}, http_status=400)
    if len(set(pin)) == 1 or pin in _ROWS:
        raise DomainError("pin_too_simple", http_status=400)
    verifier = KEYED + hash_secret(keyed_pin(rules.key, staff_id, pin))
    repository.update_staff(unit, staff_id, {"pin_verifier": verifier, "changed_at": at})
    _tell_tills(unit, staff_id, member.store_ids, frozenset())


def set_password(unit: UnitOfWork, staff_id: str, password: str, at: datetime) -> None:
    """Give somebody a new password for head office (at least ten characters)."""
    get_staff(unit, staff_id)
    if len(password) < LEAST_PASSWORD:
        raise DomainError("password_too_short", {"least": LEAST_PASSWORD}, http_status=400)
    if len(password) > _MOST_PASSWORD:
        raise DomainError("password_too_long", http_status=400)
    verifier = hash_secret(password)
    repository.update_staff(unit, staff_id, {"password_verifier": verifier, "changed_at": at})


def verify_password(unit: ReadUnit, staff_id: str, password: str) -> StaffMember | None:
    """The active member of staff whose password this is, or None; takes as long for unknown numbers."""
    row = repository.staff_row(unit, staff_id)
    known = row is not None and row.active
    verifier = row.password_verifier if row is not None and known else None
    if not verify_secret(verifier, password[:_MOST_PASSWORD]) or row is None:
        return None
    return _member(row, repository.stores_of_one(unit, staff_id))


def till_rows(unit: ReadUnit, store_id: str, staff_ids: Iterable[str]) -> dict[str, StaffRow]:
    """What the tills of a store get of these people; those without a PIN or store are left out."""
    return {
        row.staff_id: StaffRow(
            staff_id=row.staff_id,
            name=row.name,
            role=row.role,
            language=row.language,
            pin_verifier=row.pin_verifier,
            active=row.active,
        )
        for row in repository.till_staff_rows(unit, store_id, staff_ids)
    }


def _tell_tills(
    unit: UnitOfWork, staff_id: str, stores: Iterable[str], left: Iterable[str]
) -> None:
    mark_changed(
        unit,
        [
            *(Change("staff", store_scope(store), "staff", staff_id) for store in sorted(stores)),
            *(
                Change("staff", store_scope(store), "staff", staff_id, "remove")
                for store in sorted(left)
            ),
        ],
    )


def _member(row: Row[Any], stores: frozenset[str]) -> StaffMember:
    return StaffMember(
        staff_id=StaffId(row.staff_id),
        name=row.name,
        role=Role(row.role),
        store_ids=stores,
        language=row.language,
        active=row.active,
        has_pin=row.pin_verifier is not None,
        has_password=row.password_verifier is not None,
        team=row.team,
    )
