"""How long a sold gift card is valid, by the country where it was sold and the day.

Rules of law stand here as rows with their source. They are for gift cards that were paid for; what is given away may
end earlier.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ValidityRule:
    """For cards sold in `country` from the day `since`: `years`, counted from the end of the year or from the day."""

    country: str
    since: date
    years: int
    from_year_end: bool
    source: str


_RULES = (
    ValidityRule("DE", date(2002, 1, 1), 3, from_year_end=True, source="BGB sections 195, 199"),
    ValidityRule(
        "AT",
        date(1812, 1, 1),
        30,
        from_year_end=False,
        source="ABGB section 1478; shorter terms struck down: OLG Linz 1 R 179/18a",
    ),
)


def valid_until(country: str, sold_on: date) -> date | None:
    """The last day of a card; None where the law sets no end and the contract has none (United Kingdom)."""
    rule = next((r for r in _RULES if r.country == country and r.since <= sold_on), None)
    if rule is None:
        return None
    year = sold_on.year + rule.years
    if rule.from_year_end:
        return date(year, 12, 31)
    leap_day = (sold_on.month, sold_on.day) == (2, 29)
    return date(year, 3, 1) if leap_day else sold_on.replace(year=year)
