"""How a promotion that depends on more than one piece counts: small automata the sweep walks through.

A machine sees the pieces in the order of the row, one by one, and says for each what claiming it would do.
A move is `(new state, lost, bonus, applications, role)`: `lost` is what the piece itself loses, `bonus` what the
application saves beyond that when this piece completes it (it may be negative).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import lcm
from typing import cast

from shared.promotions.basket import Basket, bits
from shared.promotions.candidates import Candidate
from shared.promotions.rounding import reduction
from shared.promotions.terms import Bundle, Off, Step, Tiers

_MOST_STATES = 150
"""More states of one machine are not told apart in a bound."""
_GRID = 32
"""So many values are told apart up to the last step."""
State = int | tuple[int, ...]
Move = tuple[State, int, int, int, int]
Moves = Callable[[State, int], list[Move]]
Done = Callable[[State], bool]


class Machine:
    """The moves of one promotion, remembered by state and class. `period`: after how many equal pieces it repeats.

    `exact`: what a piece loses is known at its move; otherwise it follows from all claims together. `ordered`: it
    has to meet its classes in the order of the row. `grid`: where its state is (step, value so far, pieces) and more
    value is never worse, how finely values are told apart in a bound; 0 elsewhere.
    """

    def __init__(
        self,
        candidate: Candidate,
        start: State,
        moves: Moves,
        done: Done,
        period: int = 1,
        *,
        exact: bool = True,
        ordered: bool = False,
        grid: int = 0,
    ) -> None:
        self.candidate = candidate
        self.start = start
        self.done = done
        self.period = period
        self.exact = exact
        self.ordered = ordered
        self.grid = grid
        self._moves = moves
        self._seen: dict[tuple[State, int], list[Move]] = {}
        self._reached: dict[tuple[int, ...], tuple[list[list[State]] | None, bool]] = {}

    def reach(self, row: tuple[int, ...]) -> tuple[list[list[State]] | None, bool]:
        """The states that can stand before each piece of a row of classes, in an order that later pieces keep.

        None if they are too many, and whether values had to be rounded.
        """
        found = self._reached.get(row)
        if found is None:
            states = self._reach(row, lambda state: state)
            rounds = states is None and self.grid > 0
            found = (self._reach(row, self.rounded) if rounds else states, rounds)
            self._reached[row] = found
        return found

    def _reach(
        self, row: tuple[int, ...], rounded: Callable[[State], State]
    ) -> list[list[State]] | None:
        here: dict[State, None] = {self.start: None}
        found = [list(here)]
        for index in row:
            there = dict(here)
            for state in here:
                for new, *_ in self.moves(state, index):
                    there[rounded(new)] = None
            if len(there) > _MOST_STATES:
                return None
            here = there
            found.append(list(here))
        return found

    def rounded(self, state: State) -> State:
        """The state with its value rounded up, so that no more than the true one can be missing."""
        step, value, pieces = state  # type: ignore[misc]
        return step, -(-value // self.grid) * self.grid, pieces

    def moves(self, state: State, index: int) -> list[Move]:
        """What claiming one piece of a class can do in a state; nothing if it cannot be claimed."""
        key = (state, index)
        found = self._seen.get(key)
        if found is None:
            found = self._seen[key] = self._moves(state, index)
        return found


def machine(candidate: Candidate, basket: Basket) -> Machine:
    """The machine of an item promotion that claims."""
    reward = candidate.promotion.reward
    if isinstance(reward, Off):
        return _per_piece(candidate)
    if isinstance(reward, Tiers):
        if reward.mode == "each":
            return (
                _each_cheapest(candidate, reward, basket)
                if reward.cheapest_first
                else (_each_dearest(candidate, reward, basket))
            )
        return _steps(candidate, reward, basket)
    reward = cast("Bundle", reward)
    if reward.form == "cheapest":
        return _cheapest(candidate, reward)
    return counting(candidate, reward, booked(candidate, reward, basket))


def _always(_state: State) -> bool:
    return True


def _per_piece(candidate: Candidate) -> Machine:
    """State: pieces that use up the limit, and what was taken off so far where that is bounded."""
    off, cap, shared = candidate.off, candidate.cap, candidate.shared
    most = candidate.room if shared else candidate.pieces

    def moves(state: State, index: int) -> list[Move]:
        count, amount = state  # type: ignore[misc]
        if most is not None and (not shared or shared >> index & 1):
            if count >= most:
                return []
            count += 1
        lost = off[index]
        if cap is not None:
            lost = min(lost, cap - amount)
            if not lost:
                return []
            amount += lost
        return [((count, amount), lost, 0, 0, 0)]

    return Machine(candidate, (0, 0), moves, _always, ordered=cap is not None)


def _lost(step: Step, basket: Basket, index: int) -> int:
    piece = basket.classes[index]
    return reduction(step.off, piece.price, piece.floor)


def _steps(candidate: Candidate, tiers: Tiers, basket: Basket) -> Machine:
    """State: 0, or (step aimed at, claimed so far); counting ends where the step is reached and nothing follows."""
    steps, most = tiers.steps, candidate.pieces
    by_value = tiers.by == "spend"
    rising = [_rising(steps, place, candidate, basket) for place in range(len(steps))]

    def claim(place: int, so_far: int, pieces: int, index: int) -> list[Move]:
        so_far += basket.classes[index].price if by_value else 1
        if most is not None:
            pieces += 1
            if pieces > most:
                return []
        if place + 1 < len(steps) and so_far >= steps[place + 1].start and not rising[place]:
            return []
        if place + 1 == len(steps) or rising[place]:
            so_far = min(so_far, steps[place].start)
        return [((place, so_far, pieces), _lost(steps[place], basket, index), 0, 0, 0)]

    def moves(state: State, index: int) -> list[Move]:
        if state == 0:
            return [move for place in range(len(steps)) for move in claim(place, 0, 0, index)]
        place, so_far, pieces = state  # type: ignore[misc]
        return claim(place, so_far, pieces, index)

    def done(state: State) -> bool:
        return state == 0 or state[1] >= steps[state[0]].start  # type: ignore[index]

    more_is_better = by_value and all(rising[:-1])
    grid = max(steps[-1].start // _GRID, 1) if more_is_better else 0
    return Machine(candidate, 0, moves, done, grid=grid)


def _rising(steps: tuple[Step, ...], place: int, candidate: Candidate, basket: Basket) -> bool:
    """Whether every later step gives each piece more, so that staying below it is never wanted."""
    return all(
        _lost(later, basket, i) > _lost(steps[place], basket, i)
        for later in steps[place + 1 :]
        for i in range(len(basket.classes))
        if candidate.mask >> i & 1
    )


def _step_at(steps: tuple[Step, ...], position: int) -> Step | None:
    reached = [step for step in steps if step.start <= position]
    return reached[-1] if reached else None


def _each_dearest(candidate: Candidate, tiers: Tiers, basket: Basket) -> Machine:
    """State: how many stand in the row so far, counted up to the last step or the limit."""
    steps, most = tiers.steps, candidate.pieces
    last = steps[-1].start if most is None else max(steps[-1].start, most)

    def moves(state: State, index: int) -> list[Move]:
        if most is not None and state >= most:  # type: ignore[operator]
            return []
        place = min(state + 1, last)  # type: ignore[operator]
        step = _step_at(steps, place)
        return [(place, _lost(step, basket, index) if step else 0, 0, 0, 0)]

    def done(state: State) -> bool:
        return state == 0 or state >= steps[0].start  # type: ignore[operator]

    return Machine(candidate, 0, moves, done, ordered=True)


def _each_cheapest(candidate: Candidate, tiers: Tiers, basket: Basket) -> Machine:
    """State: 0 none yet; n: the next piece takes place n-1, down to 1; -n: n pieces stand beyond the last step."""
    steps, most = tiers.steps, candidate.pieces
    last = steps[-1].start
    low = steps[0].start

    def taking(position: int, index: int) -> Move:
        step = _step_at(steps, position)
        return (
            -1 if position == 1 else position,
            _lost(step, basket, index) if step else 0,
            0,
            0,
            0,
        )

    def moves(state: State, index: int) -> list[Move]:
        if state == 0:
            top = last if most is None else min(last, most)
            begun = [taking(position, index) for position in range(low, top + 1)]
            return begun + (_beyond(1, index) if most is None or most > last else [])
        if isinstance(state, tuple):
            return [taking(last, index), *_beyond(state[0] + 1, index)]
        return [] if state == -1 else [taking(state - 1, index)]

    def _beyond(count: int, index: int) -> list[Move]:
        if most is None:
            count = 1
        elif count + last > most:
            return []
        return [((count,), _lost(steps[-1], basket, index), 0, 0, 0)]

    return Machine(candidate, 0, moves, lambda state: state in (0, -1), exact=False, ordered=True)


def _cheapest(candidate: Candidate, bundle: Bundle) -> Machine:
    """State: place in the open group, and applications where they are bounded; groups are filled dearest first."""
    size, free, times = bundle.size, bundle.target, candidate.times

    def moves(state: State, index: int) -> list[Move]:
        place, count = state  # type: ignore[misc]
        if times is not None and count >= times:
            return []
        lost = candidate.off[index] if place >= size - free else 0
        if place + 1 < size:
            return [((place + 1, count), lost, 0, 0, 0)]
        return [((0, count if times is None else count + 1), lost, 0, 1, 0)]

    return Machine(
        candidate,
        (0, 0),
        moves,
        lambda s: s[0] == 0,  # type: ignore[index]
        size,
        exact=False,
        ordered=True,
    )


def payers(candidate: Candidate, bundle: Bundle, basket: Basket) -> Machine:
    """The machine of a `cheapest` whose reductions do not fall along the row, so that any grouping may be the best.

    State: payers that pay for none yet, pieces that are still reduced with the last group, applications where they
    are bounded, and the price of the pieces that were reduced before those of the same price that pay for them.
    """
    free, times = bundle.target, candidate.times
    paying = bundle.size - free
    alike: Counter[int] = Counter()
    for index in bits(candidate.mask):
        alike[basket.classes[index].price] += basket.classes[index].count

    def moves(state: State, index: int) -> list[Move]:
        waiting, open_ones, count, owed = state  # type: ignore[misc]
        price = basket.classes[index].price
        if owed and price < owed:
            return []
        settled = owed if waiting + 1 < 0 else 0
        found: list[Move] = [((waiting + 1, open_ones, count, settled), 0, 0, 0, 0)]
        lost = candidate.off[index]
        if open_ones:
            found.append(((waiting, open_ones - 1, count, owed), lost, 0, 0, 1))
        elif times is None or count < times:
            left = waiting - paying
            more = count if times is None else count + 1
            if left > -alike[price]:
                found.append(((left, free - 1, more, price if left < 0 else 0), lost, 0, 1, 1))
        return found

    return Machine(
        candidate,
        (0, 0, 0, 0),
        moves,
        lambda state: not any((*state[:2], state[3])),  # type: ignore[index]
        bundle.size,
        ordered=True,
    )


@dataclass(frozen=True, slots=True)
class Booked:
    """What a bundle books: `piece` what one of a class may lose in a set and brings beside; `whole` an application."""

    piece: Callable[[int, int], Sequence[tuple[int, int]]]
    whole: int = 0


_NOTHING = ((0, 0),)


def booked(candidate: Candidate, bundle: Bundle, basket: Basket) -> Booked:
    """What a bundle books whose saving adds up piece by piece."""

    def piece(place: int, index: int) -> Sequence[tuple[int, int]]:
        if bundle.form == "price":
            return ((basket.classes[index].price, 0),)
        if bundle.form == "percent" or (bundle.form == "reduce" and place == bundle.target):
            return ((candidate.off[index], 0),)
        return _NOTHING

    whole = {"price": -bundle.off.value, "amount": bundle.off.value}.get(bundle.form, 0)
    return Booked(piece, whole)


def counting(candidate: Candidate, bundle: Bundle, books: Booked) -> Machine:
    """The machine of a bundle by sets.

    State: pieces of each set less whole applications, and applications where they are bounded.
    """
    needed = tuple(each.quantity for each in bundle.sets)
    times, width = candidate.times, len(needed)

    def moves(state: State, index: int) -> list[Move]:
        found: list[Move] = []
        for place in range(width):
            if not candidate.sets[place] >> index & 1:
                continue
            counts = [*state]  # type: ignore[misc]
            counts[place] += 1
            whole = all(count >= n for count, n in zip(counts, needed, strict=False))
            if whole:
                counts = [c - n for c, n in zip(counts, needed, strict=False)] + counts[width:]
            if times is not None:
                counts[width] += whole
                ahead = max(-(-c // n) for c, n in zip(counts, needed, strict=False))
                if counts[width] + ahead > times:
                    continue
            role = place if bundle.form == "reduce" else 0
            more = books.whole if whole else 0
            for lost, bonus in books.piece(place, index):
                found.append((tuple(counts), lost, bonus + more, int(whole), role))
        return found

    start = (0,) * width + ((0,) if times is not None else ())
    return Machine(
        candidate,
        start,
        moves,
        lambda state: not any(state[:width]),  # type: ignore[index]
        lcm(*needed),
        exact=bundle.form in ("percent", "reduce"),
    )
