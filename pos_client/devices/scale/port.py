"""What the till needs of a scale.

Problems are `EnvironmentProblem`s: `scale_unreachable`, `scale_silent`, `scale_unreadable`; and what the scale says of
itself: `scale_moving`, `scale_overloaded`, `scale_below_zero`, `scale_below_minimum`, `scale_unmoved` (nothing was put
on since the last time).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, runtime_checkable

# What a scale says of its load, and what passes when somebody moves it: no trouble of the scale.
WAITS = frozenset(
    (
        "scale_moving",
        "scale_empty",
        "scale_below_zero",
        "scale_below_minimum",
        "scale_unmoved",
        "scale_overloaded",
    )
)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A weight in kilograms; `price` per kilogram and `amount` in minor units only where the scale worked them out."""

    weight: Decimal
    price: int | None = None
    amount: int | None = None


class Scale(Protocol):
    """A scale that weighs."""

    def weigh(self) -> Weighed:
        """The weight that lies still on it."""

    def look(self) -> None:
        """Whether it is there: raises where it does not answer, or says what ails it."""


@runtime_checkable
class PriceScale(Protocol):
    """A scale that works the amount out itself, as the law wants it where it shows one."""

    def weigh_at(self, price: int) -> Weighed:
        """The weight at a price of minor units per kilogram, with the scale's own amount."""

    def look(self) -> None:
        """Whether it is there, without a price and without a weighing: raises where it does not answer."""
