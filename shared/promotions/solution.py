"""A group that is solved: its highest saving, and the claims behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from shared.promotions.backward import Combo, combos
from shared.promotions.basket import bits
from shared.promotions.candidates import Candidate
from shared.promotions.claims import Claims, settle
from shared.promotions.explicit import Way, pieces_of, ways
from shared.promotions.group import Group
from shared.promotions.labels import (
    Label,
    RowKey,
    before,
    claims_of,
    class_key,
    in_order,
)
from shared.promotions.potential import Alone, Potential
from shared.promotions.relaxed import Relaxed
from shared.promotions.sweep import PRICED, ROUNDS, Hint, Sweep
from shared.promotions.terms import Bundle
from shared.promotions.work import UNBOUNDED, OutOfWork, Work


@dataclass(slots=True)
class Found:
    """The claims of one group for one set of used promotions, with what was worked out one by one."""

    label: Label
    times: dict[int, int] = field(default_factory=dict)

    def claims(self) -> Claims:
        """The claims and applications."""
        claims, times = claims_of(self.label)
        return Claims(claims, times | self.times)


@dataclass(slots=True)
class _Alternative:
    """One choice of ways for the promotions that are worked out explicitly, and the walk over what is left."""

    sweep: Sweep
    times: dict[int, int]


FIRST_PART = 8
"""At first only ways within this part of what may be lost are tried: a good one makes the rest fewer."""
LAST = 1_000
"""Steps for reading what a walk met that was cut short."""


class Solution:
    """What was found for a group. `best`: its highest saving, `base`: the walk over all that is free."""

    def __init__(self, group: Group, base: Sweep) -> None:
        self.group = group
        self.base = base
        self.best = 0
        self.proven = base.proven
        self.aim = 0
        self._alternatives: list[_Alternative] = []
        self._tried: set[tuple[tuple[int, Way], ...]] = set()

    def wider(self, work: Work, margin: int) -> Solution:
        """The same group with all that loses at most `margin`."""
        try:
            base = self.base.wider(work, margin)
        except OutOfWork:
            other = Solution(self.group, self.base)
            other.best, other.aim, other.proven = self.best, self.aim, False
            other._alternatives, other._tried = self._alternatives, self._tried
            return other
        other = Solution(self.group, base)
        other.search(work, margin)
        return other

    def search(self, work: Work, margin: int) -> None:
        """Look for the best along a walk over all that is free."""
        base = self.base
        try:
            if self.group.together:
                self._try_together(base, work, margin)
            elif base.best is not None:
                self._alternatives.append(_Alternative(base, {}))
                if self.group.explicit:
                    self._try_ways(base, work, margin)
        except OutOfWork:
            self.proven = False
        if not self._alternatives and self.group.together:
            self._run((), self.group.free, work, margin)
        if not self._alternatives:
            # The narrow walk met no end: at least the promotions for single pieces are used.
            sweep = Sweep(self.group.along((), (), self.group.free))
            sweep.walk = sweep.freely()
            self._alternatives.append(_Alternative(sweep, {}))
        self.best = max(alternative.sweep.best or 0 for alternative in self._alternatives)

    def _try_together(self, base: Sweep, work: Work, margin: int) -> None:
        """Work out in full what could be the best along a walk with the explicit promotions relaxed."""
        mask = sum(1 << one.candidate.bit for one in self.group.relaxed)
        if not base.proven:
            work = Work(LAST)
        self.aim = -UNBOUNDED
        self._work_out(base, combos(base.walk, mask, 0, work), work, margin)
        if not self._alternatives:
            self._run((), self.group.free, work, margin)
            self.aim = (
                max((each.sweep.best or 0 for each in self._alternatives), default=0) - margin
            )
        if base.proven and base.best is not None:
            slack = base.best - self.aim
            if slack > margin:
                base = base.wider(work, slack)
            self._work_out(base, combos(base.walk, mask, slack, work), work, margin)

    def _work_out(
        self, base: Sweep, found: Sequence[tuple[int, Combo]], work: Work, margin: int
    ) -> None:
        """Walk along what is left free by claims of the explicit promotions, if they can reach the best so far."""
        prices = base.known.by_class if base.known is not None else None
        ready: list[tuple[int, tuple[tuple[Candidate, Way], ...]]] = []
        for loss, combo in found:
            reach = (base.best or 0) - loss
            options: list[list[tuple[int, Candidate, Way]]] = []
            for one in self.group.relaxed:
                counts = [0] * len(self.group.free)
                for index, owner in combo:
                    counts[index] += owner == one.candidate.bit
                if any(counts):
                    options.append(list(self._exactly(one, counts, work)))
            for chosen in product(*options):
                less = sum(short for short, _, _ in chosen)
                if reach - less >= self.aim:
                    ready.append((reach - less, tuple((one, way) for _, one, way in chosen)))
        ready.sort(key=lambda entry: -entry[0])
        for reach, ways_taken in ready:
            key = tuple((candidate.bit, way) for candidate, way in ways_taken)
            if reach < self.aim or key in self._tried:
                continue
            self._tried.add(key)
            free = [*self.group.free]
            for _, way in ways_taken:
                for claim in way.claims:
                    free[claim.index] -= claim.count
            hint = Hint(prices, reach) if prices is not None else None
            reached = self._run(ways_taken, tuple(free), work, margin, hint)
            self.aim = max(self.aim, reached - margin)

    def _exactly(
        self, one: Relaxed, counts: list[int], work: Work
    ) -> Iterator[tuple[int, Candidate, Way]]:
        """The ways to use a promotion on just these pieces, with how much less they bring than was supposed."""
        candidate = one.candidate
        supposed = one.worth(counts)
        reward = candidate.promotion.reward
        roles = isinstance(reward, Bundle) and reward.form == "reduce"
        nothing = dict.fromkeys(bits(candidate.mask), 0)
        for way in ways(candidate, self.group.basket, tuple(counts), work):
            used = [0] * len(counts)
            for claim in way.claims:
                used[claim.index] += claim.count
            if used != counts:
                continue
            certain = not roles and not any(
                self.group.chain.uncertain >> claim.index & 1 for claim in way.claims
            )
            less = supposed - self._worth(candidate, way, nothing) if certain else 0
            yield max(less, 0), candidate, way

    def _try_ways(self, base: Sweep, work: Work, margin: int) -> None:
        """Every combination of ways of the explicit promotions that could reach the best so far."""
        self.aim = (base.best or 0) - margin
        if base.row.many:
            # Many equal pieces are walked without a bound, so nothing is known of what a way can reach.
            found = [
                [(0, way) for way in ways(e, self.group.basket, self.group.free, work)]
                for e in self.group.explicit
            ]
            self._combine(found, [0] * len(found), UNBOUNDED, work, margin)
            return
        known = base.known or base.row.potential()
        mine = [one.alone(base.row.layers) for one in self.group.relaxed]
        # With machines of its own: those of the walk's bound keep the prices that they are asked at.
        apart = (Alone(one.machine, one.own) for one in known.alone)
        potential = Potential(
            [*apart, *(one for one in mine if one)],
            known.floors,
            known.extra,
            known.row,
        )
        work.left -= potential.tighten(base.best or 0, ROUNDS) * potential.size // PRICED
        prices = potential.least
        hope = [
            alone.best if alone else one.most(prices)
            for one, alone in zip(self.group.relaxed, mine, strict=True)
        ]
        total = potential.total - sum(alone.best for alone in mine if alone)
        for part in FIRST_PART, 1:
            found = []
            for place, one in enumerate(self.group.relaxed):
                least = self.aim - total - sum(hope) + hope[place]
                least = hope[place] - (hope[place] - least) // part
                many = ways(
                    one.candidate, self.group.basket, self.group.free, work, one.aim(least, prices)
                )
                valued = [(self._worth(one.candidate, way, prices), way) for way in many]
                found.append(sorted(valued, key=lambda entry: -entry[0]))
            self._combine(found, hope, total, work, margin)

    def _combine(
        self,
        found: Sequence[Sequence[tuple[int, Way]]],
        hope: Sequence[int],
        total: int,
        work: Work,
        margin: int,
    ) -> None:
        """Walk along what is left free by combinations of ways, each once."""
        for reach, chosen, free in self._choices(found, hope, total, ()):
            work.spend(1)
            key = tuple((candidate.bit, way) for candidate, way in chosen)
            if reach < self.aim or not chosen or key in self._tried:
                continue
            self._tried.add(key)
            self.aim = max(self.aim, self._run(chosen, free, work, margin) - margin)

    def _worth(self, candidate: Candidate, way: Way, prices: dict[int, int]) -> int:
        """What a way saves at most beyond the prices of its pieces."""
        worth = 0
        classes, chain = self.group.basket.classes, self.group.chain
        for index, price, count, _, _ in pieces_of(way, candidate, self.group.basket):
            saved = classes[index].price - price
            counted = chain.uncertain >> index & 1
            gain = saved * chain.weights[index] if counted else chain.gain(index, saved)
            worth += (gain - prices[index]) * count
        return worth

    def _choices(
        self,
        worth: Sequence[Sequence[tuple[int, Way]]],
        hope: Sequence[int],
        reach: int,
        chosen: tuple[tuple[Candidate, Way], ...],
    ) -> Iterator[tuple[int, tuple[tuple[Candidate, Way], ...], tuple[int, ...]]]:
        """Combinations of ways, the most promising first, with what each can reach and the pieces left free."""
        place = len(self.group.explicit) - len(worth)
        if not worth:
            free = [*self.group.free]
            for _, way in chosen:
                for claim in way.claims:
                    free[claim.index] -= claim.count
            if min(free) >= 0:
                yield reach, chosen, tuple(free)
            return
        candidate = self.group.explicit[place]
        group = candidate.promotion.group
        if not (group and any(other.promotion.group == group for other, _ in chosen)):
            for value, way in worth[0]:
                if reach + value + sum(hope[1:]) < self.aim:
                    break
                yield from self._choices(
                    worth[1:], hope[1:], reach + value, (*chosen, (candidate, way))
                )
        yield from self._choices(worth[1:], hope[1:], reach, chosen)

    def _run(
        self,
        chosen: Sequence[tuple[Candidate, Way]],
        free: tuple[int, ...],
        work: Work,
        margin: int,
        hint: Hint | None = None,
    ) -> int:
        """What is saved at most along what some ways leave free; less than anything if the walk met no end."""
        taken = {candidate.promotion.group for candidate, _ in chosen} - {None}
        machines = [m for m in self.group.machines if m.candidate.promotion.group not in taken]
        sweep = Sweep(self.group.along(machines, chosen, free))
        sweep.solve(work, margin, hint)
        self.proven = self.proven and sweep.proven
        if sweep.best is None:
            return -UNBOUNDED
        times = {candidate.bit: way.applications for candidate, way in chosen}
        self._alternatives.append(_Alternative(sweep, times))
        return sweep.best

    @property
    def pruned(self) -> bool:
        """Whether what loses more than the margin was dropped."""
        return any(alternative.sweep.known is not None for alternative in self._alternatives) or (
            bool(self.group.explicit)
        )

    def labels(self, slack: int, work: Work) -> dict[int, Found]:
        """For each set of promotions usable with a loss of at most `slack`: the claims that come first."""
        found: dict[int, Found] = {}
        known_prices = all(alternative.sweep.row.exact for alternative in self._alternatives)
        for alternative in self._alternatives:
            behind = self.best - (alternative.sweep.best or 0)
            if behind > slack:
                continue
            times = sum(alternative.times.values())
            for used, many in alternative.sweep.labels(slack - behind, work).items():
                ends = [Found(label.behind(behind, times), alternative.times) for label in many]
                if known_prices:
                    known = found.get(used)
                    if known is None or before(ends[0].label, known.label):
                        found[used] = ends[0]
                    continue
                if used in found:
                    ends.append(found[used])
                first = min(end.label.rank for end in ends)
                ends = [end for end in ends if end.label.rank == first]
                found[used] = ends[0] if len(ends) == 1 else min(ends, key=self._settled)
        return found

    def _settled(self, found: Found) -> RowKey:
        """The three passes along the row with the prices that follow from all claims together."""
        stacks = self.group.chain.stacks
        parts = settle(found.claims(), self.group.basket, self.group.ones, stacks)
        row: dict[int, dict[tuple[bool, int, int], int]] = {}
        for part in parts:
            here = row.setdefault(part.index, {})
            what = (part.owner is None, part.price, -1 if part.owner is None else part.owner)
            here[what] = here.get(what, 0) + part.count
        return in_order({index: class_key(pieces) for index, pieces in row.items()})


def solved(group: Group, work: Work, margin: int) -> Solution:
    """The best saving of a group, and all that loses at most `margin`.

    When the limit of work is reached, a good saving stands that is not proven.
    """
    base = Sweep(group.row)
    base.solve(work, margin)
    solution = Solution(group, base)
    solution.search(work, margin)
    return solution
