"""The states of all machines of a walk in one number: some bits for each, which count its states as they are met.

One number is found again in a dictionary much faster than a tuple of tuples, and a move is an addition.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

from shared.promotions.labels import Claimed
from shared.promotions.machines import State
from shared.promotions.walk import Table

BITS = 20
"""A walk meets fewer states of one machine than these bits count: each costs a step of the limit of work."""
PART = (1 << BITS) - 1
Step = tuple[int, int, Claimed, int]
"""What is added to the number of a state, saving, tag, stacks that took something."""
T = TypeVar("T", bound=Hashable)


class Numbers(Generic[T]):
    """States of one machine, numbered as they are met. The start is 0; `shift`: where the number stands."""

    def __init__(self, start: T, shift: int) -> None:
        self.shift = shift
        self.states = [start]
        self._number = {start: 0}

    def of(self, state: T) -> int:
        """The number of a state."""
        found = self._number.get(state)
        if found is None:
            found = self._number[state] = len(self.states)
            self.states.append(state)
        return found

    def state(self, whole: int) -> T:
        """The state of this machine within a number of all."""
        return self.states[whole >> self.shift & PART]


class Steps(dict[int, list[Step]]):
    """The moves of one machine for the pieces of one class, by the number of its state."""

    def __init__(self, table: Table, numbers: Numbers[State]) -> None:
        super().__init__()
        self.table = table
        self.numbers = numbers

    def __missing__(self, number: int) -> list[Step]:
        numbers = self.numbers
        found = [
            (numbers.of(new) - number << numbers.shift, gain, tag, took)
            for new, gain, tag, took in self.table[numbers.states[number]]
        ]
        self[number] = found
        return found


class Reach(dict[int, int]):
    """What one machine can still save, by the number of its state."""

    def __init__(self, table: dict[State, int], numbers: Numbers[State]) -> None:
        super().__init__()
        self.table = table
        self.states = numbers.states

    def __missing__(self, number: int) -> int:
        found = self[number] = self.table[self.states[number]]
        return found
