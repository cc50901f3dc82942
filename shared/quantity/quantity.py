"""Quantities: exact decimals with at most three places (grams of a kilogram), kept as thousandths in tables."""

from __future__ import annotations

import re
from decimal import Decimal

from shared.errors import DomainError

_PLAIN = re.compile(r"-?\d{1,9}(\.\d{1,9})?")
_LIMIT = Decimal(1_000_000)


def parse_quantity(text: str) -> Decimal:
    """A plain decimal text (`2`, `0.375`) as a quantity.

    `DomainError('quantity_invalid')` for anything else, for more than three decimals and beyond one million.
    """
    cleaned = text.strip()
    if not _PLAIN.fullmatch(cleaned):
        raise DomainError("quantity_invalid", {"value": text[:40]}, http_status=400)
    value = Decimal(cleaned)
    if value.as_tuple().exponent not in (0, -1, -2, -3) or abs(value) > _LIMIT:
        raise DomainError("quantity_invalid", {"value": text[:40]}, http_status=400)
    return value


def format_quantity(value: Decimal) -> str:
    """The canonical text of a quantity: no exponent, no trailing zeros, `-0` is `0`."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def to_thousandths(value: Decimal) -> int:
    """The quantity in thousandths; ValueError if it has more than three decimals."""
    scaled = value.scaleb(3)
    if scaled != scaled.to_integral_value():
        raise ValueError("a quantity has at most three decimals")
    return int(scaled)


def from_thousandths(value: int) -> Decimal:
    """The quantity that a table keeps as thousandths."""
    return Decimal(value).scaleb(-3)
