"""What can still be saved from a place of the row on: each promotion alone, pieces at prices that keep them apart.

Every piece has a price (at least what a promotion for single pieces would save on it). Its price is counted once, and
each machine is asked alone what it could save beyond the prices of the pieces it claims. The sum bounds every
combination, whatever the prices; raising the price of pieces that several want, and lowering the price of those that
nobody wants, brings it down (a Lagrangian relaxation).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.promotions.machines import Machine, State

_MOST_STATES = 150
NEVER = -(1 << 60)
_WHOLE = 1000
_GUESS = 16
"""As long as nothing is known to be reached, the bound is taken to be too high by this part."""

Move = tuple[State, int, Any, int]
Own = Sequence[tuple[int, dict[State, list[Move]], int]]
"""The places of the row that a machine may claim: its moves there by state (new state, saving in the end, what else
the walk notes), and the most that a claim of this piece could save in any state."""


class _Rounded(dict[State, int]):
    """What can be saved by rounded states; one that is between two can save no more than the next with more value."""

    def __missing__(self, state: State) -> int:
        if not isinstance(state, tuple):
            raise KeyError(state)
        step, value, pieces = state
        above = [
            (other[1], saved)
            for other, saved in self.items()
            if isinstance(other, tuple)
            and other[0] == step
            and other[2] == pieces
            and other[1] >= value
        ]
        found = self[state] = min(above)[1]
        return found


class Alone:
    """One machine by itself: `best` from each of its places and states on."""

    def __init__(self, machine: Machine, own: Own) -> None:
        self.machine = machine
        self.own = own
        self.rounds = False
        self.reached: list[list[State]] | None = self._reach()
        if self.reached is None and machine.grid:
            self.rounds = True
            self.reached = self._reach()
        self.tables: list[dict[State, int]] = []
        self.relaxed: list[int] = []
        self.steps = sum(len(states) for states in self.reached or ())

    def _reach(self) -> list[list[State]] | None:
        """The states that can stand before each place; None if they are too many."""
        here: dict[State, None] = {self.machine.start: None}
        found = [list(here)]
        for _, moves, _ in self.own:
            there = dict(here)
            for state in here:
                for new, _, _, _ in moves[state]:
                    there[self._rounded(new)] = None
            if len(there) > _MOST_STATES:
                return None
            here = there
            found.append(list(here))
        return found

    def _rounded(self, state: State) -> State:
        return self.machine.rounded(state) if self.rounds else state

    def price(self, prices: Sequence[int]) -> None:
        """Work the tables out for these prices of the places of the row."""
        if self.reached is None:
            self._relax(prices)
            return
        done = self.machine.done
        kind: type[dict[State, int]] = _Rounded if self.rounds else dict
        after = kind((state, 0 if done(state) else NEVER) for state in self.reached[-1])
        tables = [after]
        for place in range(len(self.own) - 1, -1, -1):
            at, moves, _ = self.own[place]
            charge = prices[at]
            here = kind()
            for state in self.reached[place]:
                best = after[state]
                for new, gain, _, _ in moves[state]:
                    value = gain - charge + after[self._rounded(new)]
                    best = max(best, value)
                here[state] = best
            tables.append(here)
            after = here
        tables.reverse()
        self.tables = tables

    def _relax(self, prices: Sequence[int]) -> None:
        """Every piece at the most it could bring, whatever the state."""
        rest = [0]
        for at, _, most in reversed(self.own):
            rest.append(rest[-1] + max(most - prices[at], 0))
        self.relaxed = rest[::-1]

    def claimed(self, prices: Sequence[int]) -> list[int]:
        """The places of the row that it would claim at these prices."""
        if self.reached is None:
            return []
        found = []
        state = self.machine.start
        for place, (at, moves, _) in enumerate(self.own):
            after = self.tables[place + 1]
            best = after[state]
            to = None
            for new, gain, _, _ in moves[state]:
                end = self._rounded(new)
                if gain - prices[at] + after[end] > best:
                    best, to = gain - prices[at] + after[end], end
            if to is not None:
                found.append(at)
                state = to
        return found

    @property
    def best(self) -> int:
        """The most it could save from the start."""
        return self.relaxed[0] if self.reached is None else self.tables[0][self.machine.start]


class Potential:
    """The bound for one walk: `floors` are the least prices of the places of the row, `extra` what
    stacks with a choice could add there, `row` the classes.
    """

    def __init__(
        self,
        alone: Sequence[Alone],
        floors: Sequence[int],
        extra: Sequence[int],
        row: Sequence[int],
    ) -> None:
        self.alone = alone
        self.row = row
        self.floors = floors
        self.extra = extra
        self.prices = list(floors)
        self.size = sum(one.steps for one in alone)
        self._ready()

    def _ready(self) -> None:
        for one in self.alone:
            one.price(self.prices)
        rest = [0]
        for price, more in zip(reversed(self.prices), reversed(self.extra), strict=True):
            rest.append(rest[-1] + price + more)
        self.rest = rest[::-1]

    @property
    def least(self) -> dict[int, int]:
        """The lowest price among the pieces of each class."""
        found: dict[int, int] = {}
        for index, price in zip(self.row, self.prices, strict=True):
            found[index] = min(found.get(index, price), price)
        return found

    @property
    def total(self) -> int:
        """No combination saves more than this."""
        return self.rest[0] + sum(one.best for one in self.alone)

    def tighten(self, reached: int | None, rounds: int) -> None:
        """Bring the bound down towards `reached`, what a combination is known to save; None if none is known."""
        best, best_prices = self.total, list(self.prices)
        scale = _WHOLE
        for _ in range(rounds):
            wanted = [0] * len(self.prices)
            for one in self.alone:
                for at in one.claimed(self.prices):
                    wanted[at] += 1
            off = [
                1 - n if n or self.prices[at] > self.floors[at] else 0
                for at, n in enumerate(wanted)
            ]
            norm = sum(each * each for each in off)
            gap = self.total - reached if reached is not None else self.total // _GUESS
            if not norm or gap <= 0:
                break
            step = max(scale * gap // (norm * _WHOLE), 1)
            self.prices = [
                max(price - step * each, floor)
                for price, each, floor in zip(self.prices, off, self.floors, strict=True)
            ]
            self._ready()
            if self.total < best:
                best, best_prices = self.total, list(self.prices)
            else:
                scale = scale * 3 // 5
        self.prices = best_prices
        self._ready()
