"""How low the end total can get for a total after stage 1, whatever the claims: what needs no further search."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shared.promotions.basket import Basket
from shared.promotions.conditions import met
from shared.promotions.rounding import reduction
from shared.promotions.stage2 import BasketCandidate
from shared.promotions.terms import Each, Tiers

_MANY = 1000


class Bounds:
    """Bounds for one basket and its basket promotions; they ignore what is claimed, so they are never too high."""

    def __init__(self, basket: Basket, candidates: Sequence[BasketCandidate]) -> None:
        self.basket = basket
        self.ones = [c for c in candidates if c.promotion.combine == "one"]
        stacks = (c for c in candidates if c.promotion.combine == "stack")
        self.stacks = sorted(stacks, key=lambda candidate: candidate.order)
        self._list = {c.bit: basket.value(c.mask) for c in candidates}
        self._fixed = basket.value(basket.everything & ~basket.discountable)
        self._least = 0
        self._lows: Sequence[tuple[int, int]] = ()
        self._inside: dict[int, int] = {}

    def follow(self, least: int, lows: Sequence[tuple[int, int]]) -> None:
        """From now on the claims are those of one stage 1.

        `least` is its lowest total, `lows` the classes of each of its groups with the lowest they can cost.
        """
        self._least, self._lows = least, lows
        self._inside = {}

    def forget(self) -> None:
        """From now on nothing is known of the claims."""
        self.follow(0, ())

    def _sure(self, mask: int) -> int:
        """What some classes cost at most when the basket costs its least: of groups that are partly among them,
        the list prices.
        """
        found = self._inside.get(mask)
        if found is None:
            found = 0
            for group, low in self._lows:
                if not group & mask:
                    continue
                found += low if not group & ~mask else self.basket.value(group & mask)
            self._inside[mask] = found
        return found

    def _at_most(self, mask: int, total: int) -> int:
        """At most this much can some classes cost when the basket costs `total`: no group is below its lowest."""
        most = min(self.basket.value(mask), total)
        if self._lows:
            return min(most, self._sure(mask) + total - self._least)
        return most

    def _reducible(self, candidate: BasketCandidate, total: int) -> int:
        if candidate.mask == self.basket.discountable:
            return max(total - self._fixed, 0)
        return self._at_most(candidate.mask, total)

    def _value(self, total: int) -> Callable[[int], int]:
        return lambda mask: self._at_most(mask, total)

    def lowest(self, total: int) -> int:
        """No claims that leave `total` after stage 1 can end below this."""
        if not self.ones and not self.stacks:
            return total
        value = self._value(total)
        open_ones = [c for c in self.ones if met(c.entry.needs, self.basket, value)]
        open_stacks = [c for c in self.stacks if met(c.entry.needs, self.basket, value)]
        off = max((self._most(c, total, total) for c in open_ones), default=0)
        now = total - off
        for stack in open_stacks:
            now -= self._most(stack, total, now)
        return now

    def _most(self, candidate: BasketCandidate, total: int, now: int) -> int:
        value = self._reducible(candidate, total)
        present = min(value, max(now, 0))
        if candidate.mask == self.basket.discountable:
            present = max(now - self._fixed, 0)
        reward = candidate.promotion.reward
        if isinstance(reward, Tiers):
            # A lower step may give more than a higher one, and less in the basket may end on it.
            reached = [step.off for step in reward.steps if step.start <= value]
            off = max((reduction(step, present, 0) for step in reached), default=0)
        else:
            off = min(candidate.wanted(value, present), present)
        return off if candidate.cap is None else min(off, candidate.cap)

    def reach(self, total: int, aim: int) -> bool:
        """Whether any claims that cost `total` or more after stage 1 can end at `aim` or below."""
        if not self.ones and not self.stacks:
            return total <= aim
        if self._fine():
            return True
        most = self.basket.list_total
        return any(
            self.lowest(mark) <= aim for mark in (total, *self._marks()) if total <= mark <= most
        )

    def _fine(self) -> bool:
        """Whether an `each` has more steps than can be looked at one by one."""
        return any(
            isinstance(c.promotion.reward, Each)
            and self._list[c.bit] > _MANY * c.promotion.reward.spend
            for c in (*self.ones, *self.stacks)
        )

    def _marks(self) -> set[int]:
        """Totals at which a condition or a step may come into reach: between them the end only rises."""
        marks: set[int] = set()
        for candidate in (*self.ones, *self.stacks):
            for need in candidate.entry.flat_needs:
                if need.spend is not None and not need.on_list:
                    marks.add(self._reached_at(need.of.mask(self.basket), need.spend))
            reward = candidate.promotion.reward
            if isinstance(reward, Tiers):
                marks |= {self._mark(candidate, step.start) for step in reward.steps}
            if isinstance(reward, Each):
                full = self._list[candidate.bit] // reward.spend
                marks |= {
                    self._mark(candidate, times * reward.spend) for times in range(1, full + 1)
                }
        return marks

    def _mark(self, candidate: BasketCandidate, value: int) -> int:
        if candidate.mask == self.basket.discountable:
            return value + self._fixed
        return self._reached_at(candidate.mask, value)

    def _reached_at(self, mask: int, value: int) -> int:
        """The lowest total at which some classes can cost as much as a value."""
        return max(value, value - self._sure(mask) + self._least) if self._lows else value
