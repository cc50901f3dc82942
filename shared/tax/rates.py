"""Which VAT rate holds, by country, category and date. A rule of law is a row here, never a constant in code.

`RATE_TABLE` is what a new installation starts with; the centre may add rows, and tills get the rows in force by feed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from shared.errors import DomainError

# What is no supply at all: money that is exchanged for a multi-purpose voucher. No country has a rate for it.
OUT_OF_SCOPE = "outside"


class VatCategory(StrEnum):
    """What an article is to the tax office; the same names in every country."""

    STANDARD = "standard"
    REDUCED = "reduced"
    SECOND_REDUCED = "second_reduced"
    SELECTED_FOOD = "selected_food"
    ZERO = "zero"


@dataclass(frozen=True, slots=True)
class VatRate:
    """`rate` in percent, in force from `valid_from` until the next row of the same country and category.

    `confirmed` is False while the source only announces it: the row works, and reports show the mark.
    """

    country: str
    category: VatCategory
    valid_from: date
    rate: Decimal
    source: str
    confirmed: bool = True


def _rows() -> Iterable[VatRate]:
    standard, reduced = VatCategory.STANDARD, VatCategory.REDUCED
    second, food, zero = VatCategory.SECOND_REDUCED, VatCategory.SELECTED_FOOD, VatCategory.ZERO
    ustg_de = "UStG section 12"
    cut = "UStG section 28 (Zweites Corona-Steuerhilfegesetz)"
    yield VatRate("DE", standard, date(2007, 1, 1), Decimal(19), ustg_de)
    yield VatRate("DE", reduced, date(2007, 1, 1), Decimal(7), ustg_de)
    yield VatRate("DE", standard, date(2020, 7, 1), Decimal(16), cut)
    yield VatRate("DE", reduced, date(2020, 7, 1), Decimal(5), cut)
    yield VatRate("DE", standard, date(2021, 1, 1), Decimal(19), ustg_de)
    yield VatRate("DE", reduced, date(2021, 1, 1), Decimal(7), ustg_de)
    yield VatRate("DE", zero, date(2007, 1, 1), Decimal(0), ustg_de)
    ustg_at = "UStG 1994 section 10"
    yield VatRate("AT", standard, date(1984, 1, 1), Decimal(20), ustg_at)
    yield VatRate("AT", reduced, date(1984, 1, 1), Decimal(10), ustg_at)
    yield VatRate("AT", second, date(2016, 1, 1), Decimal(13), ustg_at)
    yield VatRate("AT", food, date(1984, 1, 1), Decimal(10), ustg_at)
    announced = (
        "announced for July 2026 (BMF sample code notes of 13 March 2026); enactment not confirmed"
    )
    yield VatRate("AT", food, date(2026, 7, 1), Decimal("4.9"), announced, confirmed=False)
    yield VatRate("AT", zero, date(1984, 1, 1), Decimal(0), ustg_at)
    vata = "VATA 1994 section 2"
    yield VatRate("GB", standard, date(2010, 1, 1), Decimal("17.5"), vata)
    yield VatRate(
        "GB", standard, date(2011, 1, 4), Decimal(20), "Finance (No. 2) Act 2010 section 3"
    )
    yield VatRate("GB", reduced, date(1997, 9, 1), Decimal(5), "VATA 1994 section 29A, schedule 7A")
    yield VatRate("GB", zero, date(1973, 4, 1), Decimal(0), "VATA 1994 section 30, schedule 8")


RATE_TABLE: tuple[VatRate, ...] = tuple(_rows())


def vat_rate(
    country: str, category: VatCategory | str, on: date, table: Iterable[VatRate] = RATE_TABLE
) -> VatRate:
    """The row in force for a supply on the day `on`.

    `DomainError('vat_rate_missing')` if the country has none for the category on that day: an article without a
    rate cannot be sold, and guessing one would falsify the books.
    """
    in_force = (
        row
        for row in table
        if row.country == country and row.category == category and row.valid_from <= on
    )
    found = max(in_force, key=lambda row: row.valid_from, default=None)
    if found is None:
        raise DomainError(
            "vat_rate_missing",
            {"country": country, "category": str(category), "on": on.isoformat()},
        )
    return found
