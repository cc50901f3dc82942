"""The stacked reductions of stage 1: what a piece costs in the end once a promotion has claimed it, or none has."""

from __future__ import annotations

from collections.abc import Sequence

from shared.promotions.basket import Basket, bits
from shared.promotions.candidates import Candidate
from shared.promotions.rounding import reduction
from shared.promotions.terms import Off

Outcome = tuple[tuple[int, ...], int, int, int]
"""New states of the bounded stacks, price in the end, all stacks that took something, bounded ones among them."""


class Chain:
    """A set of stack promotions that are used together, in their sequence.

    `touched`: classes that one of them takes; `uncertain`: classes where a bounded one has a choice. `weights`: what
    a minor unit of each class counts in savings.
    """

    def __init__(
        self, stacks: Sequence[Candidate], basket: Basket, weights: Sequence[int] | None = None
    ) -> None:
        self.stacks = sorted(stacks, key=lambda stack: stack.order)
        self.bounded = [stack for stack in self.stacks if stack.bounded]
        self._classes = basket.classes
        self.weights = [1] * len(basket.classes) if weights is None else weights
        self.touched = 0
        self.uncertain = 0
        for stack in self.stacks:
            self.touched |= stack.mask
            if stack.bounded:
                self.uncertain |= stack.mask
        self.start = (0,) * len(self.bounded)
        self.from_cheap_end = any(
            stack.promotion.only_unreduced and stack.promotion.limit.pick == "cheapest"
            for stack in self.bounded
        )
        self._seen: dict[tuple[int, int], tuple[int, int]] = {}

    def final(self, index: int, price: int) -> tuple[int, int]:
        """Price in the end of a piece that costs `price` after the claims, and the stacks that took something.

        Only for classes without a choice.
        """
        if not self.touched >> index & 1:
            return price, 0
        key = (index, price)
        found = self._seen.get(key)
        if found is None:
            _, last, took, _ = self.outcomes(index, price, ())[0]
            found = self._seen[key] = (last, took)
        return found

    def gain(self, index: int, lost: int) -> int:
        """What it counts in the end when a piece loses this much before the stacks."""
        list_price = self._classes[index].price
        saved = self.final(index, list_price)[0] - self.final(index, list_price - lost)[0]
        return saved * self.weights[index]

    def bonus(self, mask: int, amount: int) -> int:
        """What an amount counts at most that is spread over pieces of some classes."""
        weights = [self.weights[i] for i in bits(mask)]
        return amount * (max(weights) if amount > 0 else min(weights))

    def outcomes(
        self, index: int, price: int, states: tuple[int, ...], *, varied: bool = False
    ) -> list[Outcome]:
        """Every way the stacks can take a piece, given the states of the bounded ones.

        `varied`: there are equal pieces that may cost something else by then.
        """
        piece = self._classes[index]
        found: list[Outcome] = [(states, price, 0, 0)]
        place = -1
        for stack in self.stacks:
            place += stack.bounded
            if not stack.mask >> index & 1 or not isinstance(stack.promotion.reward, Off):
                continue
            after: list[Outcome] = []
            for now, current, took, chosen in found:
                lost = reduction(stack.promotion.reward, current, piece.floor)
                if stack.promotion.only_unreduced and current < piece.price:
                    lost = 0
                if stack.bounded:
                    standing = current == piece.price
                    before = (now, current, took, chosen)
                    after += _choices(
                        stack,
                        place,
                        before,
                        lost,
                        index,
                        standing=standing,
                        varied=varied,
                    )
                elif lost:
                    after.append((now, current - lost, took | 1 << stack.bit, chosen))
                else:
                    after.append((now, current, took, chosen))
            found = after
        return found

    def done(self, states: tuple[int, ...]) -> bool:
        """Whether the bounded stacks may end in these states."""
        return all(
            (not state & SKIPPED or state & _COUNT_MASK == stack.pieces)
            and not state >> _PASSED_BITS
            for stack, state in zip(self.bounded, states, strict=True)
        )


SKIPPED = 1 << 60
"""Added to the state of a stack that picks the cheapest of what is unreduced, once a piece was passed over."""
_PASSED_BITS = 61
"""From here on the class, counted from 1, of which a capped stack left out a piece for an equal one behind it."""


def _choices(
    stack: Candidate,
    place: int,
    before: Outcome,
    lost: int,
    index: int,
    *,
    standing: bool,
    varied: bool,
) -> list[Outcome]:
    """What a bounded stack can do with a piece: take it, or leave it where it has the choice.

    `standing`: the piece is in the row that a pick among unreduced pieces counts along. `varied` as for `outcomes`.
    """
    states, price, took, chosen = before
    flag, count = states[place] & SKIPPED, states[place] & _COUNT_MASK
    amount = (states[place] & SKIPPED - 1) >> _COUNT_BITS
    passed = states[place] >> _PASSED_BITS
    if passed and passed != index + 1:
        # It was taken from a cheaper piece while an equal one of the dearer had something left to give.
        return []

    def moved(counted: int, off: int, skipped: int) -> Outcome:
        return _moved(stack, place, before, skipped | counted, off)

    counts, most = _counted(stack, index)
    full = counts and most is not None and count >= most
    if stack.cap is not None:
        lost = min(lost, stack.cap - amount)
    if stack.promotion.only_unreduced and stack.promotion.limit.pick != "best" and counts:
        if not standing:
            return [before]
        cheapest = stack.promotion.limit.pick == "cheapest"
        if full:
            # From the dear end the row is over; from the cheap end it was begun too early.
            return [] if cheapest else [before]
        counted = [moved(count + 1, lost, flag)]
        if lost:
            counted.append(moved(count + 1, 0, flag))
        if cheapest and not count:
            counted.append(moved(0, 0, SKIPPED))
        return counted
    if full or not lost:
        return [before]
    taken_one = moved(count + counts, lost, flag)
    if stack.pieces is not None or stack.shared:
        return [taken_one, before]
    if not varied:
        return [taken_one]
    # Which of equal pieces gives first is nobody's to say, so it may be the one that is best for the customer.
    left = states[place] & ~(-1 << _PASSED_BITS) | index + 1 << _PASSED_BITS
    return [taken_one, ((*states[:place], left, *states[place + 1 :]), price, took, chosen)]


def _moved(stack: Candidate, place: int, before: Outcome, counted: int, off: int) -> Outcome:
    """A piece that a stack took so much off; `counted`: its pieces, and whether one was skipped."""
    states, price, took, chosen = before
    bit = 1 << stack.bit
    amount = (states[place] & SKIPPED - 1) >> _COUNT_BITS
    state = counted | (amount + (off if stack.cap is not None else 0)) << _COUNT_BITS
    if amount + off != stack.cap:
        state |= states[place] >> _PASSED_BITS << _PASSED_BITS
    there = (*states[:place], state, *states[place + 1 :])
    if not off:
        return there, price, took, chosen
    return there, price - off, took | bit, chosen | bit


def _counted(stack: Candidate, index: int) -> tuple[bool, int | None]:
    """Whether a piece of a class uses up the stack's number of pieces, and that number."""
    if stack.shared:
        return bool(stack.shared >> index & 1), stack.room
    return stack.pieces is not None, stack.pieces


_COUNT_BITS = 20
_COUNT_MASK = (1 << _COUNT_BITS) - 1
