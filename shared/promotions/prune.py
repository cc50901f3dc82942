"""Leaving out what can never pay: claims that save less than promotions for single pieces would on the same pieces.

If the best application that a promotion could make with a piece saves less than its pieces would save under
promotions for single pieces alone, breaking it up is better, so no best choice contains it. With a `margin` only what
is worse by more than that is left out. What ties stays: it may need fewer promotions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from shared.promotions.basket import Basket, bits
from shared.promotions.candidates import Candidate
from shared.promotions.chain import Chain
from shared.promotions.rounding import reduction
from shared.promotions.terms import Bundle, Off, Step, Tiers

_MOST_ROUNDS = 4


class Pruner:
    """Bounds for one basket: `alternative` holds what a piece of each class saves at least when it is not claimed."""

    def __init__(
        self, basket: Basket, chain: Chain, ones: Iterable[Candidate], margin: int
    ) -> None:
        self.basket = basket
        self.chain = chain
        self.margin = margin
        self.alternative = [0] * len(basket.classes)
        for one in ones:
            if one.stateless:
                for index in bits(one.mask & ~chain.uncertain):
                    gain = chain.gain(index, one.off[index])
                    self.alternative[index] = max(self.alternative[index], gain)

    def pruned(self, one: Candidate) -> Candidate | None:
        """The candidate without the claims that can never pay; None if nothing is left of it."""
        reward = one.promotion.reward
        if one.stateless:
            return one
        if isinstance(reward, Off):
            mask = self._where(one.mask, lambda i: self._net(i, one.off[i]))
            return one.limited(mask) if mask else None
        if isinstance(reward, Tiers):
            return self._tiers(one, reward)
        return self._bundle(one, reward) if isinstance(reward, Bundle) else one

    def _net(self, index: int, lost: int) -> int:
        """At most what a piece saves more than by itself if a claim takes this off it."""
        counted = self.chain.uncertain >> index & 1
        gain = lost * self.chain.weights[index] if counted else self.chain.gain(index, lost)
        return gain - self.alternative[index]

    def _where(self, mask: int, best: Callable[[int], int]) -> int:
        return sum(1 << index for index in bits(mask) if best(index) >= -self.margin)

    def _counted(self, mask: int, value: Callable[[int], int]) -> list[tuple[int, int]]:
        """The values of the classes with their counts, highest first."""
        classes = self.basket.classes
        return sorted(((value(i), classes[i].count) for i in bits(mask)), reverse=True)

    # --- tiers -----------------------------------------------------------------------------------

    def _tiers(self, one: Candidate, tiers: Tiers) -> Candidate | None:
        keep = 0
        for options, needed in self._steps(tiers):

            def net(index: int, options: Sequence[Step] = options) -> int:
                piece = self.basket.classes[index]
                lost = [reduction(step.off, piece.price, piece.floor) for step in options]
                if tiers.mode == "each":
                    # In front of the first step it loses nothing, which may leave more to a stack.
                    lost.append(0)
                return max(self._net(index, each) for each in lost)

            nets = self._counted(one.mask, net)
            for index in bits(one.mask & ~keep):
                mine = net(index)
                if mine + _filled(nets, needed - 1, mine) >= -self.margin:
                    keep |= 1 << index
        return one.limited(keep) if keep else None

    def _steps(self, tiers: Tiers) -> Iterable[tuple[Sequence[Step], int]]:
        """The steps a piece may be given together, and how many pieces must be claimed for them."""
        if tiers.mode == "each":
            return [(tiers.steps, tiers.steps[0].start)]
        by_count = tiers.by == "quantity"
        return [((step,), step.start if by_count else 1) for step in tiers.steps]

    # --- bundles ---------------------------------------------------------------------------------

    def _bundle(self, one: Candidate, bundle: Bundle) -> Candidate | None:
        sets = list(one.sets)
        for _ in range(_MOST_ROUNDS):
            before = list(sets)
            sets = (
                self._cheapest(one, bundle, sets)
                if bundle.form == "cheapest"
                else (self._filled_sets(one, bundle, sets))
            )
            if not all(sets):
                return None
            if sets == before:
                break
        mask = 0
        for each in sets:
            mask |= each
        return one.limited(mask, tuple(sets))

    def _value(self, one: Candidate, bundle: Bundle, place: int) -> Callable[[int], int]:
        """What a piece brings to an application in one of its sets, compared to what it saves by itself."""
        classes, alternative, weights = self.basket.classes, self.alternative, self.chain.weights
        if bundle.form == "price":
            return lambda index: classes[index].price * weights[index] - alternative[index]
        if bundle.form == "percent" or (bundle.form == "reduce" and place == bundle.target):
            return lambda index: self._net(index, one.off[index])
        return lambda index: -alternative[index]

    def _filled_sets(self, one: Candidate, bundle: Bundle, sets: Sequence[int]) -> list[int]:
        bonus = {"price": -bundle.off.value, "amount": bundle.off.value}.get(bundle.form, 0)
        bonus = self.chain.bonus(one.mask, bonus) if bonus else 0
        values = [self._value(one, bundle, place) for place in range(len(sets))]
        best = []
        for each, mask, value in zip(bundle.sets, sets, values, strict=True):
            counted = self._counted(mask, value)
            if sum(count for _, count in counted) < each.quantity:
                return [0]
            best.append((_top(counted, each.quantity), _top(counted, each.quantity - 1)))
        whole = bonus + sum(full for full, _ in best)
        return [
            self._where(
                mask,
                lambda index, value=value, full=full, less=less: whole - full + less + value(index),  # type: ignore[misc]
            )
            for mask, value, (full, less) in zip(sets, values, best, strict=True)
        ]

    def _cheapest(self, one: Candidate, bundle: Bundle, sets: Sequence[int]) -> list[int]:
        """An application has `target` pieces that are reduced, and payers that cost at least as much."""
        free, payers = bundle.target, bundle.size - bundle.target
        mask = 0
        for each in sets:
            mask |= each
        classes, alternative = self.basket.classes, self.alternative
        if sum(classes[i].count for i in bits(mask)) < bundle.size:
            return [0]
        keep = 0
        row = list(bits(mask))
        nets = self._counted(mask, lambda i: self._net(i, one.off[i]))
        for index in row:
            mine = self._net(index, one.off[index]) + _top(nets, free - 1)
            paying = [other for other in row if classes[other].price >= classes[index].price]
            counted = sorted(((-alternative[i], classes[i].count) for i in paying), reverse=True)
            if mine + _top(counted, payers) < -self.margin:
                continue
            keep |= 1 << index
            rest = mine + _top(counted, payers - 1)
            for other in paying:
                if payers and rest - alternative[other] >= -self.margin:
                    keep |= 1 << other
        return [each & keep for each in sets]


def _top(counted: Sequence[tuple[int, int]], number: int) -> int:
    """The sum of the highest values of a number of pieces; `counted` highest first."""
    total = 0
    for value, count in counted:
        here = min(count, number)
        total += here * value
        number -= here
        if not number:
            break
    return total


def _filled(nets: Sequence[tuple[int, int]], needed: int, mine: int) -> int:
    """The most that pieces beside one worth `mine` can bring: all that pay, and as many as are needed."""
    total = 0
    skipped = False
    for value, count in nets:
        here = count
        if value == mine and not skipped:
            here -= 1
            skipped = True
        if value <= 0:
            here = min(here, max(needed, 0))
        total += here * value
        needed -= here
    return total
