"""The codes of batches that a receipt used up, as its event has them, and back."""

from __future__ import annotations

from collections.abc import Iterable

from shared.coupons import CodeUse
from shared.journal.reader import BodyReader


def uses_to_body(uses: Iterable[CodeUse]) -> list[dict[str, object]]:
    """The codes as JSON."""
    return [
        {
            "auth_id": str(use.auth_id),
            "code": use.code,
            "batch": str(use.batch_id),
            "promotion": use.promotion,
            **({"alone": True} if use.alone else {}),
        }
        for use in uses
    ]


def uses_from_body(read: BodyReader) -> tuple[CodeUse, ...]:
    """The codes in a body, none where it has none; `DomainError('event_field_wrong')` names a malformed field."""
    if "codes" not in read.values:
        return ()
    return tuple(
        CodeUse(
            each.uuid("auth_id"),
            each.text("code"),
            each.uuid("batch"),
            each.text("promotion"),
            each.values.get("alone") is True,
        )
        for each in read.objects("codes")
    )
