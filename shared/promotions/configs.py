"""The ways to use the basket promotions, each as weights of the classes: what it could end at, whatever is claimed.

A percentage off some classes makes each of their minor units count for less, so the lowest end of such a way is found
by the same walk as the lowest total, with weights. A fixed amount is taken off at the end; a threshold has to be
reached by the classes it counts. Whatever is left out (floors, what an earlier amount leaves for a later percentage)
can only make the true end higher.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from typing import cast

from shared.promotions.basket import Basket, bits
from shared.promotions.stage2 import BasketCandidate
from shared.promotions.terms import MILLION, Each, Off, Tiers

_MANY = 24
"""So many times of an `each` are told apart; beyond that its amount counts as a percentage."""
Aim = tuple[int, int]
"""Classes, and what they must cost at least after stage 1."""


@dataclass(frozen=True, slots=True)
class Config:
    """One way: millionths that each class counts, millionths of a minor unit taken off, thresholds to reach.

    `groups`: what it uses a promotion of, so that stage 1 must not. `low`: what the classes count for at least.
    """

    weights: tuple[int, ...]
    off: int
    aims: tuple[Aim, ...]
    groups: frozenset[str]
    low: int = 0

    def slack(self, total: int, most: int) -> int:
        """How much more than `total` stage 1 may cost and still end at `most`, where all classes count alike."""
        weight = self.weights[0]
        return (most * MILLION + self.off) // weight - total if weight else 1 << 60

    def most(self, total: int) -> int:
        """What the classes may count for at most to end at `total`."""
        return total * MILLION + self.off

    def least(self, mask: int) -> int:
        """What a minor unit of some classes counts at least."""
        return min(self.weights[index] for index in bits(mask))

    def end(self, weighted: int) -> int:
        """The lowest end total if the classes cost `weighted` by these weights."""
        return -((self.off - weighted) // MILLION)

    @property
    def even(self) -> bool:
        """Whether all classes count alike, so that nothing but the total matters."""
        return len(set(self.weights)) == 1


@dataclass(frozen=True, slots=True)
class _Option:
    """What one promotion does: millionths that its classes count, minor units off, thresholds."""

    candidate: BasketCandidate
    weight: int
    off: int
    aims: tuple[Aim, ...]


class Configs:
    """The ways of one basket, given the groups of stage 1 with the lowest that each can cost."""

    def __init__(
        self,
        basket: Basket,
        candidates: Sequence[BasketCandidate],
        lows: Sequence[tuple[int, int]],
    ) -> None:
        self.basket = basket
        self.lows = lows
        self.ones = [c for c in candidates if c.promotion.combine == "one"]
        stacks = (c for c in candidates if c.promotion.combine == "stack")
        self.stacks = sorted(stacks, key=lambda candidate: candidate.order)

    def all(self, most: int) -> list[Config]:
        """The ways that could end at `most` or below, the lowest first."""
        options = {c.bit: list(self._options(c)) for c in (*self.ones, *self.stacks)}
        found: list[tuple[int, int, Config]] = []
        for chosen in self._together():
            for picked in product(*(options[c.bit] for c in chosen)):
                config = self._config(picked)
                config = replace(config, low=self.at_least(config))
                end = config.end(config.low)
                if end <= most:
                    found.append((end, len(found), config))
        return [config for _, _, config in sorted(found, key=lambda entry: entry[:2])]

    def _together(self) -> Iterator[tuple[BasketCandidate, ...]]:
        for one in (None, *self.ones):
            for size in range(len(self.stacks) + 1):
                for stacked in combinations(self.stacks, size):
                    chosen = (*((one,) if one else ()), *stacked)
                    groups = [c.promotion.group for c in chosen if c.promotion.group]
                    if len(set(groups)) == len(groups):
                        yield chosen

    def sure(self, mask: int) -> int:
        """What some classes cost at least."""
        return sum(low for group, low in self.lows if not group & ~mask)

    def at_least(self, config: Config) -> int:
        """What the classes cost at least by the weights, without solving anything again."""
        least = [(group, low * config.least(group)) for group, low in self.lows]
        found = sum(low for _, low in least)
        for mask, value in config.aims:
            outside = sum(low for group, low in least if not group & mask)
            found = max(found, outside + value * config.least(mask))
        return found

    def _config(self, picked: Sequence[_Option]) -> Config:
        weights = [MILLION] * len(self.basket.classes)
        off = 0
        aims: list[Aim] = []
        for place, option in enumerate(picked):
            share, mask = MILLION, option.candidate.mask
            for later in picked[place + 1 :]:
                # A later percentage takes less where an amount was taken off before it.
                if not mask & ~later.candidate.mask:
                    share = -(-share * later.weight // MILLION)
            off += option.off * share
            aims += option.aims
            if option.weight != MILLION:
                # Percentages of a sum are rounded: half a minor unit at most.
                off += MILLION // 2
                for index in bits(mask):
                    weights[index] = weights[index] * option.weight // MILLION
        groups = frozenset(
            option.candidate.promotion.group
            for option in picked
            if option.candidate.promotion.group
        )
        return Config(tuple(weights), off, tuple(aims), groups)

    def _options(self, candidate: BasketCandidate) -> Iterator[_Option]:
        reward, mask = candidate.promotion.reward, candidate.mask
        needs: list[Aim] = []
        for need in candidate.entry.needs:
            if need.spend is not None and not need.on_list:
                of = need.of.mask(self.basket)
                if self.basket.value(of) < need.spend:
                    return
                if of and self.sure(of) < need.spend:
                    needs.append((of, need.spend))
        most = self.basket.value(mask)
        least = self._least(candidate)
        if isinstance(reward, Off):
            yield self._option(candidate, reward, needs)
        elif isinstance(reward, Tiers):
            ends = [step.start for step in reward.steps[1:]] + [most + 1]
            for step, end in zip(reward.steps, ends, strict=True):
                if end > least and step.start <= most:
                    aims = [*needs, (mask, step.start)] if step.start > least else needs
                    yield self._option(candidate, step.off, aims)
        else:
            yield from self._times(candidate, cast("Each", reward), needs)

    def _times(self, candidate: BasketCandidate, each: Each, needs: list[Aim]) -> Iterator[_Option]:
        mask = candidate.mask
        first = self._least(candidate) // each.spend
        last = self.basket.value(mask) // each.spend
        if last - first > _MANY:
            weight = max(MILLION - -(-each.amount * MILLION // each.spend), 0)
            yield _Option(candidate, weight, 0, tuple(needs))
            return
        limit = candidate.promotion.limit.applications
        for times in range(max(first, 1), last + 1):
            counted = times if limit is None else min(times, limit)
            off = Off("amount", counted * each.amount)
            aims = [*needs, (mask, times * each.spend)] if times > first else needs
            yield self._option(candidate, off, aims)
            if counted == limit:
                return

    def _least(self, candidate: BasketCandidate) -> int:
        """What it counts at least: of what is reduced already perhaps nothing."""
        return 0 if candidate.promotion.only_unreduced else self.sure(candidate.mask)

    def _option(self, candidate: BasketCandidate, off: Off, aims: Sequence[Aim]) -> _Option:
        cap = candidate.cap
        if off.kind == "percent":
            if cap is None or cap * MILLION > self.sure(candidate.mask) * off.value:
                return _Option(candidate, MILLION - off.value, 0, tuple(aims))
            return _Option(candidate, MILLION, cap, tuple(aims))
        return _Option(
            candidate, MILLION, off.value if cap is None else min(off.value, cap), tuple(aims)
        )
