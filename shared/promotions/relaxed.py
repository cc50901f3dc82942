"""Promotions whose saving does not add up, as if it did: never less than what they can save, so that it bounds them.

What a bundle leaves of a price or an amount is spread over its pieces, and stacks round what they take of each share.
So every piece is booked at the lowest share it can come to. Where the stacks are percentages, what all shares are
together is known as well: each gives up as much of its distance to the lowest as every stack leaves of it, and the
bundle brings that back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from shared.promotions.basket import Basket, bits
from shared.promotions.candidates import Candidate
from shared.promotions.chain import Chain
from shared.promotions.explicit import Aim
from shared.promotions.machines import Booked, Machine, counting
from shared.promotions.potential import Alone
from shared.promotions.rounding import reduction
from shared.promotions.terms import MILLION, Bundle, Off, Tiers
from shared.promotions.walk import Layer, Table


class Relaxed:
    """One promotion that is worked out way by way, as if it could be worked out piece by piece.

    `value`: what a piece of each class brings at most, `bonus` what an application brings beside that.
    """

    def __init__(self, candidate: Candidate, basket: Basket, chain: Chain) -> None:
        self.candidate = candidate
        self.basket = basket
        self.chain = chain
        self.lost = dict.fromkeys(bits(candidate.mask), 0)
        self.extra = dict(self.lost)
        self.untouched = dict(self.lost)
        self.bonus = 0
        reward = candidate.promotion.reward
        if isinstance(reward, Bundle):
            self._bundle(reward)
        else:
            tiers = cast("Tiers", reward)
            for index in self.lost:
                piece = basket.classes[index]
                offs = [reduction(step.off, piece.price, piece.floor) for step in tiers.steps]
                self.lost[index] = max((0, *offs), key=lambda off, i=index: self._gain(i, off))  # type: ignore[misc]
        self.value = {index: self._value(index) for index in self.lost}

    def _bundle(self, bundle: Bundle) -> None:
        off = self.candidate.off
        if bundle.form in ("price", "amount"):
            self._spread(bundle)
        elif bundle.form == "cheapest":
            prices = {index: self.basket.classes[index].price for index in self.lost}
            for index, price in prices.items():
                top = max(
                    self._gain(other, off.get(other, 0))
                    for other, theirs in prices.items()
                    if theirs <= price
                )
                weight = self.chain.bonus(self.candidate.mask, 1) or 1
                self.extra[index] = -(-top * bundle.target // (bundle.size * weight))
        else:
            self.lost.update((index, off.get(index, 0)) for index in self.lost)

    def _spread(self, bundle: Bundle) -> None:
        """A price or an amount that is spread over all pieces in proportion to what they cost."""
        classes = self.basket.classes
        share = self._most_of_a_unit(bundle)
        for index in self.lost:
            piece = classes[index]
            self.lost[index] = min(piece.price * share // MILLION + 1, piece.price - piece.floor)
        if any(
            classes[index].price * share // MILLION + 1
            > classes[index].price - classes[index].floor
            for index in self.lost
        ):
            # A piece that has reached its floor leaves its part of the loss to the others.
            for index in self.lost:
                self.lost[index] = classes[index].price - classes[index].floor
        kept = self._kept()
        if not kept:
            return
        rounds = {index: self._stacks_on(index) for index in self.lost}
        for index, lost in self.lost.items():
            price = classes[index].price
            of = price - lost if bundle.form == "price" else -lost
            self.extra[index] = -(-kept * of // MILLION) + rounds[index]
            self.untouched[index] = self.extra[index] - (-kept * lost // MILLION)
        whole = -bundle.off.value if bundle.form == "price" else bundle.off.value
        self.bonus = -(-kept * whole // MILLION)

    def _most_of_a_unit(self, bundle: Bundle) -> int:
        """Millionths of its price that a piece loses at most, as long as no piece has reached its floor."""
        sums = {"price": 0, "amount": 0}
        for mask, each in zip(self.candidate.sets, bundle.sets, strict=True):
            row = sorted(
                price
                for index in bits(mask)
                for price in [self.basket.classes[index].price] * self.basket.classes[index].count
            )
            sums["price"] += sum(row[-each.quantity :])
            sums["amount"] += sum(row[: each.quantity])
        whole = sums[bundle.form]
        amount = whole - bundle.off.value if bundle.form == "price" else bundle.off.value
        return min(-(-max(amount, 0) * MILLION // whole), MILLION) if whole else MILLION

    def _kept(self) -> int:
        """Millionths of a share that are left of it at least, whatever the stacks take; 0 if that cannot be said."""
        weights = {self.chain.weights[index] for index in self.lost}
        if len(weights) > 1:
            return 0
        return min(self._kept_of(index) for index in self.lost)

    def _kept_of(self, index: int) -> int:
        """What every minor unit above the lowest share of a piece leaves in the end, in millionths."""
        piece = self.basket.classes[index]
        kept, left, touched = MILLION, piece.price - self.lost[index], False
        if not self.lost[index]:
            return MILLION
        for stack in self.chain.stacks:
            reward = stack.promotion.reward
            if not stack.mask >> index & 1 or not isinstance(reward, Off):
                continue
            touched = True
            if reward.kind == "percent":
                kept = kept * (MILLION - reward.value) // MILLION
            elif reward.kind == "price" and piece.price > reward.value:
                return 0
            left -= reduction(reward, left, piece.floor)
        # What a stack takes to its floor leaves nothing of the next minor unit.
        return kept if left > piece.floor or not touched else 0

    def _stacks_on(self, index: int) -> int:
        """How many stacks round what is left of a piece."""
        return sum(stack.mask >> index & 1 for stack in self.chain.stacks)

    def _gain(self, index: int, lost: int) -> int:
        """What it saves in the end at most if a piece loses this much before the stacks."""
        piece, chain = self.basket.classes[index], self.chain
        if not chain.uncertain >> index & 1:
            return chain.gain(index, lost)
        ends = [last for _, last, _, _ in chain.outcomes(index, piece.price - lost, chain.start)]
        return (piece.price - min(ends)) * chain.weights[index]

    def _value(self, index: int) -> int:
        """What a piece brings at most."""
        return max(
            self._gain(index, lost) + self._counted(extra) for lost, extra in self._books(index)
        )

    def _books(self, index: int) -> list[tuple[int, int]]:
        """What a piece may lose, with what it brings beside.

        One that loses nothing, because of a cap or for being cheap, is not reduced for stacks that ask for that; the
        cheapest of several is, whatever it loses.
        """
        books = [(self.lost[index], self.extra[index])]
        if any(
            stack.promotion.only_unreduced and stack.mask >> index & 1
            for stack in self.chain.stacks
        ):
            if self.lost[index]:
                books.append((0, self.untouched[index]))
            elif self._among_cheapest(index):
                books.append((1, self.extra[index]))
        return books

    def _among_cheapest(self, index: int) -> bool:
        """Whether a piece may be one of those that are reduced for being the cheapest."""
        reward = self.candidate.promotion.reward
        cheapest = isinstance(reward, Bundle) and reward.form == "cheapest"
        return cheapest and self.candidate.off.get(index, 0) > 0

    def _counted(self, bonus: int) -> int:
        return self.chain.bonus(self.candidate.mask, bonus)

    def machine(self) -> Machine | None:
        """How it counts applications, without a cap; None if it does not count any."""
        candidate = self.candidate
        reward = candidate.promotion.reward
        if not isinstance(reward, Bundle):
            return None
        aimed = reward.target if reward.form == "reduce" else None

        books = {index: self._books(index) for index in self.lost}

        def booked(place: int, index: int) -> Sequence[tuple[int, int]]:
            return books[index] if aimed is None or place == aimed else ((0, 0),)

        return counting(replace(candidate, cap=None), reward, Booked(booked, self.bonus))

    def alone(self, row: Sequence[Layer]) -> Alone | None:
        """The promotion by itself along a row; None if it does not count applications."""
        machine = self.machine()
        if machine is None:
            return None
        tables: dict[int, Table] = {}
        own = []
        for at, layer in enumerate(row):
            if layer.owner < 0 and layer.index in self.lost:
                if layer.index not in tables:
                    tables[layer.index] = Table(machine, layer, self.chain)
                most = self.value[layer.index] + max(self._counted(self.bonus), 0)
                own.append((at, tables[layer.index], most))
        return Alone(machine, own)

    def worth(self, counts: Sequence[int]) -> int:
        """What it brings at most with these pieces of the classes."""
        reward = self.candidate.promotion.reward
        size = reward.size if isinstance(reward, Bundle) else 1
        brought = sum(self.value.get(index, 0) * count for index, count in enumerate(counts))
        return brought + sum(counts) // size * self._counted(self.bonus)

    def aim(self, least: int, prices: dict[int, int]) -> Aim:
        """What a way must be worth beyond the prices of its pieces."""
        return Aim(least, self._beyond(prices), self._counted(self.bonus))

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
