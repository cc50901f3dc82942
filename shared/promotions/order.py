"""In which order a walk meets the classes: so that promotions are done with early, and few are open at a time."""

from __future__ import annotations

from collections.abc import Sequence

from shared.promotions.basket import bits
from shared.promotions.machines import Machine


def walking_order(machines: Sequence[Machine], mask: int) -> list[int]:
    """The classes of a mask. Those of a promotion that counts along the row stay in the order of the row."""
    fixed = [machine.candidate.mask & mask for machine in machines if machine.ordered]
    before = {index: _before(index, fixed) for index in bits(mask)}
    waiting = [machine.candidate.mask & mask for machine in machines]
    opened = [False] * len(waiting)
    order: list[int] = []
    left = mask
    while left:
        best: tuple[int, int, int] | None = None
        place = 0
        for slot, own in enumerate(waiting):
            need = _with_those_before(own & left, before, left)
            if not need:
                continue
            opens = sum(
                not opened[other] and bool(theirs & need) and bool(theirs & left & ~need)
                for other, theirs in enumerate(waiting)
            )
            key = (opens, need.bit_count(), slot)
            if best is None or key < best:
                best, place = key, need
        if best is None:
            place = left
        order += bits(place)
        left &= ~place
        opened = [was or bool(own & place) for was, own in zip(opened, waiting, strict=True)]
    return order


def _before(index: int, fixed: Sequence[int]) -> int:
    """The classes that have to be met before one."""
    found = 0
    for mask in fixed:
        if mask >> index & 1:
            found |= mask & ((1 << index) - 1)
    return found


def _with_those_before(need: int, before: dict[int, int], left: int) -> int:
    """Some classes with all that have to be met before them."""
    while True:
        more = need
        for index in bits(need):
            more |= before[index] & left
        if more == need:
            return need
        need = more
