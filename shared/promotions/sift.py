"""What a walk leaves out: states that cannot reach a floor any more, and states that another leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shared.promotions.labels import Whole
from shared.promotions.machines import State
from shared.promotions.potential import NEVER, Potential
from shared.promotions.states import PART, Numbers, Reach
from shared.promotions.walk import Close, Layer


def undominated(values: dict[Whole, int], numbers: Numbers[State], margin: int) -> dict[Whole, int]:
    """Without the states that another leaves behind by more than the margin with no less value in one machine.

    Whatever follows a state that is left out can follow the other as well.
    """
    alike: dict[tuple[int, int, int], list[tuple[int, int, Whole]]] = {}
    kept: dict[Whole, int] = {}
    for state, saved in values.items():
        own = numbers.state(state)
        if not isinstance(own, tuple):
            kept[state] = saved
            continue
        step, value, pieces = own
        others = state - (numbers.of(own) << numbers.shift)
        alike.setdefault((others, step, pieces), []).append((-value, saved, state))
    for many in alike.values():
        best = NEVER
        for _, saved, state in sorted(many, key=lambda entry: entry[:2]):
            if saved >= best - margin:
                kept[state] = saved
            best = max(best, saved)
    return kept


class Bound:
    """The potential laid out along the steps of a walk. `missed`: the most that a state below the floor could reach."""

    def __init__(
        self,
        potential: Potential,
        steps: Sequence[Layer | Close],
        numbers: Sequence[Numbers[State]],
    ) -> None:
        self.entries: list[tuple[int, list[tuple[int, Reach]]]] = []
        self.missed = NEVER
        passed = 0
        reaches: dict[tuple[int, int], Reach] = {}
        own = [0] * len(potential.alone)
        closed = [False] * len(potential.alone)
        for step in steps:
            rest = potential.rest[passed]
            tables: list[tuple[int, Reach]] = []
            for slot, alone in enumerate(potential.alone):
                if closed[slot]:
                    continue
                if alone.reached is None:
                    rest += alone.relaxed[own[slot]]
                else:
                    key = (slot, own[slot])
                    if key not in reaches:
                        reaches[key] = Reach(alone.table(own[slot]), numbers[slot])
                    tables.append((numbers[slot].shift, reaches[key]))
            self.entries.append((rest, tables))
            if isinstance(step, Layer):
                passed += 1
                for slot in step.slots:
                    own[slot] += 1
            else:
                for slot in step.slots:
                    if slot < len(closed):
                        closed[slot] = True

    def sift(
        self,
        place: int,
        values: dict[Whole, int],
        floor: int,
        width: int,
        closed: Callable[[Whole], bool],
    ) -> dict[Whole, int]:
        """The states that can still end at `floor` or above; of these the `width` most promising if it is not 0."""
        rest, tables = self.entries[place]
        ranked: list[tuple[int, Whole]] = []
        missed = self.missed
        for state, value in values.items():
            reach = value + rest
            for shift, table in tables:
                reach += table[state >> shift & PART]
            if reach >= floor:
                ranked.append((reach, state))
            elif reach > missed:
                missed = reach
        self.missed = missed
        if width and len(ranked) > width:
            ranked.sort(key=lambda entry: -entry[0])
            # One in which nothing is left open stays, so that an end is reached whatever comes.
            safe = next((entry for entry in ranked[width:] if closed(entry[1])), None)
            ranked = [*ranked[:width], *([safe] if safe else [])]
        return {state: values[state] for _, state in ranked}
