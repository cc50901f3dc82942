"""The lowest end that one way of the basket promotions can come to, by all sets of promotions near the best of stage 1.

Thousands of sets differ in nothing that the basket stage sees. So the groups are added up one after the other, and of
all that is decided so far only what matters later is remembered: which promotions that other groups know too are
used, which of them must not be, and what the classes of each threshold cost.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from shared.promotions.basket import bits
from shared.promotions.candidates import Candidate
from shared.promotions.claims import settle
from shared.promotions.configs import Config
from shared.promotions.labels import Node, Own, Path
from shared.promotions.solution import Found
from shared.promotions.stage1 import Counted, Stage1
from shared.promotions.work import Work

_CHEAP = 8
"""So many ways to go on from a state cost what one move of the sweep costs."""
_NODES = 4
"""So many pieces of a path are added up for one step."""
_SETTLED = 20
"""Steps for working out a set of promotions of one group class by class."""
Sums = tuple[int, ...]
"""For each threshold what its classes cost."""
State = tuple[int, int, Sums]
"""Shared promotions that are used, those that must not be, and the sums so far."""
Entry = tuple[int, int]
"""What is counted so far, and the promotions used."""
UNKNOWN = -1
"""Instead of a set of promotions: not all that may come to the same were kept apart."""
_SIDE_BY_SIDE = 8
"""So many sets are kept for one state: a set that was tried may cost more than it seemed."""


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
        # Of each group the lowest way that is not kept, and the lowest of all.
        self._left_out: list[tuple[int, int]] = []
        labelled = [counted.group.labels(counted.within(slack), work) for counted in stage1.groups]
        shared = _shared(labelled)
        groups = [
            self._ways(counted, labels, shared)
            for counted, labels in zip(stage1.groups, labelled, strict=True)
        ]
        self._groups = sorted(groups, key=len)

    def _ways(self, counted: Counted, labels: Mapping[int, Found], shared: int) -> list[_Way]:
        """The ways of a group that differ in what matters elsewhere."""
        along = _Along(counted.group.own, self._config)
        alike: dict[int, list[tuple[int, int]]] = {}
        for used, found in labels.items():
            alike.setdefault(used & ~shared, []).append((found.label.loss, used))
        ways: dict[State, list[_Way]] = {}
        for members in alike.values():
            members.sort()
            for loss, used in members:
                absent = 0
                for _, better in members[: bisect_left(members, (loss, 0))]:
                    more = better & ~used
                    # With this one more the group would do the other: a set that has it is not this one.
                    if not more & (more - 1):
                        absent |= more
                amount, sums = self._costs(counted, labels[used], along)
                state = (used & shared, absent, sums)
                ways.setdefault(state, []).append(_Way(amount, *state, used))
        kept: list[_Way] = []
        left_out: list[int] = []
        for same in ways.values():
            same.sort(key=_first)
            kept += same[:_SIDE_BY_SIDE]
            left_out += [way.counted for way in same[_SIDE_BY_SIDE:]]
        kept.sort(key=_first)
        if left_out:
            self._left_out.append((min(left_out), kept[0].counted))
        return kept

    def _costs(self, counted: Counted, found: Found, along: _Along) -> tuple[int, Sums]:
        """What a group counts by the weights, and what it adds to each threshold."""
        weights, aims = self._config.weights, self._config.aims
        mask = counted.group.mask
        alike = len({weights[index] for index in bits(mask)}) == 1
        if alike and all(not mask & of or not mask & ~of for of, _ in aims):
            cost = counted.low + found.label.loss
            return cost * weights[mask.bit_length() - 1], tuple(
                cost if mask & of else 0 for of, _ in aims
            )
        known = along.costs(found.label.path, self._work)
        if known is not None:
            return known
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

    def lowest(self, most: int, needed: int, tried: Collection[int]) -> int | None:
        """A set with all that are `needed`, not among those `tried`, for which the classes may count for `most` or
        less, if every threshold holds; the least comes first. None if there is no such set, `UNKNOWN` if there may be
        one that is not found.
        """
        goals = tuple(value for _, value in self._config.aims)
        live, least, highest = self._to_come()
        states: dict[State, list[Entry]] = {(0, 0, (0,) * len(goals)): [(0, 0)]}
        lowest = sum(ways[0].counted for ways in self._groups)
        unknown = any(lowest - best + out <= most for out, best in self._left_out)
        for place, ways in enumerate(self._groups):
            self._work.spend(1 + len(states) * len(ways) // _CHEAP)
            nexts: dict[State, list[Entry]] = {}
            room = most - least[place]
            missing = tuple(a - b for a, b in zip(goals, highest[place], strict=True))
            for (present, absent, sums), entries in states.items():
                for way in ways:
                    if entries[0][0] + way.counted > room:
                        break
                    here, out = present | way.shared, absent | way.absent
                    if here & out:
                        continue
                    after = tuple(
                        min(a + b, goal) for a, b, goal in zip(sums, way.sums, goals, strict=True)
                    )
                    if any(a < b for a, b in zip(after, missing, strict=True)):
                        continue
                    there = nexts.setdefault((here & live[place], out & live[place], after), [])
                    near = (entry for entry in entries if entry[0] + way.counted <= room)
                    for counted, used in near:
                        unknown |= _add(there, (counted + way.counted, used | way.used))
            states = nexts
        for _, used in sorted(chain.from_iterable(states.values())):
            # Without one that is needed it belongs to a smaller set of stacks, where its claims may be others.
            if used & needed == needed and used not in tried:
                return used
        return UNKNOWN if unknown else None

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


class _Along:
    """What is counted along the paths of one group's labels. They share their ends, so each piece is added once."""

    def __init__(self, own: Own, config: Config) -> None:
        self._weights = [config.weights[index] for index in own.indices]
        self._within = [[of >> index & 1 for of, _ in config.aims] for index in own.indices]
        self._certain = own.certain
        self._none = (0, (0,) * len(config.aims))
        self._known: dict[int, tuple[int, Sums] | None] = {}

    def costs(self, path: Path, work: Work) -> tuple[int, Sums] | None:
        """What the pieces count by the weights, and for each threshold; None if prices follow from all claims."""
        if not self._certain:
            return None
        nodes: list[Node] = []
        while path is not None and id(path) not in self._known:
            nodes.append(path)
            path = path[3]
        work.spend(1 + len(nodes) // _NODES)
        found = self._none if path is None else self._known[id(path)]
        for node in reversed(nodes):
            index, tag, count, _ = node
            if found is not None:
                if tag[5] < 0 and not self._certain >> (tag[0] + 1) & 1:
                    found = None
                else:
                    cost = tag[3] * count
                    sums = [
                        a + b * cost for a, b in zip(found[1], self._within[index], strict=True)
                    ]
                    found = found[0] + cost * self._weights[index], tuple(sums)
            self._known[id(node)] = found
        return found


def _first(way: _Way) -> tuple[int, int]:
    return way.counted, way.used


def _add(there: list[Entry], entry: Entry) -> bool:
    """Add one to the few that count least; True if one is left out for it."""
    if any(used == entry[1] for _, used in there):
        # The groups come to the same set in two ways: it goes by the lower one.
        there[:] = [min(one, entry) if one[1] == entry[1] else one for one in there]
        there.sort()
        return False
    insort(there, entry)
    return len(there) > _SIDE_BY_SIDE and there.pop() is not None


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
