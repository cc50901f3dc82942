"""Promotions in the making: written, changed, put before a second person, published or dropped."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from central_server.features.promotions import draft_repository as repository
from central_server.features.promotions.document import PromotionFile, read_file
from central_server.features.promotions.service import Publication, PublishResult, publish
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError
from shared.journal import canonical_bytes

MOST_BYTES = 200_000
LISTED = 100


class DraftState(StrEnum):
    """Where a draft stands."""

    DRAFT = "draft"
    WAITING = "waiting"
    PUBLISHED = "published"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Draft:
    """A promotion in the making. `body` is its JSON; `basis` the version it was made from, `became` what it is now."""

    draft_id: int
    promotion_id: str
    currency: str
    body: str
    state: DraftState
    basis: int | None
    became: int | None
    made_by: str
    made_at: datetime
    changed_by: str
    changed_at: datetime

    @property
    def document(self) -> dict[str, Any]:
        """The promotion as data."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.document.get("name", self.promotion_id))


def read_draft(body: str, currency: str) -> PromotionFile:
    """One promotion as a file that can be published. `RequestError` for what the contract does not allow, with its
    path; `DomainError('promotion_draft_too_long')`.
    """
    if len(body.encode("utf-8", "replace")) > MOST_BYTES:
        raise DomainError("promotion_draft_too_long", {"most": MOST_BYTES}, http_status=422)
    return read_file(b"[" + body.encode("utf-8", "replace") + b"]", currency)


def start(
    unit: UnitOfWork, body: str, currency: str, who: str, at: datetime, basis: int | None = None
) -> Draft:
    """Begin a draft with a promotion that is whole already. Errors as `read_draft`."""
    file = read_draft(body, currency)
    (entry,) = file.drafts
    values = {
        "promotion_id": entry.promotion_id,
        "currency": file.currency,
        "body": entry.body,
        "state": DraftState.DRAFT.value,
        "basis": basis,
        "became": None,
        "made_by": who,
        "made_at": at,
        "changed_by": who,
        "changed_at": at,
    }
    return get_draft(unit, repository.insert_draft(unit, values))


def save(unit: UnitOfWork, draft_id: int, body: str, who: str, at: datetime) -> Draft:
    """Write a draft anew. Errors as `read_draft`, and `DomainError`: `promotion_draft_unknown`, 404;
    `promotion_draft_closed` unless it is still a draft.
    """
    draft = _open(unit, draft_id)
    (entry,) = read_draft(body, draft.currency).drafts
    repository.update_draft(
        unit,
        draft_id,
        {
            "promotion_id": entry.promotion_id,
            "body": entry.body,
            "changed_by": who,
            "changed_at": at,
        },
    )
    return get_draft(unit, draft_id)


def move(unit: UnitOfWork, draft_id: int, state: DraftState) -> Draft:
    """Let a draft wait, come back or be dropped. `DomainError`: `promotion_draft_unknown`, `promotion_draft_closed`."""
    draft = get_draft(unit, draft_id, lock=True)
    if draft.state not in (DraftState.DRAFT, DraftState.WAITING):
        raise DomainError("promotion_draft_closed", http_status=409)
    repository.update_draft(unit, draft_id, {"state": state.value})
    return get_draft(unit, draft_id)


def publish_draft(unit: UnitOfWork, draft_id: int, publication: Publication) -> PublishResult:
    """Make a version of a draft; tills hear of it. Errors as `publish`, `promotion_draft_unknown`, `_closed`."""
    draft = get_draft(unit, draft_id, lock=True)
    if draft.state not in (DraftState.DRAFT, DraftState.WAITING):
        raise DomainError("promotion_draft_closed", http_status=409)
    result = publish(unit, read_draft(draft.body, draft.currency), publication)
    versions = dict([*result.new, *result.changed])
    repository.update_draft(
        unit,
        draft_id,
        {"state": DraftState.PUBLISHED.value, "became": versions.get(draft.promotion_id)},
    )
    return result


def get_draft(unit: ReadUnit, draft_id: int, *, lock: bool = False) -> Draft:
    """One draft; `DomainError('promotion_draft_unknown')`, 404."""
    row = repository.draft_row(unit, draft_id, lock=lock)
    if row is None:
        raise DomainError("promotion_draft_unknown", http_status=404)
    return _draft(row)


def open_drafts(unit: ReadUnit) -> list[Draft]:
    """What is being made or waits, the one changed last first."""
    states = (DraftState.DRAFT.value, DraftState.WAITING.value)
    return [_draft(row) for row in repository.draft_rows(unit, states, LISTED)]


def pretty(body: str) -> str:
    """The JSON of a promotion as experts read it."""
    return json.dumps(json.loads(body), ensure_ascii=False, indent=2)


def canonical(document: dict[str, Any]) -> str:
    """The JSON of a promotion as it is stored."""
    return canonical_bytes(document).decode("utf-8")


def _open(unit: ReadUnit, draft_id: int) -> Draft:
    draft = get_draft(unit, draft_id, lock=True)
    if draft.state is not DraftState.DRAFT:
        raise DomainError("promotion_draft_closed", http_status=409)
    return draft


def _draft(row: Row[Any]) -> Draft:
    values = {name: getattr(row, name) for name in Draft.__slots__}
    return Draft(**{**values, "state": DraftState(row.state)})
