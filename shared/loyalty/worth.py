"""What points are worth when somebody pays with them."""

from __future__ import annotations

from dataclasses import dataclass

from shared.errors import DomainError


@dataclass(frozen=True, slots=True)
class Worth:
    """`points` pay for `minor` units of a currency. What is left over by rounding stays with the house.

    `DomainError('loyalty_worth_invalid')`, 400, unless both are above zero.
    """

    points: int
    minor: int

    def __post_init__(self) -> None:
        if not (0 < self.points <= 10**9 and 0 < self.minor <= 10**9):
            raise DomainError("loyalty_worth_invalid", http_status=400)

    def value(self, points: int) -> int:
        """What points pay for, in minor units."""
        return points * self.minor // self.points

    def cost(self, amount: int) -> int:
        """How many points an amount costs."""
        return -(-amount * self.points // self.minor)

    def points_for(self, amount: int) -> int:
        """How many points go back for an amount."""
        return amount * self.points // self.minor
