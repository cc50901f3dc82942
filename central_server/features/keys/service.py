"""What can be done with API keys. A key is `tresen_<id>_<secret>`; only a digest of the secret is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from central_server.features.keys import repository
from central_server.features.stores.service import get_store
from central_server.platform.access import KEY_SCOPES, Right, StaffIdentity
from central_server.platform.database import Database
from central_server.platform.security import random_code, random_token, same_token, token_digest
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork, reading, writing
from shared.errors import DomainError

_PREFIX = "tresen"
# Noting every use would write with every request; this is exact enough to see whether a key is in use.
_NOTE_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is shown; `store_ids` empty for all stores."""

    key_id: str
    name: str
    scopes: frozenset[Right]
    store_ids: frozenset[str]
    issued_by: str
    issued_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    def identity(self) -> StaffIdentity:
        """Who a program with this key is."""
        return StaffIdentity(f"key:{self.key_id}", None, self.store_ids, self.scopes)


def list_keys(unit: ReadUnit) -> list[ApiKey]:
    """All keys, newest first."""
    return [_key(row) for row in repository.key_rows(unit)]


def get_key(unit: ReadUnit, key_id: str) -> ApiKey:
    """One key; `DomainError('key_unknown')`, 404."""
    row = repository.key_row(unit, key_id)
    if row is None:
        raise DomainError("key_unknown", http_status=404)
    return _key(row)


def issue_key(
    unit: UnitOfWork,
    name: str,
    scopes: Iterable[str],
    store_ids: Iterable[str],
    issuer: str,
    at: datetime,
) -> tuple[ApiKey, str]:
    """A new key and the text that is shown this once.

    `DomainError`, 400: `key_name_missing`, `key_scope_missing`, `key_scope_invalid`; 404: `store_unknown`.
    """
    if not name.strip():
        raise DomainError("key_name_missing", http_status=400)
    wanted = frozenset(_scope(text) for text in scopes)
    if not wanted:
        raise DomainError("key_scope_missing", http_status=400)
    stores = frozenset(store_ids)
    for store_id in stores:
        get_store(unit, store_id)
    key_id = random_code(groups=1, size=8).lower()
    secret = random_token()
    repository.insert_key(
        unit,
        {
            "key_id": key_id,
            "name": name.strip()[:80],
            "digest": token_digest(secret),
            "scopes": " ".join(sorted(scope.value for scope in wanted)),
            "stores": " ".join(sorted(stores)),
            "issued_by": issuer,
            "issued_at": at,
        },
    )
    return get_key(unit, key_id), f"{_PREFIX}_{key_id}_{secret}"


def revoke_key(unit: UnitOfWork, key_id: str, at: datetime) -> ApiKey:
    """End a key at once; a second time changes nothing."""
    if get_key(unit, key_id).revoked_at is None:
        repository.revoke(unit, key_id, at)
    return get_key(unit, key_id)


def key_identity(database: Database, token: str, now: datetime) -> StaffIdentity:
    """Who sends a request with this key; notes the use. `DomainError('key_invalid')`, 401, for any other text."""
    with reading(database) as unit:
        found = _holding(unit, token)
    if found is None:
        raise DomainError("key_invalid", http_status=401)
    if found.used_at is None or now - found.used_at > _NOTE_AFTER:
        with writing(database) as own:
            repository.note_use(own, found.key_id, now)
    return found.identity()


def _holding(unit: ReadUnit, token: str) -> ApiKey | None:
    prefix, _, rest = token.partition("_")
    key_id, _, secret = rest.partition("_")
    row = repository.key_row(unit, key_id[:12]) if prefix == _PREFIX else None
    if row is None or row.revoked_at is not None:
        return None
    return _key(row) if same_token(row.digest, token_digest(secret)) else None


def _scope(text: str) -> Right:
    scope = next((right for right in KEY_SCOPES if right.value == text), None)
    if scope is None:
        raise DomainError("key_scope_invalid", {"value": text[:40]}, http_status=400)
    return scope


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        key_id=row.key_id,
        name=row.name,
        scopes=frozenset(Right(text) for text in row.scopes.split()),
        store_ids=frozenset(row.stores.split()),
        issued_by=row.issued_by,
        issued_at=row.issued_at,
        used_at=row.used_at,
        revoked_at=row.revoked_at,
    )
