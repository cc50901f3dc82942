"""Currencies by ISO 4217 code with their number of decimals."""

from __future__ import annotations

from dataclasses import dataclass

from shared.errors import DomainError


@dataclass(frozen=True, slots=True)
class Currency:
    """`exponent` is the number of decimals that one unit has."""

    code: str
    exponent: int


# Exponents: ISO 4217 list one.
CURRENCIES = {
    c.code: c
    for c in (
        Currency("EUR", 2),
        Currency("GBP", 2),
        Currency("CHF", 2),
        Currency("USD", 2),
        Currency("JPY", 0),
        Currency("KWD", 3),
    )
}


def currency(code: str) -> Currency:
    """The currency with this ISO code; `DomainError('currency_unknown')` if Tresen has none."""
    found = CURRENCIES.get(code)
    if found is None:
        raise DomainError("currency_unknown", {"value": code[:10]}, http_status=400)
    return found
