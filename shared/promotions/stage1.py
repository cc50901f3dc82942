"""Stage 1 for one set of stacked promotions: the basket falls into groups that do not touch, each is solved alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.promotions.basket import Basket, bits
from shared.promotions.candidates import Candidate
from shared.promotions.chain import Chain
from shared.promotions.claims import Claims
from shared.promotions.explicit import needs_explicit
from shared.promotions.labels import ClassKey, Own, RowKey, in_order
from shared.promotions.plain import Plain, Rest
from shared.promotions.prune import Pruner
from shared.promotions.section import Known, Section
from shared.promotions.solution import Found, Solution
from shared.promotions.work import UNBOUNDED, Work

LOOKED_AT = 2
"""Steps that each promotion and each class costs for being looked at under one set of stacks."""
BUILT = 5
"""Steps that each part of a group costs."""


@dataclass(frozen=True, slots=True)
class _Own:
    """A group in coordinates of its own, as a part of the basket."""

    mask: int
    section: Section
    solution: Solution
    known: Known

    @property
    def best(self) -> int:
        return self.solution.best

    @property
    def proven(self) -> bool:
        return self.solution.proven

    def labels(self, slack: int, work: Work) -> dict[int, Found]:
        """As of the group, with the bits of the basket."""
        found = self.known.labelled(self.section, self.solution, slack, work)
        return {self.section.used(used): one for used, one in found.items()}

    @property
    def own(self) -> Own:
        """How the group counts."""
        return self.section.own

    def claims(self, found: Found) -> Claims:
        """The claims and applications in the basket."""
        return self.section.claims(found)

    def row(self, found: Found) -> dict[int, ClassKey]:
        """What is known of each class of the basket."""
        return self.section.row(found)


@dataclass(frozen=True, slots=True)
class Counted:
    """A group that is solved, what each of its minor units counts, and the lowest it can count for."""

    group: _Own | Plain | Rest
    factor: int
    low: int

    def within(self, slack: int) -> int:
        """A loss of all groups together in the group's own measure."""
        return slack // self.factor if self.factor else UNBOUNDED


class Stage1:
    """All groups of a basket under one set of stacked promotions. `total`: the lowest total after stage 1.

    With `weights` a minor unit of each class counts that much, in `total`, `margin` and every loss.
    """

    def __init__(
        self,
        basket: Basket,
        ones: Sequence[Candidate],
        stacks: Sequence[Candidate],
        work: Work,
        known: Known,
        margin: int = 0,
        weights: Sequence[int] | None = None,
    ) -> None:
        self.basket = basket
        self.known = known
        self.even = Chain(stacks, basket)
        self.chain = Chain(stacks, basket, weights) if weights is not None else self.even
        work.left -= LOOKED_AT * (len(ones) + len(stacks) + len(basket.classes))
        pruner = Pruner(basket, self.chain, ones, margin)
        ones = [pruned for one in ones if (pruned := pruner.pruned(one)) is not None]
        self.groups: list[Counted] = []
        touched = self.chain.uncertain
        for one in ones:
            touched |= one.mask
        if rest := basket.everything & ~touched:
            self.groups.append(
                Counted(Rest(rest, basket, self.even), 1, self._base(rest, self.chain.weights))
            )
        for mask in self._masks(ones, touched):
            own = [one for one in ones if one.mask & mask]
            self.groups.append(self._counted(mask, own, work, margin))
        self.proven = all(counted.group.proven for counted in self.groups)
        self.total = sum(counted.low for counted in self.groups)

    def _counted(self, mask: int, own: Sequence[Candidate], work: Work, margin: int) -> Counted:
        """The group in its measure: where all classes count alike, the walk without weights serves."""
        weights = {self.chain.weights[index] for index in bits(mask)}
        factor = min(weights)
        if len(weights) == 1 or self._out_of_row(own):
            within = margin // factor if factor else UNBOUNDED * bool(margin)
            group = self._group(mask, own, self.even, work, within)
            low, counts = self._low(mask, group.best, self.chain.weights)
            return Counted(group, counts, low)
        group = self._group(mask, own, self.chain, work, margin)
        return Counted(group, 1, self._base(mask, self.chain.weights) - group.best)

    def _out_of_row(self, own: Sequence[Candidate]) -> bool:
        """Whether weights would take a promotion out of the order that its walk relies on.

        Then it is walked without them, and counts for what `_low` says.
        """
        return any(
            needs_explicit(one, self.basket, self.chain)
            and not needs_explicit(one, self.basket, self.even)
            for one in own
            if not one.stateless
        )

    def _group(
        self, mask: int, own: Sequence[Candidate], chain: Chain, work: Work, margin: int
    ) -> Plain | _Own:
        """The group solved; what another set of stacks or a narrower margin has solved alike is not done again."""
        if all(one.stateless for one in own) and not mask & chain.uncertain:
            return self._plain(mask.bit_length() - 1, own, chain)
        stacks = [stack for stack in chain.stacks if stack.mask & mask]
        weights = None if chain is self.even else chain.weights
        work.left -= BUILT * (len(own) + mask.bit_count())
        section = Section(self.basket, mask, own, stacks, weights)
        return _Own(mask, section, self.known.solved(section, margin, work), self.known)

    def _plain(self, index: int, own: Sequence[Candidate], chain: Chain) -> Plain:
        stacks = tuple(stack.bit for stack in chain.stacks if stack.mask >> index & 1)
        key = (index, stacks, chain.weights[index], tuple(one.bit for one in own))
        found = self.known.plain.get(key)
        if found is None:
            found = self.known.plain[key] = Plain(index, self.basket, chain, own)
        return found

    def _masks(self, ones: Sequence[Candidate], touched: int) -> list[int]:
        """The connected groups of classes, in the order of the row."""
        ties = [one.mask for one in ones if not one.stateless]
        ties += [stack.mask for stack in self.chain.bounded]
        names = {one.promotion.group for one in ones} - {None}
        for name in names:
            tied = 0
            for one in ones:
                tied |= one.mask if one.promotion.group == name else 0
            ties.append(tied)
        masks = [1 << index for index in bits(touched)]
        for tied in ties:
            joined = 0
            apart = []
            for mask in masks:
                if mask & tied:
                    joined |= mask
                else:
                    apart.append(mask)
            masks = [*apart, joined] if joined else apart
        return sorted(masks, key=lambda mask: mask & -mask)

    def _base(self, mask: int, weights: Sequence[int]) -> int:
        """What some classes count for if nobody claims, the stacks without a choice included."""
        found = 0
        for index in bits(mask):
            piece = self.basket.classes[index]
            price = piece.price
            if not self.even.uncertain >> index & 1:
                price = self.even.final(index, price)[0]
            found += price * piece.count * weights[index]
        return found

    def at_least(self, weights: Sequence[int]) -> int:
        """What all classes count for at least by these weights; what stage 1 loses counts for no less than the lowest.

        For groups that are solved without weights.
        """
        return sum(
            self._base(counted.group.mask, weights)
            if isinstance(counted.group, Rest)
            else self._low(counted.group.mask, counted.group.best, weights)[0]
            for counted in self.groups
        )

    def _low(self, mask: int, best: int, weights: Sequence[int]) -> tuple[int, int]:
        """What classes with this saving without weights count for at least, and what each minor unit lost counts.

        What they cost counts like the one that counts least, or what is saved on them like the one that counts most.
        """
        here = [weights[index] for index in bits(mask)]
        by_cost = (self._base(mask, self.even.weights) - best) * min(here)
        by_saving = self._base(mask, weights) - best * max(here)
        # A claim that keeps a stack away from a piece may save less than nothing there.
        if by_saving > by_cost and not any(s.promotion.only_unreduced for s in self.even.stacks):
            return by_saving, max(here)
        return by_cost, min(here)

    def lows(self) -> list[tuple[int, int]]:
        """The classes of each group, and the lowest they can cost together."""
        found: list[tuple[int, int]] = []
        for counted in self.groups:
            group = counted.group
            if isinstance(group, Rest):
                single = [1 << index for index in bits(group.mask)]
                found += [(mask, self._base(mask, self.chain.weights)) for mask in single]
            else:
                found.append((group.mask, counted.low))
        return found

    def sets(self, slack: int, work: Work) -> dict[int, Combination]:
        """For each set of promotions usable with a total loss of at most `slack`: its claims."""
        found: dict[int, Combination] = {0: Combination(0, 0, 0, ())}
        for counted in self.groups:
            nexts: dict[int, Combination] = {}
            labels = counted.group.labels(counted.within(slack), work).items()
            for used, so_far in found.items():
                for more, one in labels:
                    loss = so_far.loss + one.label.loss * counted.factor
                    if loss > slack:
                        continue
                    work.spend(1)
                    here = Combination(
                        loss,
                        so_far.applications + one.label.applications,
                        so_far.claimed + one.label.claimed,
                        (*so_far.found, (counted.group, one)),
                    )
                    known = nexts.get(used | more)
                    if known is None or here.comes_before(known):
                        nexts[used | more] = here
            found = nexts
        return found


@dataclass(slots=True)
class Combination:
    """Claims of all groups together for one set of used promotions."""

    loss: int
    applications: int
    claimed: int
    found: tuple[tuple[_Own | Plain | Rest, Found], ...]

    def comes_before(self, other: Combination) -> bool:
        """Whether it comes first by the order of the contract."""
        left = (self.loss, self.applications, self.claimed)
        right = (other.loss, other.applications, other.claimed)
        if left != right:
            return left < right
        # Where both have the same claims the rows do not differ.
        apart = [
            place for place, mine in enumerate(self.found) if mine[1] is not other.found[place][1]
        ]
        return self._row(apart) < other._row(apart)

    def _row(self, groups: Sequence[int]) -> RowKey:
        merged: dict[int, ClassKey] = {}
        for place in groups:
            group, one = self.found[place]
            merged.update(group.row(one))
        return in_order(merged)

    def claims(self) -> Claims:
        """The claims and applications of all groups."""
        together = Claims()
        for group, one in self.found:
            here = group.claims(one)
            together.claims += here.claims
            together.applications |= here.applications
        return together
