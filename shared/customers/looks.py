"""The chain over all looks at customers: nobody can change one or take one out without its showing.

It is made of a token of the customer and not of their number, so that it holds when the customer is erased.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.journal.reader import BodyReader

_LONGEST_NUMBER = 40

FIRST_LOOK = ""


@dataclass(frozen=True, slots=True)
class CustomerLook:
    """Somebody saw a customer at a till: `looked_by` is who was logged in, empty for nobody."""

    number: str
    looked_by: str
    till_id: str
    at: datetime


def look_of_event(till_id: str, body: Mapping[str, object]) -> CustomerLook:
    """The look in the body of a `customer.looked`; `DomainError('event_field_wrong')` names a malformed field."""
    read = BodyReader(body)
    return CustomerLook(
        read.text("customer")[:_LONGEST_NUMBER],
        read.text("operator_id"),
        till_id,
        read.time("occurred_at"),
    )


def look_hash(
    previous: str, position: int, token: str, looked_by: str, purpose: str, at: datetime
) -> str:
    """The hash of the look at `position` (1, 2 …) behind that of the one before, in lower-case hex."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    text = "\n".join((previous, str(position), token, looked_by, purpose, moment))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
