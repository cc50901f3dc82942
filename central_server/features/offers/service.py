"""What can be done with offers. There may be any number of them; `STORE` always exists."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from central_server.features.offers import repository
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError
from shared.pricing import STANDARD_OFFER

STANDARD_NAME = "Stores"
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,30}")


class OfferKind(StrEnum):
    """Through what an offer reaches people."""

    STORE = "store"
    WEB = "web"
    CATALOGUE = "catalogue"
    FLYER = "flyer"


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer, valid from `valid_from` until before `valid_to`; None means without bound."""

    code: str
    name: str
    kind: OfferKind
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    def facts(self) -> dict[str, object]:
        """What the audit trail keeps of it."""
        return {
            "name": self.name,
            "offer_kind": self.kind.value,
            "valid_from": self.valid_from,
            "valid_to": self.valid_to,
        }

    def holds_at(self, at: datetime) -> bool:
        """Whether the offer is valid at the moment `at`."""
        begun = self.valid_from is None or self.valid_from <= at
        return begun and (self.valid_to is None or at < self.valid_to)


def list_offers(unit: ReadUnit) -> list[Offer]:
    """All offers by code."""
    return [_offer(row) for row in repository.offer_rows(unit)]


def get_offer(unit: ReadUnit, code: str) -> Offer:
    """One offer; `DomainError('offer_unknown')`, 404, if there is none."""
    row = repository.offer_row(unit, code)
    if row is None:
        raise DomainError("offer_unknown", {"offer": code[:31]}, http_status=404)
    return _offer(row)


def parse_kind(text: str) -> OfferKind:
    """The kind with this name; `DomainError('offer_kind_unknown')`."""
    try:
        return OfferKind(text)
    except ValueError:
        raise DomainError("offer_kind_unknown", {"value": text[:20]}, http_status=400) from None


def change_offer(
    unit: UnitOfWork,
    code: str,
    name: str,
    valid_from: datetime | None,
    valid_to: datetime | None,
) -> Offer:
    """Change what an offer is called and when it holds; its kind stays.

    `DomainError`: `offer_unknown`, 404; `offer_name_missing`, `offer_validity_empty`, 400; `offer_standard`, 409, for
    bounds of the offer of the stores, which always holds.
    """
    changed = replace(get_offer(unit, code), name=name, valid_from=valid_from, valid_to=valid_to)
    _check(changed)
    if code == STANDARD_OFFER and (valid_from is not None or valid_to is not None):
        raise DomainError("offer_standard")
    values = {"name": changed.name, "valid_from": valid_from, "valid_to": valid_to}
    repository.update_offer(unit, code, values)
    return changed


def _check(offer: Offer) -> None:
    if not offer.name.strip():
        raise DomainError("offer_name_missing", http_status=400)
    begin, end = offer.valid_from, offer.valid_to
    if begin is not None and end is not None and end <= begin:
        raise DomainError("offer_validity_empty", {"offer": offer.code}, http_status=400)


def add_offer(unit: UnitOfWork, new: Offer, at: datetime) -> Offer:
    """Add an offer.

    `DomainError`: `offer_exists`; 400: `offer_code_invalid`, `offer_name_missing`, `offer_validity_empty`.
    """
    if not _CODE.fullmatch(new.code):
        raise DomainError("offer_code_invalid", {"value": new.code[:40]}, http_status=400)
    _check(new)
    if repository.offer_row(unit, new.code) is not None:
        raise DomainError("offer_exists", {"offer": new.code})
    repository.insert_offer(
        unit,
        {
            "code": new.code,
            "name": new.name,
            "kind": new.kind.value,
            "valid_from": new.valid_from,
            "valid_to": new.valid_to,
            "created_at": at,
        },
    )
    return new


def ensure_standard_offer(unit: UnitOfWork, at: datetime) -> None:
    """Make the offer `STORE` if this installation is new."""
    if repository.offer_row(unit, STANDARD_OFFER) is None:
        add_offer(unit, Offer(STANDARD_OFFER, STANDARD_NAME, OfferKind.STORE), at)


def _offer(row: Row[Any]) -> Offer:
    return Offer(
        code=row.code,
        name=row.name,
        kind=OfferKind(row.kind),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )
