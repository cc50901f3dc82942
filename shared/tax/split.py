"""Taking VAT out of gross amounts: once per rate and receipt, so that receipt, VAT report and ledger agree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from shared.money import round_half_up


@dataclass(frozen=True, slots=True)
class VatAmount:
    """One row of a receipt's VAT table: `gross` = `net` + `vat` in minor units, `rate` in percent."""

    category: str
    rate: Decimal
    gross: int
    net: int
    vat: int


def vat_included(gross: int, rate: Decimal) -> int:
    """The VAT contained in a gross amount: gross x rate / (100 + rate), rounded half up to minor units."""
    return round_half_up(Decimal(gross) * rate / (100 + rate))


def split_gross(lines: Iterable[tuple[str, Decimal, int]]) -> tuple[VatAmount, ...]:
    """The VAT table of a receipt from `(category, rate, gross)` of its lines, highest rate first.

    Lines of one category and rate are summed before the tax is taken out, so the rows add up to the total.
    """
    sums: dict[tuple[str, Decimal], int] = {}
    for category, rate, gross in lines:
        sums[category, rate] = sums.get((category, rate), 0) + gross
    rows = []
    for (category, rate), gross in sorted(sums.items(), key=lambda item: (-item[0][1], item[0][0])):
        vat = vat_included(gross, rate)
        rows.append(VatAmount(category, rate, gross, gross - vat, vat))
    return tuple(rows)
