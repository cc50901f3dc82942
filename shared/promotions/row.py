"""One walk along the pieces of a group of connected promotions, remembering only states.

Each piece is left free, given to a promotion for single pieces, or moves one of the machines; of all ways into a
state the best saving is kept, and states that cannot reach a floor are dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import lcm
from typing import cast

from shared.promotions.basket import Basket
from shared.promotions.chain import Chain
from shared.promotions.labels import Whole
from shared.promotions.machines import Machine
from shared.promotions.potential import NEVER, Alone, Potential
from shared.promotions.rounding import reduction
from shared.promotions.sift import Bound, undominated
from shared.promotions.states import BITS, PART, Numbers, Steps
from shared.promotions.terms import Bundle, Off, Tiers
from shared.promotions.walk import (
    Arc,
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
)
from shared.promotions.work import Work

SIFTED = 12
"""So often what a machine can still save is looked up for one step."""
MANY = 24
"""Pieces of one class from which on it is looked for a period."""


class Row:
    """The pieces of one group in the order in which they are met, and how each promotion moves along them."""

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
        self.numbers = [Numbers(m.start, BITS * slot) for slot, m in enumerate(machines)]
        width = len(machines)
        self.taken = [Numbers(-1, BITS * (width + place)) for place in range(len(self.groups))]
        self.stacked = Numbers(chain.start, BITS * (width + len(self.groups)))
        self.moves: dict[tuple[int, int], Steps] = {}
        self.varied = self._varied(pieces)
        self.steps = list(self._steps(pieces))
        self.many = any(isinstance(step, Many) for step in self.steps)
        self.exact = all(machine.exact for machine in machines)

    @property
    def layers(self) -> list[Layer]:
        """The pieces of the walk one by one."""
        return [step for step in self.steps if isinstance(step, Layer)]

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
                table = self.tables[slot, index] = Table(self.machines[slot], layer, self.chain)
                self.moves[slot, index] = Steps(table, self.numbers[slot])
        for place, (layer, count) in enumerate(row):
            if count > MANY and not layer.undecided and layer.owner < 0:
                steps.append(Many(layer, count, self._period(layer)))
            else:
                steps += [layer] * count
            closing = [slot for slot, end in last.items() if end == place + 1]
            if closing:
                steps.append(Close(closing))
        return steps

    def _varied(self, pieces: Sequence[Piece]) -> frozenset[int]:
        """The classes whose pieces may come before a stack at several prices. Of many it is not told apart."""
        counts: dict[int, int] = {}
        kinds: dict[int, int] = {}
        for index, _, count, _, _ in pieces:
            counts[index] = counts.get(index, 0) + count
            kinds[index] = kinds.get(index, 0) + 1
        claimed = 0
        for machine in self.machines:
            claimed |= machine.candidate.mask
        return frozenset(
            index
            for index, count in counts.items()
            if 1 < count <= MANY
            and (kinds[index] > 1 or claimed >> index & 1 or index in self.singles)
        )

    def _period(self, layer: Layer) -> int:
        """After how many pieces of a class its machines may stand as before."""
        period = 1
        for slot in layer.slots:
            period = lcm(period, self.machines[slot].period)
        return period

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

    def walk(
        self,
        work: Work,
        potential: Potential | None = None,
        floor: int = NEVER,
        width: int = 0,
        margin: int | None = None,
    ) -> Walk:
        """Go along it; `OutOfWork` when the limit is reached.

        With a `margin` states that are behind another by more are left out.
        """
        walk = Walk()
        values = {0: 0}
        bound = None
        if potential is not None:
            # There are no `Many` where there is a bound.
            one_by_one = cast("list[Layer | Close]", self.steps)
            bound = Bound(potential, one_by_one, self.numbers)
        for place, step in enumerate(self.steps):
            if isinstance(step, Many):
                values = self._skip(step, values, walk, work, width)
                continue
            if bound is not None:
                work.left -= len(values) * len(bound.entries[place][1]) // SIFTED
                values = bound.sift(place, values, floor, width, self._nothing_open)
            elif width:
                values = narrow(values, width, self._nothing_open)
            values = self._advance(step, values, walk, work)
            if margin is not None and isinstance(step, Layer):
                for slot in step.slots:
                    if self.machines[slot].grid:
                        values = undominated(values, self.numbers[slot], margin)
        walk.values = values
        walk.missed = bound.missed if bound is not None else NEVER
        walk.ends = [state for state in values if self.chain.done(self.stacked.state(state))]
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
        return all(
            machine.done(numbers.state(state))
            for machine, numbers in zip(self.machines, self.numbers, strict=True)
        )

    def _close(self, step: Close, state: Whole) -> list[Arc]:
        closed = state
        for slot in step.slots:
            shift = BITS * slot
            number = state >> shift & PART
            if number:
                if slot < len(self.machines) and not self.machines[slot].done(
                    self.numbers[slot].states[number]
                ):
                    return []
                closed -= number << shift
        return [(closed, 0, None, 0)]

    def _arcs(self, layer: Layer, state: Whole) -> list[Arc]:
        if layer.undecided:
            return self._undecided(layer, state)
        index = layer.index
        if layer.owner >= 0:
            price, took = self.chain.final(index, layer.price)
            tag = (layer.owner, layer.role, 0, price, 0, layer.lost)
            return [(state, (layer.base - price) * layer.weight, tag, took)]
        found: list[Arc] = [(state, layer.alone, None, 0)]
        for slot in layer.slots:
            taken = self._taken(slot, state)
            if taken >= 0:
                here = state + taken
                moves = self.moves[slot, index][state >> BITS * slot & PART]
                found += [(here + step, gain, tag, took) for step, gain, tag, took in moves]
        return found

    def _taken(self, slot: int, state: Whole) -> int:
        """What a claim of a machine adds for its group; -1 if another promotion has taken the group."""
        group = self.group_slot[slot]
        if group < 0:
            return 0
        numbers = self.taken[group - len(self.machines)]
        mine = numbers.of(self.machines[slot].candidate.bit)
        number = state >> numbers.shift & PART
        if not number:
            return mine << numbers.shift
        return 0 if number == mine else -1

    def _undecided(self, layer: Layer, state: Whole) -> list[Arc]:
        """The moves of a piece for which bounded stacks have a choice: each claim times each outcome."""
        chain, index, base, stacked = self.chain, layer.index, layer.base, self.stacked
        states = stacked.state(state)
        head = state - (stacked.of(states) << stacked.shift)
        claims: list[tuple[Whole, int, int, int, int, int]] = [
            (head, layer.lost, 0, layer.owner, layer.role, 0),
            *((head, one.lost, 0, one.bit, 0, 0) for one in layer.singles),
        ]
        for slot in layer.slots:
            taken = self._taken(slot, state)
            if taken < 0:
                continue
            machine, numbers = self.machines[slot], self.numbers[slot]
            bit = machine.candidate.bit
            now = numbers.state(state)
            here = head + taken - (numbers.of(now) << numbers.shift)
            for new, lost, bonus, applications, role in machine.moves(now, index):
                after = here + (numbers.of(new) << numbers.shift)
                more = self.chain.bonus(machine.candidate.mask, bonus) if bonus else 0
                claims.append((after, lost, more, bit, role, applications))
        already = layer.lost >= 0
        return [
            (
                after + (stacked.of(there) << stacked.shift),
                (base - last) * layer.weight + bonus,
                (bit, role, applications, last, chosen, lost),
                took,
            )
            for after, lost, bonus, bit, role, applications in claims
            for there, last, took, chosen in chain.outcomes(
                index,
                layer.price - (0 if already else max(lost, 0)),
                states,
                varied=index in self.varied,
            )
        ]
