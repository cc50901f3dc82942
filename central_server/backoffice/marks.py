"""Marks in addresses: where a list that goes on by moment and id has come to."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from shared.errors import DomainError

_MARK = re.compile(r"([^ ]{10,40}) ([0-9a-f-]{36})")


def mark_of(at: datetime, last_id: UUID) -> str:
    """The mark behind a row."""
    return f"{at.isoformat()} {last_id}"


def read_mark(mark: str) -> tuple[datetime, UUID] | None:
    """Moment and id of the last row shown; None for an empty mark. `DomainError('mark_invalid')`, 400."""
    if not mark:
        return None
    match = _MARK.fullmatch(mark)
    try:
        at = datetime.fromisoformat(match[1] if match is not None else "")
        if at.tzinfo is None or match is None:
            raise ValueError(mark)
        return at, UUID(match[2])
    except ValueError:
        raise DomainError("mark_invalid", http_status=400) from None
