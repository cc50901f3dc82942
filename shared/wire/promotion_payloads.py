"""Payloads of what tills need to price with promotions: their versions, and how far limited ones are used up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.errors import DomainError
from shared.journal.reader import BodyReader
from shared.money import currency
from shared.promotions import Promotion, read_promotion


@dataclass(frozen=True, slots=True)
class PromotionRow:
    """One published version of a promotion; `body` is its JSON form (docs/promotions.md), amounts in `currency`.

    `retired_at` is when a newer version or a withdrawal took its place (None: it counts). Retired versions price no new
    receipt; returns of receipts that were priced with them need them still.
    """

    promotion_id: str
    version: int
    currency: str
    body: Mapping[str, object]
    retired_at: datetime | None = None

    def promotion(self) -> Promotion:
        """The promotion as it is priced with; `DomainError('promotion_invalid')` if this release cannot read it."""
        return read_promotion(self.body, "", currency(self.currency).exponent)


def promotion_key(promotion_id: str, version: int) -> str:
    """The feed key of a version: `<promotion id>|<version>`."""
    return f"{promotion_id}|{version}"


def promotion_of_key(key: str) -> tuple[str, int]:
    """Promotion and version of a feed key; a ValueError if it is none."""
    promotion_id, _, version = key.rpartition("|")
    return promotion_id, int(version)


def promotion_payload(row: PromotionRow) -> dict[str, object]:
    """A version for the tills of its stores."""
    payload: dict[str, object] = {
        "id": row.promotion_id,
        "version": row.version,
        "currency": row.currency,
        "promotion": dict(row.body),
    }
    if row.retired_at is not None:
        payload["retired"] = row.retired_at.isoformat()
    return payload


def promotion_from_payload(values: Mapping[str, object]) -> PromotionRow:
    """The version in a payload; `DomainError('event_field_wrong')` names a malformed field."""
    read = BodyReader(values)
    row = PromotionRow(
        promotion_id=read.text("id"),
        version=read.integer("version"),
        currency=read.text("currency"),
        body=read.object("promotion").values,
        retired_at=read.time("retired") if "retired" in values else None,
    )
    if row.body.get("id") != row.promotion_id:
        raise DomainError("event_field_wrong", {"field": "promotion.id"})
    return row


@dataclass(frozen=True, slots=True)
class PromotionUsage:
    """How far a limited promotion is used up, by booked receipts: how many used it, and the amount given."""

    promotion_id: str
    uses: int
    amount: int


def usage_payload(usage: PromotionUsage) -> dict[str, object]:
    """The usage of a promotion; its key is the promotion's id."""
    return {"promotion": usage.promotion_id, "uses": usage.uses, "amount": usage.amount}


def usage_from_payload(values: Mapping[str, object]) -> PromotionUsage:
    """The usage in a payload."""
    read = BodyReader(values)
    return PromotionUsage(read.text("promotion"), read.integer("uses"), read.integer("amount"))
