"""An amount with its currency; amounts of different currencies never meet."""

from __future__ import annotations

from dataclasses import dataclass

from shared.money.currency import currency


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """`minor` integer minor units (cents, pence, yen) of the currency with ISO code `code`."""

    minor: int
    code: str

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.code)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.code)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.code)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def plain(self) -> str:
        """The amount as decimal text with a point and the currency's decimals, for machines: `-12.30`."""
        exponent = currency(self.code).exponent
        sign = "-" if self.minor < 0 else ""
        digits = str(abs(self.minor)).rjust(exponent + 1, "0")
        return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}" if exponent else f"{sign}{digits}"

    def _same(self, other: Money) -> int:
        if other.code != self.code:
            raise ValueError(f"currencies never mix: {self.code} and {other.code}")
        return other.minor
