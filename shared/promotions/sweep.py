"""The best claims within a group of connected promotions, searched along its row.

Forward, the walk drops states that cannot reach the best known end. Backward from the end, only steps that lose at
most a slack are followed, and for each set of used promotions the claims that come first by the order of the contract
are kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.promotions.backward import Backward
from shared.promotions.labels import Label
from shared.promotions.potential import Potential
from shared.promotions.row import Row
from shared.promotions.walk import Walk
from shared.promotions.work import UNBOUNDED, OutOfWork, Work

FEW = 3
EASY = 200
"""Steps spent on a group of a few promotions before it is worth working out a bound."""
NARROW = 10
"""The first floor lies under the bound by this power of a half of it."""
ROUGH = 300
"""Steps spent under floors before the bound is brought down further."""
BEAM = 8
WIDE_BEAM = 12
ROUNDS = 12
MORE_ROUNDS = 25
PRICED = 7
"""So many states of the bound are priced for one step of the limit; working one out takes a step."""
LAID = 5
"""Steps that laying out one place of the row takes."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What is known before a walk: prices of the pieces of each class that make a good bound, and what is reached."""

    prices: dict[int, list[int]]
    reach: int


class Sweep:
    """The search along one group's row. `best` is the highest saving; `labels` says how it is reached."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.walk = Walk()
        self.proven = False
        self.known: Potential | None = None

    @property
    def best(self) -> int | None:
        """The highest saving found; None if no end can be reached."""
        return self.walk.best

    def solve(self, work: Work, margin: int, hint: Hint | None = None) -> None:
        """Find the best saving, and keep all that loses at most `margin`.

        When the limit of work is reached a good saving stands that is not proven.
        """
        work.left -= LAID * len(self.row.steps)
        if self.row.many:
            self._solve_many(work)
            return
        if hint is not None:
            self._solve_bounded(work, margin, hint)
            return
        if len(self.row.machines) > FEW:
            self._solve_bounded(work, margin)
            return
        easy = Work(min(EASY, work.left))
        try:
            self.walk = self.row.walk(easy)
            self.proven = True
        except OutOfWork:
            self._solve_bounded(work, margin)
        work.left -= EASY - max(easy.left, 0)

    def wider(self, work: Work, margin: int) -> Sweep:
        """The same row, that is solved, walked once more so that all is kept that loses at most `margin`."""
        other = Sweep(self.row)
        other.walk, other.proven, other.known = self.walk, self.proven, self.known
        if self.known is not None and self.best is not None:
            other.walk = self.row.walk(work, self.known, floor=self.best - margin, margin=margin)
        return other

    def freely(self) -> Walk:
        """The whole walk, whatever it takes."""
        return self.row.walk(Work(UNBOUNDED))

    def _solve_many(self, work: Work) -> None:
        """Many equal pieces: no bound is needed where values repeat, and none is worked out for single pieces."""
        try:
            self.walk = self.row.walk(work)
            self.proven = True
        except OutOfWork:
            self.walk = self._narrow(work, None, WIDE_BEAM)

    def _solve_bounded(self, work: Work, margin: int, hint: Hint | None = None) -> None:
        """The whole walk without what cannot reach a floor; the floor comes down from the bound until an end is met.

        What is met above the floor is the best: everything that could be better was kept.
        """
        potential = self.known = self.row.potential()
        work.left -= potential.size
        if hint is not None:
            potential.start(hint.prices)
            work.left -= potential.size // PRICED
            gap = max(potential.total - hint.reach, 0)
        else:
            self._tighten(potential, work, ROUNDS)
            gap = potential.total >> NARROW
        before, more = work.left, True
        try:
            while not self.proven:
                if more and before - work.left > ROUGH:
                    self._tighten(potential, work, MORE_ROUNDS)
                    more = False
                floor = potential.total - gap - margin
                walk = self.row.walk(work, potential, floor=floor, margin=margin)
                if walk.best is not None:
                    self.walk = walk
                    self.proven = walk.best - margin >= floor
                    gap = max(potential.total - walk.best, 0)
                else:
                    gap = max(gap * 2 + 1, potential.total - margin - walk.missed)
        except OutOfWork:
            better = self._narrow(work, potential, BEAM)
            self.walk = max(better, self.walk, key=lambda walk: walk.best or 0)

    def _tighten(self, potential: Potential, work: Work, rounds: int) -> None:
        """Bring the bound down."""
        work.left -= potential.tighten(self.walk.best, rounds) * potential.size // PRICED

    def _narrow(self, work: Work, potential: Potential | None, width: int) -> Walk:
        """A walk with the most promising states only; it is carried to its end and counted."""
        free = Work(UNBOUNDED)
        walk = self.row.walk(free, potential, width=width, margin=0)
        work.left -= UNBOUNDED - free.left
        return walk

    def labels(self, slack: int, work: Work) -> dict[int, list[Label]]:
        """For each set of promotions that can be used losing at most `slack`: the claims that come first.

        Several where prices that follow from all claims together decide between them.
        """
        return Backward(self.row.chain, slack, work, exact=self.row.exact).labels(self.walk)
