"""Half-up rounding in exact decimals; the only module that rounds money.

Half up means away from zero at exactly one half for positive and negative amounts alike, so that a return
mirrors its sale to the cent.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

from shared.errors import DomainError

_EXACT = Context(prec=50)
_MAX_MINOR = 10**15


def round_half_up(value: Decimal) -> int:
    """`value` rounded to a whole number, one half away from zero."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP, context=_EXACT))


def times_quantity(unit_minor: int, quantity: Decimal) -> int:
    """Unit price in minor units times a quantity, rounded half up to minor units."""
    if quantity == quantity.to_integral_value():
        return unit_minor * int(quantity)
    return round_half_up(_EXACT.multiply(Decimal(unit_minor), quantity))


def parse_amount(text: str, exponent: int) -> int:
    """A decimal text with a point (`12.345`) as minor units, rounded half up.

    `DomainError('amount_invalid')` for anything that is not a plain decimal number of sensible size:
    blanks inside, exponents, NaN, thousands separators.
    """
    cleaned = text.strip()
    plain = cleaned.removeprefix("-").replace(".", "", 1)
    if not plain.isascii() or not plain.isdigit() or len(cleaned) > 30:
        raise DomainError("amount_invalid", {"value": text[:40]}, http_status=400)
    minor = round_half_up(_EXACT.scaleb(Decimal(cleaned), exponent))
    if abs(minor) > _MAX_MINOR:
        raise DomainError("amount_invalid", {"value": text[:40]}, http_status=400)
    return minor
