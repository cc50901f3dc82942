"""Changing many prices at once: the rule that makes a new price of an old one, and what may be called reduced."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from shared.errors import DomainError
from shared.money import round_half_up
from shared.pricing.price import PriceEntry

_WHOLE = 100


class PriceStep(StrEnum):
    """What a rule does with a price."""

    PERCENT = "percent"
    AMOUNT = "amount"
    EXACTLY = "exactly"


@dataclass(frozen=True, slots=True)
class PriceRule:
    """A change of prices.

    `value` is hundredths of a percent for `PERCENT` (-2000 takes 20 % off) and minor units for the others.
    `ending` is what the last two digits of the price become, to the nearest such price; None leaves them.
    """

    step: PriceStep
    value: int
    ending: int | None = None

    def price(self, before: int | None) -> int:
        """The new price in minor units.

        `DomainError`: `price_before_missing` if there is none to start from, `price_below_zero`.
        """
        if self.step is PriceStep.EXACTLY:
            raw = self.value
        elif before is None:
            raise DomainError("price_before_missing")
        elif self.step is PriceStep.AMOUNT:
            raw = before + self.value
        else:
            raw = round_half_up(Decimal(before) * (10_000 + self.value) / 10_000)
        if raw < 0:
            raise DomainError("price_below_zero")
        return raw if self.ending is None else nearest_ending(raw, self.ending)


def nearest_ending(amount: int, ending: int) -> int:
    """The price nearest to `amount` whose last two digits are `ending` (0 to 99), the lower of two equally near."""
    if not 0 <= ending < _WHOLE:
        raise ValueError("an ending has two digits")
    below = amount - (amount - ending) % _WHOLE
    if below < 0:
        return ending
    return below if amount - below <= below + _WHOLE - amount else below + _WHOLE


@dataclass(frozen=True, slots=True)
class Reduction:
    """A reduction that may be advertised: `amount` instead of `reference`, `percent` rounded down."""

    amount: int
    reference: int
    percent: int


def advertised_reduction(amount: int, lowest: PriceEntry | None) -> Reduction:
    """What may be said of a reduced price (PAngV section 11): measured against the lowest of the last 30 days.

    `DomainError`: `reduction_without_reference` if no price held in those days, `reduction_not_real` if the new
    price is not below it.
    """
    if lowest is None:
        raise DomainError("reduction_without_reference")
    if amount >= lowest.amount:
        raise DomainError("reduction_not_real", {"reference": lowest.amount})
    percent = (lowest.amount - amount) * _WHOLE // lowest.amount
    return Reduction(amount, lowest.amount, percent)
