"""What a walk along the row is made of: its steps, the moves of the machines, the traces it leaves, its bound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from shared.promotions.chain import Chain
from shared.promotions.labels import Claimed, Labels, Tag, Whole, multiset
from shared.promotions.machines import Machine, State
from shared.promotions.potential import NEVER

Arc = tuple[Whole, int, Tag, int]
"""State before, saving, tag, stacks that took something."""
Move = tuple[State, int, Claimed, int]
Piece = tuple[int, int, int, int, int]
"""Class, price before the stacks, number of pieces, bit of the promotion that has claimed them or -1, role."""


@dataclass(slots=True)
class Single:
    """A promotion that gives a piece something for itself.

    What it takes off before the stacks; where these have no choice also the saving and the price in the end, and
    the stacks that took something.
    """

    bit: int
    lost: int
    gain: int
    price: int
    took: int


@dataclass(slots=True)
class Layer:
    """One piece of the row: class, price before the stacks, and the machines that may claim it.

    `owner`: the bit of the promotion that has claimed it beforehand in `role`, -1 if it is free. `alone`: the most
    it saves without a machine. `lost`: what a claim beforehand took off. `weight`: what a minor unit counts.
    `arcs`: the moves from the states that a walk has met.
    """

    index: int
    price: int
    owner: int
    role: int
    singles: list[Single]
    slots: list[int]
    base: int
    undecided: bool
    lost: int
    alone: int
    weight: int
    arcs: dict[Whole, list[Arc]] = field(default_factory=dict)


@dataclass(slots=True)
class Close:
    """Between two pieces: the machines and groups that are not needed any more fall back to their start."""

    slots: list[int]


@dataclass(slots=True)
class Many:
    """Many pieces of one class: walked one by one until the values repeat, then skipped over."""

    layer: Layer
    count: int
    period: int


@dataclass(slots=True)
class Trace:
    """One step that was walked: the values before and after, and the ways into each state.

    `again`: how often the last `period` steps are repeated after this one, with the same ways.
    """

    step: Layer | Close
    before: dict[Whole, int]
    after: dict[Whole, int]
    into: dict[Whole, list[Arc]]
    period: int = 0
    again: int = 0


@dataclass(slots=True)
class Walk:
    """One walk to the end: its steps, the values there, and the most that what was left out could have reached."""

    traces: list[Trace] = field(default_factory=list)
    values: dict[Whole, int] = field(default_factory=dict)
    ends: list[Whole] = field(default_factory=list)
    best: int | None = None
    missed: int = NEVER


class Table(dict[State, list[Move]]):
    """The moves of one machine for the pieces of one class, worked out state by state."""

    def __init__(self, machine: Machine, layer: Layer, chain: Chain) -> None:
        super().__init__()
        self.machine = machine
        self.layer = layer
        self.index = layer.index
        self.chain = chain

    def __missing__(self, state: State) -> list[Move]:
        layer, candidate, exact = self.layer, self.machine.candidate, self.machine.exact
        found: list[Move] = []
        for new, lost, bonus, applications, role in self.machine.moves(state, layer.index):
            price, took = layer.price - lost, 0
            if not layer.undecided:
                price, took = self.chain.final(layer.index, price)
            gain = (layer.base - price) * layer.weight
            if bonus:
                gain += self.chain.bonus(candidate.mask, bonus)
            tag = (candidate.bit, role, applications, price, 0, lost if exact else -1)
            found.append((new, gain, tag, took))
        self[state] = found
        return found


def narrow(
    values: dict[Whole, int], width: int, closed: Callable[[Whole], bool]
) -> dict[Whole, int]:
    """The best states, and the best in which nothing is left open."""
    if len(values) <= width:
        return values
    ranked = sorted(values, key=lambda state: -values[state])
    safe = next((state for state in ranked[width:] if closed(state)), None)
    return {state: values[state] for state in (*ranked[:width], *((safe,) if safe else ()))}


def alike(before: dict[Whole, int], after: dict[Whole, int]) -> int | None:
    """By how much all values have risen, if all by the same and the states are the same."""
    if before.keys() != after.keys():
        return None
    rises = {after[state] - value for state, value in before.items()}
    return rises.pop() if len(rises) == 1 else None


def repeated(start: Labels, here: Labels, times: int) -> Labels | None:
    """The labels after as many blocks more, if one block has led from one label to itself with more pieces."""
    if len(start) != 1 or start.keys() != here.keys():
        return None
    ((key, (old, *others)),) = start.items()
    (new, *more) = here[key]
    if others or more or new.loss != old.loss:
        return None
    now = multiset(new)
    for what, count in multiset(old).items():
        now[what] -= count
    label = new
    for (index, tag), count in now.items():
        if count:
            label = label.after(index, tag, new.loss, count * times)
    return {key: [label]}
