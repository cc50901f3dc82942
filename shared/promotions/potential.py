"""What can still be saved from a place of the row on: each promotion alone, pieces at prices that keep them apart.

Every piece has a price (at least what a promotion for single pieces would save on it). Its price is counted once, and
each machine is asked alone what it could save beyond the prices of the pieces it claims. The sum bounds every
combination, whatever the prices; raising the price of pieces that several want, and lowering the price of those that
nobody wants, brings it down (a Lagrangian relaxation).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from shared.promotions.machines import Machine, State

NEVER = -(1 << 60)
_WHOLE = 1000
_VAIN = 6
"""After so many rounds without a lower bound it is left as it is."""
_GUESS = 16
"""As long as nothing is known to be reached, the bound is taken to be too high by this part."""

Move = tuple[State, int, Any, int]


class Moving(Protocol):
    """The moves of a machine for the pieces of one class (`index`), by state."""

    index: int

    def __getitem__(self, state: State, /) -> list[Move]:
        """New state, saving in the end, and what else the walk notes."""


Own = Sequence[tuple[int, Moving, int]]
"""The places of the row that a machine may claim, its moves there, and the most that a claim could save there."""


class _Rounded(dict[State, int]):
    """What can be saved by rounded states; one that is between two can save no more than the next with more value."""

    def __missing__(self, state: State) -> int:
        step, value, pieces = state  # type: ignore[misc]
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


@dataclass(slots=True)
class _Place:
    """A place of the row by the numbers of its states: (state after, saving) of the first move of each, and of all
    moves where there are several. A state that stays keeps its number.
    """

    at: int
    first: list[tuple[int, int]]
    several: dict[int, list[tuple[int, int]]]


class Alone:
    """One machine by itself: what it can save from each of its places and states on."""

    def __init__(self, machine: Machine, own: Own) -> None:
        self.machine = machine
        self.own = own
        self.ats = [at for at, _, _ in own]
        self.reached, self.rounds = machine.reach(tuple(moves.index for _, moves, _ in own))
        self.relaxed: list[int] = []
        self.steps = sum(len(states) for states in self.reached or ())
        self._places = self._numbered(self.reached) if self.reached is not None else []
        self._values: list[list[int]] = []
        self._tables: dict[int, dict[State, int]] = {}
        self._priced: list[int] | None = None

    def _numbered(self, reached: list[list[State]]) -> list[_Place]:
        places = []
        for (at, moves, _), here, there in zip(self.own, reached[:-1], reached[1:], strict=True):
            number = {state: n for n, state in enumerate(there)}
            first: list[tuple[int, int]] = []
            several: dict[int, list[tuple[int, int]]] = {}
            for n, state in enumerate(here):
                mine = [(number[self._rounded(new)], gain) for new, gain, _, _ in moves[state]]
                first.append(mine[0] if mine else (n, NEVER))
                if len(mine) > 1:
                    several[n] = mine
            places.append(_Place(at, first, several))
        return places

    def _rounded(self, state: State) -> State:
        return self.machine.rounded(state) if self.rounds else state

    def price(self, prices: Sequence[int]) -> None:
        """Work out what can be saved at these prices of the places of the row."""
        own = [prices[at] for at in self.ats]
        if own == self._priced:
            return
        self._priced = own
        if self.reached is None:
            self._relax(prices)
            return
        done = self.machine.done
        after = [0 if done(state) else NEVER for state in self.reached[-1]]
        values = [after]
        for place in reversed(self._places):
            charge = prices[place.at]
            here = [
                stays if stays >= (moved := after[to] + gain - charge) else moved
                for stays, (to, gain) in zip(after, place.first, strict=False)
            ]
            for n, moves in place.several.items():
                best = max([after[to] + gain for to, gain in moves]) - charge
                here[n] = max(here[n], best)
            values.append(here)
            after = here
        values.reverse()
        self._values = values
        self._tables = {}

    def _relax(self, prices: Sequence[int]) -> None:
        """Every piece at the most it could bring, whatever the state."""
        rest = [0]
        for at, _, most in reversed(self.own):
            rest.append(rest[-1] + max(most - prices[at], 0))
        self.relaxed = rest[::-1]

    def table(self, place: int) -> dict[State, int]:
        """What can be saved from one of its places on, by the state before it; only where states were reached."""
        found = self._tables.get(place)
        if found is None:
            states = self.reached[place] if self.reached is not None else ()
            kind: type[dict[State, int]] = _Rounded if self.rounds else dict
            found = self._tables[place] = kind(zip(states, self._values[place], strict=True))
        return found

    def claimed(self, prices: Sequence[int]) -> list[int]:
        """The places of the row that it would claim at these prices."""
        found = []
        state = 0
        for place, after in zip(self._places, self._values[1:], strict=True):
            best, to = after[state] + prices[place.at], -1
            for new, gain in place.several.get(state) or (place.first[state],):
                if gain + after[new] > best:
                    best, to = gain + after[new], new
            if to >= 0:
                found.append(place.at)
                state = to
        return found

    @property
    def best(self) -> int:
        """The most it could save from the start."""
        return self.relaxed[0] if self.reached is None else self._values[0][0]


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
    def by_class(self) -> dict[int, list[int]]:
        """The prices of the pieces of each class."""
        found: dict[int, list[int]] = {}
        for index, price in zip(self.row, self.prices, strict=True):
            found.setdefault(index, []).append(price)
        return found

    def start(self, prices: dict[int, list[int]]) -> None:
        """Take over the prices of another bound over pieces of the same classes."""
        waiting = {index: iter(own) for index, own in prices.items()}
        self.prices = [
            max(next(waiting.get(index, iter(())), floor), floor)
            for index, floor in zip(self.row, self.floors, strict=True)
        ]
        self._ready()

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

    def tighten(self, reached: int | None, rounds: int) -> int:
        """Bring the bound down towards `reached`, what a combination is known to save; None if none is known.

        The answer is in how many rounds, of so many at most.
        """
        best, best_prices = self.total, list(self.prices)
        scale, in_vain, done = _WHOLE, 0, 0
        while done < rounds:
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
            done += 1
            step = max(scale * gap // (norm * _WHOLE), 1)
            self.prices = [
                max(price - step * each, floor)
                for price, each, floor in zip(self.prices, off, self.floors, strict=True)
            ]
            self._ready()
            if self.total < best:
                best, best_prices, in_vain = self.total, list(self.prices), 0
            else:
                scale, in_vain = scale * 3 // 5, in_vain + 1
                if in_vain == _VAIN:
                    break
        self.prices = best_prices
        self._ready()
        return done
