"""Which sums of losses the groups of a basket can reach together: sets of sums as the bits of one integer."""

from __future__ import annotations

from collections.abc import Sequence

from shared.promotions.basket import bits

Losses = dict[int, int]
"""Loss of a group, and the promotions it then uses."""


class Sums:
    """The sums up to `most` of one loss of each group."""

    def __init__(self, groups: Sequence[Losses], most: int) -> None:
        self.groups = groups
        within = (1 << (most + 1)) - 1
        self.reached = [1]
        for losses in groups:
            here = 0
            for loss in losses:
                here |= self.reached[-1] << loss
            self.reached.append(here & within)

    def between(self, low: int, high: int, number: int) -> list[int]:
        """The lowest sums from `low` to `high`, at most as many as asked for."""
        found: list[int] = []
        for place in bits(self.reached[-1] >> low):
            if low + place > high or len(found) == number:
                break
            found.append(low + place)
        return found

    def used(self, total: int) -> int:
        """The promotions of one choice of losses with this sum, of each group with as few as can be."""
        used = 0
        for losses, before in zip(reversed(self.groups), reversed(self.reached[:-1]), strict=True):
            fitting = [
                (mine.bit_count(), loss, mine)
                for loss, mine in losses.items()
                if loss <= total and before >> (total - loss) & 1
            ]
            _, loss, mine = min(fitting)
            total -= loss
            used |= mine
        return used
