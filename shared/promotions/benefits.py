"""The benefit stage: points, wallet, cashback, vouchers, gifts and shipping, worked out on the final prices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from shared.promotions.basket import Basket, bits
from shared.promotions.book import Entry
from shared.promotions.claims import Part
from shared.promotions.conditions import met
from shared.promotions.gates import Gate
from shared.promotions.rounding import percent_of
from shared.promotions.terms import MILLION, Benefit


@dataclass(frozen=True, slots=True)
class Given:
    """A benefit that is given: `worth` points or minor units; vouchers for next time and gifts have none."""

    entry: Entry
    benefit: Benefit
    worth: int


@dataclass(slots=True)
class Benefits:
    """What is given, what is left of the shipping, and why open benefit promotions gave nothing."""

    given: list[Given]
    shipping: int | None
    reasons: dict[str, str]
    lost_to: dict[str, str]


class BenefitStage:
    """Works out the benefits of one receipt."""

    def __init__(self, basket: Basket, parts: Sequence[Part], gate: Gate) -> None:
        self.basket = basket
        self.gate = gate
        self._cost: dict[int, int] = {}
        for part in parts:
            self._cost[part.index] = self._cost.get(part.index, 0) + part.price * part.count

    def value(self, mask: int) -> int:
        """What the pieces of some classes cost in the end."""
        return sum(self._cost.get(index, 0) for index in bits(mask))

    def run(self, entries: Sequence[Entry]) -> Benefits:
        """The benefits of open promotions; `entries` by id."""
        result = Benefits([], self.gate.context.shipping, {}, {})
        rules: list[tuple[Entry, Benefit, int]] = []
        factors: list[tuple[Entry, Benefit, int]] = []
        shipping: list[Given] = []
        for entry in entries:
            benefit = cast("Benefit", entry.promotion.reward)
            mask = entry.take.mask(self.basket)
            if not mask:
                result.reasons[entry.promotion.id] = "selection"
            elif not met(entry.needs, self.basket, self.value):
                result.reasons[entry.promotion.id] = "condition"
            elif benefit.kind == "points_factor":
                factors.append((entry, benefit, mask))
            else:
                self._give(entry, benefit, mask, result, shipping)
                if benefit.per is not None:
                    rules.append((entry, benefit, mask))
        for entry, benefit, worth in self._bonuses(rules, factors):
            self._add(Given(entry, benefit, worth), result)
        self._ship(shipping, result)
        result.given.sort(key=lambda given: given.entry.rank)
        return result

    def _add(self, given: Given, result: Benefits) -> None:
        if given.worth or given.benefit.next_percent or given.benefit.kind == "gift":
            result.given.append(given)
        else:
            result.reasons[given.entry.promotion.id] = "no_saving"

    def _give(
        self, entry: Entry, benefit: Benefit, mask: int, result: Benefits, shipping: list[Given]
    ) -> None:
        worth = benefit.amount or 0
        base = self.value(mask)
        if benefit.kind == "points":
            worth = base // benefit.per * benefit.give if benefit.per is not None else benefit.give
        elif benefit.kind == "shipping":
            base = self.gate.context.shipping or 0
            worth = min(worth, base)
        if benefit.percent is not None:
            worth = percent_of(base, benefit.percent)
        cap = self.gate.cap(entry.promotion)
        if cap is not None and benefit.kind != "points":
            worth = min(worth, cap)
        if benefit.kind == "shipping" and worth:
            shipping.append(Given(entry, benefit, worth))
        else:
            self._add(Given(entry, benefit, worth), result)

    def _ship(self, offers: Sequence[Given], result: Benefits) -> None:
        if not offers:
            return
        best = min(offers, key=lambda given: (-given.worth, given.entry.rank))
        result.given.append(best)
        result.shipping = (result.shipping or 0) - best.worth
        for given in offers:
            if given is not best:
                result.reasons[given.entry.promotion.id] = "beaten"
                result.lost_to[given.entry.promotion.id] = best.entry.promotion.id

    def _bonuses(
        self,
        rules: Sequence[tuple[Entry, Benefit, int]],
        factors: Sequence[tuple[Entry, Benefit, int]],
    ) -> list[tuple[Entry, Benefit, int]]:
        """The bonus of each factor: on the pieces for which it is the highest, rule by rule."""
        found = []
        rest = (1 << len(self.basket.classes)) - 1
        for entry, benefit, mask in sorted(factors, key=lambda f: (-f[1].factor, f[0].rank)):
            own = mask & rest
            rest &= ~mask
            bonus = 0
            for _, rule, takes in rules:
                points = self.value(takes & own) // (rule.per or 1) * rule.give
                bonus += (benefit.factor - MILLION) * points // MILLION
            found.append((entry, benefit, bonus))
        return found
