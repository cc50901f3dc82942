"""Looking a code up, and blocking a single one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from central_server.features.coupons import repository
from central_server.features.coupons.batches import StoredBatch, get
from central_server.features.coupons.holding import find
from central_server.features.coupons.repository import CodeState, Hold
from central_server.features.customers.cards import current_numbers
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.coupons import Recognised

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class CodeFile:
    """All that is known of a code: its batch, whose it is (empty: nobody's), how it stands, what became of it."""

    found: Recognised
    batch: StoredBatch
    owner: str
    state: CodeState
    history: tuple[Hold, ...]


def look_up(unit: ReadUnit, text: str) -> CodeFile:
    """The file of a code; `DomainError`: `code_mistyped`, 400, `promotion_code_unknown`, 404."""
    found = find(unit, text)
    key = found.batch.batch_id, found.place
    owner = repository.owner_of(unit, key) if found.batch.one_each else ""
    return CodeFile(
        found,
        get(unit, found.batch.batch_id),
        current_numbers(unit, [owner])[owner],
        repository.state_of(unit, key),
        tuple(repository.history(unit, key, _SHOWN)),
    )


def block_code(unit: UnitOfWork, text: str, at: datetime, *, on: bool) -> CodeFile:
    """Block a code, or let it count again; errors as `look_up`."""
    found = find(unit, text)
    key = found.batch.batch_id, found.place
    state = repository.lock_codes(unit, [key])[key]
    repository.put_state(unit, key, replace(state, blocked_at=at if on else None))
    return look_up(unit, text)
