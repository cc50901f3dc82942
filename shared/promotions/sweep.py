"""The best claims within a group of connected promotions: one walk along the row, remembering only states.

Forward, each piece is left free, given to a promotion for single pieces, or moves one of the machines; of all ways
into a state the best saving is kept, and states that cannot reach the best known end are dropped. Backward from the
end, only steps that lose at most a slack are followed, and for each set of used promotions the claims that come
first by the order of the contract are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm

from shared.promotions.backward import Backward
from shared.promotions.basket import Basket
from shared.promotions.chain import Chain
from shared.promotions.labels import Label, Whole
from shared.promotions.machines import Machine, State
from shared.promotions.potential import NEVER, Alone, Potential
from shared.promotions.rounding import reduction
from shared.promotions.terms import Bundle, Off, Tiers
from shared.promotions.walk import (
    Arc,
    Bound,
    Close,
    Layer,
    Many,
    Piece,
    Single,
    Table,
    Trace,
    Walk,
    alike,
    narrow,
    undominated,
)
from shared.promotions.work import UNBOUNDED, OutOfWork, Work

EASY = 250
"""Steps spent on a group before it is worth working out a bound."""
NARROW = 10
"""The first floor lies under the bound by this power of a half of it."""
ROUGH = 300
"""Steps spent under floors before the bound is brought down further."""
BEAM = 8
WIDE_BEAM = 12
ROUNDS = 12
MORE_ROUNDS = 25
PRICED = 16
"""So many states of the bound are priced for one step of the limit."""
MANY = 24
"""Pieces of one class from which on it is looked for a period."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What is known before a walk: prices of the pieces of each class that make a good bound, and what is reached."""

    prices: dict[int, list[int]]
    reach: int


class Sweep:
    """The walk along one group's pieces. `best` is the highest saving; `labels` says how it is reached."""

    def __init__(
        self,
        basket: Basket,
        chain: Chain,
        machines: Sequence[Machine],
        singles: dict[int, list[Single]],
        pieces: Sequence[Piece],
    ) -> None:
        self.basket = basket
        self.chain = chain
        self.machines = machines
        self.singles = singles
        self.groups = sorted({g for m in machines if (g := m.candidate.promotion.group)})
        self.tables: dict[tuple[int, int], Table] = {}
        group_of = {name: len(machines) + place for place, name in enumerate(self.groups)}
        self.group_slot = [group_of.get(m.candidate.promotion.group or "", -1) for m in machines]
        self.steps = list(self._steps(pieces))
        self.many = any(isinstance(step, Many) for step in self.steps)
        self.exact = all(machine.exact for machine in machines)
        self.walk = Walk()
        self.proven = False
        self.known: Potential | None = None

    @property
    def layers(self) -> list[Layer]:
        """The pieces of the walk one by one."""
        return [step for step in self.steps if isinstance(step, Layer)]

    @property
    def best(self) -> int | None:
        """The highest saving found; None if no end can be reached."""
        return self.walk.best

    def _steps(self, pieces: Sequence[Piece]) -> list[Layer | Close | Many]:
        """Layers in the order of the row, each machine closed after its last piece."""
        last: dict[int, int] = {}
        group_slot = self.group_slot
        steps: list[Layer | Close | Many] = []
        row: list[tuple[Layer, int]] = []
        for index, price, count, owner, role in pieces:
            slots = [
                slot
                for slot, m in enumerate(self.machines)
                if owner < 0 and m.candidate.mask >> index & 1
            ]
            undecided = bool(self.chain.uncertain >> index & 1)
            list_price = self.basket.classes[index].price
            base = list_price if undecided else self.chain.final(index, list_price)[0]
            singles = self.singles.get(index, []) if owner < 0 else []
            weight = self.chain.weights[index]
            alone = max(
                (one.lost * weight if undecided else one.gain for one in singles), default=0
            )
            lost = list_price - price if owner >= 0 else -1
            alone = max(alone, 0)
            if owner >= 0:
                alone = lost if undecided else base - self.chain.final(index, price)[0]
                alone *= weight
            layer = Layer(
                index, price, owner, role, singles, slots, base, undecided, lost, alone, weight
            )
            row.append((layer, count))
            for slot in slots:
                last[slot] = len(row)
                if group_slot[slot] >= 0:
                    last[group_slot[slot]] = len(row)
                if (slot, index) not in self.tables:
                    self.tables[slot, index] = Table(self.machines[slot], layer, self.chain)
        for place, (layer, count) in enumerate(row):
            if count > MANY and not layer.undecided and layer.owner < 0:
                steps.append(Many(layer, count, self._period(layer)))
            else:
                steps += [layer] * count
            closing = [slot for slot, end in last.items() if end == place + 1]
            if closing:
                steps.append(Close(closing))
        return steps

    def _period(self, layer: Layer) -> int:
        """After how many pieces of a class its machines may stand as before."""
        period = 1
        for slot in layer.slots:
            period = lcm(period, self.machines[slot].period)
        return period

    # --- forward ---------------------------------------------------------------------------------

    def solve(self, work: Work, margin: int, hint: Hint | None = None) -> None:
        """Find the best saving, and keep all that loses at most `margin`.

        When the limit of work is reached a good saving stands that is not proven.
        """
        if self.many:
            self._solve_many(work)
            return
        if hint is not None:
            self._solve_bounded(work, margin, hint)
            return
        easy = Work(min(EASY, work.left))
        try:
            self.walk = self._run(easy)
            self.proven = True
        except OutOfWork:
            self._solve_bounded(work, margin)
        work.left -= EASY - max(easy.left, 0)

    def widen(self, work: Work, margin: int) -> None:
        """Walk once more along a row that is solved, and keep all that loses at most `margin`."""
        if self.known is not None and self.best is not None:
            self.walk = self._run(work, self.known, floor=self.best - margin, margin=margin)

    def freely(self) -> Walk:
        """The whole walk, whatever it takes."""
        return self._run(Work(UNBOUNDED))

    def _solve_many(self, work: Work) -> None:
        """Many equal pieces: no bound is needed where values repeat, and none is worked out for single pieces."""
        try:
            self.walk = self._run(work)
            self.proven = True
        except OutOfWork:
            self.walk = self._narrow(work, None, WIDE_BEAM)

    def _solve_bounded(self, work: Work, margin: int, hint: Hint | None = None) -> None:
        """The whole walk without what cannot reach a floor; the floor comes down from the bound until an end is met.

        What is met above the floor is the best: everything that could be better was kept.
        """
        potential = self.known = self.potential()
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
                walk = self._run(work, potential, floor=floor, margin=margin)
                if walk.best is not None:
                    self.walk = walk
                    self.proven = walk.best - margin >= floor
                    gap = max(potential.total - walk.best, 0)
                else:
                    gap = max(gap * 2 + 1, potential.total - margin - walk.missed)
        except OutOfWork:
            better = self._narrow(work, potential, BEAM)
            if (better.best or 0) >= (self.walk.best or 0):
                self.walk = better

    def _tighten(self, potential: Potential, work: Work, rounds: int) -> None:
        """Bring the bound down."""
        potential.tighten(self.walk.best, rounds)
        work.left -= rounds * potential.size // PRICED

    def _narrow(self, work: Work, potential: Potential | None, width: int) -> Walk:
        """A walk with the most promising states only; it is carried to its end and counted."""
        free = Work(UNBOUNDED)
        walk = self._run(free, potential, width=width, margin=0)
        work.left -= UNBOUNDED - free.left
        return walk

    def potential(self) -> Potential:
        """The bound of this walk, with the first prices."""
        layers = self.layers
        alone = []
        for slot, machine in enumerate(self.machines):
            own = [
                (at, self.tables[slot, layer.index], self._most(machine, layer))
                for at, layer in enumerate(layers)
                if slot in layer.slots
            ]
            alone.append(Alone(machine, own))
        floors = [layer.alone for layer in layers]
        extra = [self._stackable(layer) for layer in layers]
        return Potential(alone, floors, extra, [layer.index for layer in layers])

    def _most(self, machine: Machine, layer: Layer) -> int:
        """The most that a claim of this piece could save in any state of the machine."""
        reward, candidate = machine.candidate.promotion.reward, machine.candidate
        piece = self.basket.classes[layer.index]
        if isinstance(reward, Tiers):
            lost = max(reduction(step.off, piece.price, piece.floor) for step in reward.steps)
        elif isinstance(reward, Bundle) and reward.form in ("price", "amount", "cheapest"):
            lost = reward.off.value if reward.form == "amount" else piece.price
        else:
            lost = candidate.off.get(layer.index, 0)
        return lost * layer.weight

    def _stackable(self, layer: Layer) -> int:
        """The most that stacks with a choice could take off this piece."""
        if not layer.undecided:
            return 0
        piece = self.basket.classes[layer.index]
        most = sum(
            reduction(stack.promotion.reward, piece.price, piece.floor)
            for stack in self.chain.stacks
            if stack.mask >> layer.index & 1 and isinstance(stack.promotion.reward, Off)
        )
        return most * layer.weight

    def _start(self) -> Whole:
        return (
            *(machine.start for machine in self.machines), *((-1,) * len(self.groups)), *self.chain.start
        )  # fmt: skip

    def _run(
        self,
        work: Work,
        potential: Potential | None = None,
        floor: int = NEVER,
        width: int = 0,
        margin: int | None = None,
    ) -> Walk:
        """Walk forward; `OutOfWork` when the limit is reached.

        With a `margin` states that are behind another by more are left out.
        """
        walk = Walk()
        values = {self._start(): 0}
        bound = Bound(potential, self.steps) if potential else None
        for place, step in enumerate(self.steps):
            if isinstance(step, Many):
                values = self._skip(step, values, walk, work, width)
                continue
            if bound is not None:
                values = bound.sift(place, values, floor, width, self._nothing_open)
            elif width:
                values = narrow(values, width, self._nothing_open)
            values = self._advance(step, values, walk, work)
            if margin is not None and isinstance(step, Layer):
                for slot in step.slots:
                    if self.machines[slot].grid:
                        values = undominated(values, slot, margin)
        walk.values = values
        walk.missed = bound.missed if bound is not None else NEVER
        tail = len(self.chain.start)
        walk.ends = [state for state in values if self.chain.done(state[len(state) - tail :])]
        walk.best = max((values[state] for state in walk.ends), default=None)
        return walk

    def _advance(
        self, step: Layer | Close, values: dict[Whole, int], walk: Walk, work: Work
    ) -> dict[Whole, int]:
        """The values after one step."""
        into: dict[Whole, list[Arc]] = {}
        nexts: dict[Whole, int] = {}
        arcs = 0
        seen = step.arcs if isinstance(step, Layer) else {}
        for state, value in values.items():
            found = seen.get(state)
            if found is None:
                found = (
                    self._close(step, state) if isinstance(step, Close) else self._arcs(step, state)
                )
                seen[state] = found
            arcs += len(found)
            for arc in found:
                new, gain, tag, took = arc
                reached = value + gain
                known = nexts.get(new)
                if known is None:
                    nexts[new] = reached
                    into[new] = [(state, gain, tag, took)]
                else:
                    into[new].append((state, gain, tag, took))
                    if reached > known:
                        nexts[new] = reached
        work.spend(arcs)
        walk.traces.append(Trace(step, values, nexts, into))
        return nexts

    def _skip(
        self, step: Many, values: dict[Whole, int], walk: Walk, work: Work, width: int
    ) -> dict[Whole, int]:
        """Walk through many equal pieces; once all values have risen alike over a period, they always will."""
        history = [values]
        left, period, skipped = step.count, step.period, False
        while left:
            if width:
                values = narrow(values, width, self._nothing_open)
            values = self._advance(step.layer, values, walk, work)
            history.append(values)
            left -= 1
            if skipped or len(history) <= period or left < period:
                continue
            before = history[-1 - period]
            rise = alike(before, values)
            if rise is not None:
                trace, skipped = walk.traces[-1], True
                trace.period, trace.again = period, left // period
                values = {state: value + rise * trace.again for state, value in values.items()}
                left -= trace.again * period
        return values

    def _nothing_open(self, state: Whole) -> bool:
        return all(machine.done(state[slot]) for slot, machine in enumerate(self.machines))

    def _close(self, step: Close, state: Whole) -> list[Arc]:
        closed = [*state]
        for slot in step.slots:
            if slot >= len(self.machines):
                closed[slot] = -1
                continue
            machine = self.machines[slot]
            if not machine.done(state[slot]):
                return []
            closed[slot] = machine.start
        return [(tuple(closed), 0, None, 0)]

    def _arcs(self, layer: Layer, state: Whole) -> list[Arc]:
        if layer.undecided:
            return self._undecided(layer, state)
        index = layer.index
        if layer.owner >= 0:
            price, took = self.chain.final(index, layer.price)
            tag = (layer.owner, layer.role, 0, price, 0, layer.lost)
            return [(state, (layer.base - price) * layer.weight, tag, took)]
        found: list[Arc] = [(state, layer.alone, None, 0)]
        tables, group_slot = self.tables, self.group_slot
        for slot in layer.slots:
            moves = tables[slot, index][state[slot]]
            group = group_slot[slot]
            if group < 0:
                head, tail = state[:slot], state[slot + 1 :]
                for new, gain, tag, took in moves:
                    found.append(((*head, new, *tail), gain, tag, took))
                continue
            bit = self.machines[slot].candidate.bit
            if state[group] not in (-1, bit):
                continue
            for new, gain, tag, took in moves:
                after = (*state[:slot], new, *state[slot + 1 : group], bit, *state[group + 1 :])
                found.append((after, gain, tag, took))
        return found

    def _undecided(self, layer: Layer, state: Whole) -> list[Arc]:
        """The moves of a piece for which bounded stacks have a choice: each claim times each outcome."""
        chain, index, base = self.chain, layer.index, layer.base
        tail = len(state) - len(chain.start)
        head, states = state[:tail], state[tail:]
        claims: list[tuple[Whole, int, int, int, int, int]] = [
            (head, layer.lost, 0, layer.owner, layer.role, 0),
            *((head, one.lost, 0, one.bit, 0, 0) for one in layer.singles),
        ]
        for slot in layer.slots:
            machine = self.machines[slot]
            bit, group = machine.candidate.bit, self.group_slot[slot]
            if group >= 0 and state[group] not in (-1, bit):
                continue
            for new, lost, bonus, applications, role in machine.moves(state[slot], index):
                after = self._moved(head, slot, new)
                more = self.chain.bonus(machine.candidate.mask, bonus) if bonus else 0
                claims.append((after, lost, more, bit, role, applications))
        already = layer.lost >= 0
        return [
            (
                (*after, *there),
                (base - last) * layer.weight + bonus,
                (bit, role, applications, last, chosen, lost),
                took,
            )
            for after, lost, bonus, bit, role, applications in claims
            for there, last, took, chosen in chain.outcomes(
                index, layer.price - (0 if already else max(lost, 0)), states
            )
        ]

    def _moved(self, head: Whole, slot: int, new: State) -> Whole:
        """The states once one machine has moved."""
        after = (*head[:slot], new, *head[slot + 1 :])
        group = self.group_slot[slot]
        if group < 0:
            return after
        return (*after[:group], self.machines[slot].candidate.bit, *after[group + 1 :])

    def labels(self, slack: int, work: Work) -> dict[int, list[Label]]:
        """For each set of promotions that can be used losing at most `slack`: the claims that come first.

        Several where prices that follow from all claims together decide between them.
        """
        return Backward(self.chain, slack, work, exact=self.exact).labels(self.walk)
