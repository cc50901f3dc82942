"""Promotions whose saving does not add up, as if it did: never less than what they can save, so that it bounds them.

A bundle for a price is booked as if its pieces were free and the price came on top, whatever a stack takes of it; an
amount as if nothing stood in its way; of the cheapest pieces each carries its part of the dearest that could be free.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared.promotions.basket import Basket, bits
from shared.promotions.candidates import Candidate
from shared.promotions.chain import Chain
from shared.promotions.explicit import Aim
from shared.promotions.machines import Machine, State, counting
from shared.promotions.potential import Alone, Move
from shared.promotions.rounding import reduction
from shared.promotions.terms import MILLION, Bundle, Off, Tiers
from shared.promotions.walk import Layer


class _Moves(dict[State, list[Move]]):
    """The moves of a bundle for pieces of one class at their relaxed value, worked out state by state."""

    def __init__(
        self, machine: Machine, index: int, value: int, bonus: int, target: int | None
    ) -> None:
        super().__init__()
        self.machine = machine
        self.index = index
        self.value = value
        self.bonus = bonus
        self.target = target

    def __missing__(self, state: State) -> list[Move]:
        found: list[Move] = []
        for new, _, _, whole, role in self.machine.moves(state, self.index):
            value = self.value if self.target is None or role == self.target else 0
            found.append((new, value + whole * self.bonus, None, 0))
        self[state] = found
        return found


class Relaxed:
    """One promotion that is worked out way by way: `value` is what a piece of each class brings, `bonus` a bundle."""

    def __init__(self, candidate: Candidate, basket: Basket, chain: Chain) -> None:
        self.candidate = candidate
        self.basket = basket
        self.chain = chain
        self.bonus = 0
        self.value = dict.fromkeys(bits(candidate.mask), 0)
        reward = candidate.promotion.reward
        if isinstance(reward, Bundle):
            self._bundle(reward)
        elif isinstance(reward, Tiers):
            for index in bits(candidate.mask):
                piece = basket.classes[index]
                offs = [reduction(step.off, piece.price, piece.floor) for step in reward.steps]
                self.value[index] = max(self._gain(index, off) for off in (0, *offs))

    def _bundle(self, bundle: Bundle) -> None:
        mask, chain = self.candidate.mask, self.chain
        off = self.candidate.off
        if bundle.form == "price":
            for index in bits(mask):
                self.value[index] = self._gain(index, self.basket.classes[index].price)
            self.bonus = chain.bonus(mask, -self._left(bundle)) if self._left(bundle) else 0
        elif bundle.form == "amount":
            # Each stack may round in favour of every piece.
            most = bundle.off.value + bundle.size * len(chain.stacks)
            self.bonus = chain.bonus(mask, most)
        elif bundle.form == "cheapest":
            prices = {index: self.basket.classes[index].price for index in bits(mask)}
            for index, price in prices.items():
                top = max(
                    self._gain(other, off.get(other, 0))
                    for other, theirs in prices.items()
                    if theirs <= price
                )
                self.value[index] = -(-top * bundle.target // bundle.size)
        else:
            for index in bits(mask):
                self.value[index] = max(self._gain(index, off.get(index, 0)), 0)

    def _gain(self, index: int, lost: int) -> int:
        if self.chain.uncertain >> index & 1:
            return lost * self.chain.weights[index]
        return self.chain.gain(index, lost)

    def _left(self, bundle: Bundle) -> int:
        """What the pieces of an application cost at least once the stacks have taken their part of its price."""
        left = bundle.off.value * MILLION
        for stack in self.chain.stacks:
            reward = stack.promotion.reward
            if not stack.mask & self.candidate.mask:
                continue
            if not isinstance(reward, Off) or reward.kind == "price":
                return 0
            if reward.kind == "percent":
                left = left * (MILLION - reward.value) // MILLION - bundle.size * MILLION // 2
            else:
                left -= bundle.size * reward.value * MILLION
        return max(left // MILLION, 0)

    def alone(self, row: Sequence[Layer]) -> Alone | None:
        """The promotion by itself along a row; None if it does not count applications."""
        reward = self.candidate.promotion.reward
        if not isinstance(reward, Bundle):
            return None
        machine = counting(replace(self.candidate, cap=None), reward, self.basket)
        target = reward.target if reward.form == "reduce" else None
        tables = {
            index: _Moves(machine, index, self.value[index], self.bonus, target)
            for index in bits(self.candidate.mask)
        }
        own = [
            (at, tables[layer.index], self.value[layer.index] + max(self.bonus, 0))
            for at, layer in enumerate(row)
            if layer.owner < 0 and layer.index in tables
        ]
        return Alone(machine, own)

    def aim(self, least: int, prices: dict[int, int]) -> Aim:
        """What a way must be worth beyond the prices of its pieces."""
        return Aim(least, self._beyond(prices), self.bonus)

    def most(self, prices: dict[int, int]) -> int:
        """What pieces alone could bring beyond their prices, where no applications are counted."""
        classes = self.basket.classes
        return sum(
            max(value, 0) * classes[index].count for index, value in self._beyond(prices).items()
        )

    def _beyond(self, prices: dict[int, int]) -> dict[int, int]:
        """What a piece of each class that is free brings beyond its price."""
        return {
            index: brings - prices[index] for index, brings in self.value.items() if index in prices
        }
