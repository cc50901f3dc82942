"""A group of classes with coordinates of its own, so that it can be known again in another basket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.promotions.basket import Basket, bits
from shared.promotions.candidates import Candidate
from shared.promotions.chain import Chain
from shared.promotions.claims import Claim, Claims
from shared.promotions.group import Group, Machines
from shared.promotions.labels import ClassKey, Own, row_of
from shared.promotions.plain import Plain
from shared.promotions.solution import Found, Solution, solved
from shared.promotions.work import UNBOUNDED, Work

Key = tuple[object, ...]
_MOST_COST = 400_000
"""Groups are kept until the steps that it took to solve them are more than this together."""


@dataclass(slots=True)
class Kept:
    """A solved group: for which margin it is complete, what it cost, and the labels asked for with their costs."""

    solution: Solution
    margin: int
    cost: int
    labels: dict[int, tuple[dict[int, Found], int]] = field(default_factory=dict)


class Memory:
    """Groups solved for baskets before, for one book of promotions. The same group is not solved again.

    What it would have cost is taken off the work all the same: the limit of work must not depend on what a till has
    seen before, or two tills would come to two prices. `solved` counts the groups that were not known.
    """

    def __init__(self) -> None:
        self._kept: dict[Key, Kept] = {}
        self._cost = 0
        self.solved = 0

    def get(self, key: Key) -> Kept | None:
        """The group, which thereby is the last to be forgotten."""
        found = self._kept.pop(key, None)
        if found is not None:
            self._kept[key] = found
        return found

    def put(self, key: Key, kept: Kept) -> None:
        """Keep a group; those that were not asked for the longest make room."""
        before = self._kept.pop(key, None)
        self.solved += 1
        self._cost += kept.cost - (before.cost if before else 0)
        self._kept[key] = kept
        while self._cost > _MOST_COST and len(self._kept) > 1:
            oldest = next(iter(self._kept))
            self._cost -= self._kept.pop(oldest).cost


class Known:
    """What one pricing has solved: that is free from then on. Behind it the memory of pricings before."""

    def __init__(self, memory: Memory | None = None) -> None:
        self.memory = memory if memory is not None else Memory()
        self.groups: dict[Key, Kept] = {}
        self.plain: dict[Key, Plain] = {}
        self.machines: dict[Key, Machines] = {}
        self.labels: set[tuple[Key, int, int]] = set()

    def solved(self, section: Section, margin: int, work: Work) -> Solution:
        """The group of a section, complete for what loses at most `margin`; solved if it is not known."""
        known = self.groups.get(section.key)
        if known is not None and known.margin >= margin:
            return known.solution
        # What was found for a narrower margin is gone on from; so it is a part of what is remembered.
        key = (section.key, margin, known.margin if known is not None else None)
        kept = self.memory.get(key)
        if kept is None or kept.cost > work.left:
            left = work.left
            if known is not None:
                solution = known.solution.wider(work, margin)
            else:
                solution = solved(self._group(section), work, margin)
            if not solution.proven:
                return solution
            kept = Kept(solution, margin if solution.pruned else UNBOUNDED, left - work.left)
            self.memory.put(key, kept)
        else:
            work.left -= kept.cost
        self.groups[section.key] = kept
        return kept.solution

    def _group(self, section: Section) -> Group:
        """The group of a section, with the machines of others that differ in stacks or weights only."""
        machines = self.machines.setdefault(section.key[:2], {})
        return Group(
            section.everything, section.basket, section.chain, section.ones, machines=machines
        )

    def labelled(
        self, section: Section, solution: Solution, slack: int, work: Work
    ) -> dict[int, Found]:
        """The labels of a solved group, worked out once."""
        kept = self.groups.get(section.key)
        if kept is None or kept.solution is not solution:
            return solution.labels(slack, work)
        known = kept.labels.get(slack)
        asked = (section.key, kept.margin, slack)
        if known is None or (asked not in self.labels and known[1] > work.left):
            left = work.left
            found = solution.labels(slack, work)
            kept.labels[slack] = known = (found, left - work.left)
        elif asked not in self.labels:
            work.left -= known[1]
        self.labels.add(asked)
        return known[0]


class Section:
    """One group's classes, promotions and stacks, counted from 0. `key` tells equal ones of all baskets."""

    def __init__(
        self,
        basket: Basket,
        mask: int,
        ones: Sequence[Candidate],
        stacks: Sequence[Candidate],
        weights: Sequence[int] | None,
    ) -> None:
        self.indices = bits(mask)
        self._mask = mask
        self._places = {index: place for place, index in enumerate(self.indices)}
        self.everything = (1 << len(self.indices)) - 1
        own = sorted([*ones, *stacks], key=lambda candidate: candidate.bit)
        self.bits = [candidate.bit for candidate in own]
        place = {bit: number for number, bit in enumerate(self.bits)}
        self.basket = basket.part(self.indices)
        self.ones = [self._own(one, place[one.bit]) for one in ones]
        self.stacks = [self._own(stack, place[stack.bit]) for stack in stacks]
        counted = None if weights is None else [weights[index] for index in self.indices]
        self.chain = Chain(self.stacks, self.basket, counted)
        self.key: Key = (
            tuple((piece.price, piece.floor, piece.count) for piece in self.basket.classes),
            tuple(_sign(one) for one in self.ones),
            tuple(_sign(stack) for stack in self.stacks),
            None if counted is None else tuple(counted),
        )

    def _own(self, candidate: Candidate, bit: int) -> Candidate:
        mine = self._places
        return candidate.moved(
            bit,
            self._narrow(candidate.mask),
            tuple([self._narrow(each) for each in candidate.sets]),
            {mine[index]: lost for index, lost in candidate.off.items() if index in mine},
            self._narrow(candidate.shared),
        )

    def _narrow(self, mask: int) -> int:
        found = 0
        for index in bits(mask & self._mask):
            found |= 1 << self._places[index]
        return found

    @property
    def own(self) -> Own:
        """The classes, and the owners that take off what they do whatever else is claimed."""
        single = sum(2 << one.bit for one in self.ones if one.stateless)
        return Own(self.indices, 1 | single if not self.chain.bounded else 0)

    def used(self, used: int) -> int:
        """The bits of promotions in the basket."""
        return sum(1 << self.bits[place] for place in bits(used))

    def claims(self, found: Found) -> Claims:
        """The claims and applications in the basket."""
        own = found.claims()
        claims = [
            Claim(
                self.indices[claim.index],
                None if claim.owner is None else self.bits[claim.owner],
                claim.role,
                self.used(claim.stacked),
                claim.count,
                claim.lost,
            )
            for claim in own.claims
        ]
        return Claims(claims, {self.bits[bit]: times for bit, times in own.applications.items()})

    def row(self, found: Found) -> dict[int, ClassKey]:
        """What is known of each class of the basket."""
        return {self.indices[place]: key for place, key in row_of(found.label).items()}


def _sign(candidate: Candidate) -> Key:
    return (
        candidate.promotion.id,
        candidate.bit,
        candidate.mask,
        candidate.sets,
        candidate.shared,
        candidate.room,
        candidate.pieces,
        candidate.times,
        candidate.cap,
    )
