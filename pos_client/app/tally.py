"""Running sums of the open receipt, so that the thousandth line costs no more than the first."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from shared.basket import BasketTotals, Line
from shared.tax import split_gross


class Tally:
    """Equal to `Basket.totals()` at any time; a property test holds it to that."""

    def __init__(self, lines: Iterable[Line] = ()) -> None:
        self._gross = 0
        self._discount = 0
        self._pieces = Decimal(0)
        self._value = 0
        self._by_rate: dict[tuple[str, Decimal], list[int]] = {}
        for line in lines:
            self.add(line)

    def add(self, line: Line) -> None:
        """Count a line in."""
        self._count(line, 1)

    def remove(self, line: Line) -> None:
        """Count a line out."""
        self._count(line, -1)

    def _count(self, line: Line, sign: int) -> None:
        gross = sign * line.gross
        self._gross += gross
        self._discount += sign * line.discount
        self._pieces += sign * abs(line.quantity)
        self._value += 0 if line.is_goods else gross
        rate = self._by_rate.setdefault((line.vat_category, line.vat_rate), [0, 0])
        rate[0] += gross
        rate[1] += sign
        if not rate[1]:
            del self._by_rate[line.vat_category, line.vat_rate]

    def totals(self) -> BasketTotals:
        """The sums as they stand."""
        return BasketTotals(
            gross=self._gross,
            discount=self._discount,
            pieces=self._pieces,
            vat=split_gross(
                (category, rate, sums[0]) for (category, rate), sums in self._by_rate.items()
            ),
        )

    @property
    def gross(self) -> int:
        """The total of the receipt."""
        return self._gross

    @property
    def value_sold(self) -> int:
        """What of the total is gift cards and vouchers."""
        return self._value
