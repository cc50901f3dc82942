"""Cards of customers. A customer may have several; a gift card's number may be one of them, then it carries both."""

from __future__ import annotations

import re
from enum import StrEnum

from shared.errors import DomainError

_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9-]{3,39}")


class CustomerCardState(StrEnum):
    """`BLOCKED` cards name nobody until they are unblocked, `REPLACED` ones never again."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    REPLACED = "replaced"


def read_card_number(text: str) -> str:
    """A card's number as scanned or typed, upper case and without blanks.

    `DomainError('customer_card_invalid')`, 400, unless it is 4 to 40 of A-Z, 0-9 and `-`.
    """
    number = text.replace(" ", "").upper()
    if not _NUMBER.fullmatch(number):
        raise DomainError("customer_card_invalid", {"number": text[:40]}, http_status=400)
    return number
