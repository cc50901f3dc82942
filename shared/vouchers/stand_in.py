"""How much a till may take from gift cards while the centre does not answer. The chain decides; by itself nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StoodIn:
    """What a till took without an answer so far, in minor units: for this receipt, from this card, in all."""

    receipt: int = 0
    card: int = 0
    till: int = 0


@dataclass(frozen=True, slots=True)
class StandInPolicy:
    """The most that a till takes without an answer, in minor units. A card and a till are free again once the centre
    has booked what was taken.
    """

    per_receipt: int = 0
    per_card: int = 0
    per_till: int = 0

    def left(self, so_far: StoodIn) -> int:
        """What may still be taken, zero or more."""
        left = (
            self.per_receipt - so_far.receipt,
            self.per_card - so_far.card,
            self.per_till - so_far.till,
        )
        return max(0, min(left))
