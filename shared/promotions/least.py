"""The lowest end that one way of the basket promotions can come to, by all sets of promotions near the best of stage 1.

Thousands of sets differ in nothing that the basket stage sees. So the groups are added up one after the other, and of
all that is decided so far only what matters later is remembered: which promotions that other groups know too are
used, which of them must not be, and what the classes of each threshold cost.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.promotions.basket import bits
from shared.promotions.candidates import Candidate
from shared.promotions.claims import settle
from shared.promotions.configs import Config
from shared.promotions.solution import Found
from shared.promotions.stage1 import Counted, Stage1
from shared.promotions.work import Work

_CHEAP = 8
"""So many ways to go on from a state cost what one move of the sweep costs."""
_SETTLED = 4
"""Steps for working out a set of promotions of one group class by class."""
Sums = tuple[int, ...]
"""For each threshold what its classes cost."""
State = tuple[int, int, Sums]
"""Shared promotions that are used, those that must not be, and the sums so far."""


@dataclass(frozen=True, slots=True)
class _Way:
    """What a group can do: shared promotions it uses and those it would rather have, what it counts by the weights."""

    counted: int
    shared: int
    absent: int
    sums: Sums
    used: int


class Least:
    """Looks for the lowest end of `config` within `slack` of the best of `stage1`, which has no weights.

    A set of promotions goes by the claims that cost least after stage 1. `OutOfWork` if the steps do not suffice.
    """

    def __init__(
        self,
        stage1: Stage1,
        config: Config,
        by_bit: Mapping[int, Candidate],
        slack: int,
        work: Work,
    ) -> None:
        self._stage1 = stage1
        self._config = config
        self._by_bit = by_bit
        self._work = work
        labelled = [counted.group.labels(counted.within(slack), work) for counted in stage1.groups]
        shared = _shared(labelled)
        groups = [
            self._ways(counted, labels, shared)
            for counted, labels in zip(stage1.groups, labelled, strict=True)
        ]
        self._groups = sorted(groups, key=len)

    def _ways(self, counted: Counted, labels: Mapping[int, Found], shared: int) -> list[_Way]:
        """The ways of a group that differ in what matters elsewhere."""
        alike: dict[int, list[tuple[int, int]]] = {}
        for used, found in labels.items():
            alike.setdefault(used & ~shared, []).append((found.label.loss, used))
        ways: dict[State, _Way] = {}
        for members in alike.values():
            members.sort()
            for loss, used in members:
                absent = 0
                for _, better in members[: bisect_left(members, (loss, 0))]:
                    more = better & ~used
                    # With this one more the group would do the other: a set that has it is not this one.
                    if not more & (more - 1):
                        absent |= more
                amount, sums = self._costs(counted, labels[used])
                state = (used & shared, absent, sums)
                way = _Way(amount, used & shared, absent, sums, used)
                known = ways.get(state)
                if known is None or (amount, used) < (known.counted, known.used):
                    ways[state] = way
        return sorted(ways.values(), key=lambda way: (way.counted, way.used))

    def _costs(self, counted: Counted, found: Found) -> tuple[int, Sums]:
        """What a group counts by the weights, and what it adds to each threshold."""
        weights, aims = self._config.weights, self._config.aims
        mask = counted.group.mask
        alike = len({weights[index] for index in bits(mask)}) == 1
        if alike and all(not mask & of or not mask & ~of for of, _ in aims):
            cost = counted.low + found.label.loss
            return cost * weights[mask.bit_length() - 1], tuple(
                cost if mask & of else 0 for of, _ in aims
            )
        self._work.spend(_SETTLED)
        amount, sums = 0, [0] * len(aims)
        stage1 = self._stage1
        claims = counted.group.claims(found)
        for part in settle(claims, stage1.basket, self._by_bit, stage1.chain.stacks):
            cost = part.price * part.count
            amount += cost * weights[part.index]
            for place, (of, _) in enumerate(aims):
                sums[place] += cost * (of >> part.index & 1)
        return amount, tuple(sums)

    def lowest(self, most: int) -> tuple[int, int] | None:
        """What the classes count for at least, up to `most`, if every threshold holds; and a set for it.

        The set may end higher than that says, so it has to be tried.
        """
        goals = tuple(value for _, value in self._config.aims)
        live, least, highest = self._to_come()
        states: dict[State, tuple[int, int]] = {(0, 0, (0,) * len(goals)): (0, 0)}
        for place, ways in enumerate(self._groups):
            self._work.spend(1 + len(states) * len(ways) // _CHEAP)
            nexts: dict[State, tuple[int, int]] = {}
            room = most - least[place]
            missing = tuple(a - b for a, b in zip(goals, highest[place], strict=True))
            for (present, absent, sums), (so_far, used) in states.items():
                for way in ways:
                    counted = so_far + way.counted
                    if counted > room:
                        break
                    here, out = present | way.shared, absent | way.absent
                    if here & out:
                        continue
                    after = tuple(
                        min(a + b, goal) for a, b, goal in zip(sums, way.sums, goals, strict=True)
                    )
                    if any(a < b for a, b in zip(after, missing, strict=True)):
                        continue
                    state = (here & live[place], out & live[place], after)
                    entry = (counted, used | way.used)
                    known = nexts.get(state)
                    if known is None or entry < known:
                        nexts[state] = entry
            states = nexts
        return min(states.values(), default=None)

    def _to_come(self) -> tuple[list[int], list[int], list[Sums]]:
        """Behind each group: the shared promotions that matter, the least that is counted, the most that is added."""
        live, least, highest = [0], [0], [(0,) * len(self._config.aims)]
        for ways in reversed(self._groups[1:]):
            mask = live[-1]
            for way in ways:
                mask |= way.shared | way.absent
            live.append(mask)
            least.append(least[-1] + ways[0].counted)
            most = (max(each) for each in zip(*(way.sums for way in ways), strict=True))
            highest.append(tuple(a + b for a, b in zip(highest[-1], most, strict=True)))
        return live[::-1], least[::-1], highest[::-1]


def _shared(labelled: Sequence[Mapping[int, Found]]) -> int:
    """The promotions that more than one group knows."""
    once = shared = 0
    for labels in labelled:
        here = 0
        for used in labels:
            here |= used
        shared |= once & here
        once |= here
    return shared
