"""Looking at promotions: what is published, since when, and how far it is used."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from central_server.features.promotions import repository
from central_server.features.promotions.repository import Head
from central_server.platform.unit_of_work import ReadUnit
from shared.errors import DomainError, ErrorParam


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A version as it was published, and when a newer one or a withdrawal took its place."""

    version: int
    body: str
    hash: bytes
    starts_at: datetime | None
    ends_at: datetime | None
    published_at: datetime
    published_by: str
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_why: str | None
    retired_at: datetime | None

    @property
    def name(self) -> str:
        """What people call the promotion."""
        body = json.loads(self.body)
        return str(body.get("name", body["id"]))

    def state(self, now: datetime) -> str:
        """`withdrawn`, `replaced`, `ended`, `to come` or `open`."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        if self.retired_at is not None:
            return "replaced"
        if self.ends_at is not None and self.ends_at <= now:
            return "ended"
        return "to come" if self.starts_at is not None and now < self.starts_at else "open"


@dataclass(frozen=True, slots=True)
class PublishedPromotion:
    """A promotion with its versions in order; `uses` and `amount` (minor units) are those of booked receipts."""

    promotion_id: str
    currency: str
    uses: int
    amount: int
    versions: tuple[PublishedVersion, ...]

    @property
    def newest(self) -> PublishedVersion:
        """The version that counts, unless it was withdrawn."""
        return self.versions[-1]

    def version(self, number: int) -> PublishedVersion:
        """One version; `DomainError('promotion_version_missing')`, 404."""
        if not 1 <= number <= len(self.versions):
            params: dict[str, ErrorParam] = {"promotion": self.promotion_id, "version": number}
            raise DomainError("promotion_version_missing", params, http_status=404)
        return self.versions[number - 1]


def list_promotions(unit: ReadUnit) -> list[PublishedPromotion]:
    """Every promotion by id, each with its newest version only."""
    heads = repository.heads(unit)
    newest = repository.newest_versions(unit, [head.promotion_id for head in heads])
    return [_promotion(head, [newest[head.promotion_id]]) for head in heads]


def get_promotion(unit: ReadUnit, promotion_id: str) -> PublishedPromotion:
    """One promotion with all its versions; `DomainError('promotion_unknown')`, 404."""
    found = find_promotion(unit, promotion_id)
    if found is None:
        raise DomainError("promotion_unknown", {"promotion": promotion_id[:100]}, http_status=404)
    return found


def find_promotion(unit: ReadUnit, promotion_id: str) -> PublishedPromotion | None:
    """One promotion with all its versions, if there is one."""
    head = repository.head(unit, promotion_id)
    if head is None:
        return None
    return _promotion(head, repository.versions(unit, [promotion_id]))


def on_tills(unit: ReadUnit, promotion_id: str) -> list[int]:
    """The versions of a promotion that tills are told of."""
    return sorted(row.version for row in repository.on_tills(unit, [promotion_id]))


def over(unit: ReadUnit, since: datetime) -> frozenset[str]:
    """The promotions that ended, or were withdrawn, before a moment; a new version of them may be still to come."""
    return frozenset(repository.over(unit, since))


def _promotion(head: Head, rows: Iterable[Row[Any]]) -> PublishedPromotion:
    versions = tuple(
        PublishedVersion(**{name: getattr(row, name) for name in PublishedVersion.__slots__})
        for row in rows
    )
    return PublishedPromotion(head.promotion_id, head.currency, head.uses, head.amount, versions)
