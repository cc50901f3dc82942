"""One group of classes that promotions connect: its pieces, and how each of its promotions goes along them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from shared.promotions.basket import Basket, bits
from shared.promotions.candidates import Candidate
from shared.promotions.chain import Chain
from shared.promotions.explicit import Way, by_payers, needs_explicit, pieces_of
from shared.promotions.machines import Machine, machine, payers
from shared.promotions.order import walking_order
from shared.promotions.relaxed import Relaxed
from shared.promotions.row import Row
from shared.promotions.terms import Bundle
from shared.promotions.walk import Piece, Single

Machines = dict[tuple[int, bool], Machine]
"""Machines by promotion, and whether they walk by payers."""


class Group:
    """Classes connected by promotions that depend on more than one piece.

    `row`: all that is free. `together`: whether the promotions that are worked out way by way go along it as well, as
    if they counted piece by piece.
    """

    def __init__(
        self,
        mask: int,
        basket: Basket,
        chain: Chain,
        ones: Sequence[Candidate],
        free: tuple[int, ...] | None = None,
        machines: Machines | None = None,
    ) -> None:
        self.mask = mask
        self.basket = basket
        counts = (
            piece.count if mask >> index & 1 else 0 for index, piece in enumerate(basket.classes)
        )
        self.free = tuple(counts) if free is None else free
        self._made = machines if machines is not None else {}
        self.chain = chain
        self.ones = {candidate.bit: candidate for candidate in ones}
        self.singles: dict[int, list[Single]] = {}
        self.machines: list[Machine] = []
        self.explicit: list[Candidate] = []
        self.places: dict[int, int] | None = None
        for candidate in ones:
            if candidate.stateless:
                self._add_single(candidate)
            elif needs_explicit(candidate, basket, chain):
                self.explicit.append(candidate)
            else:
                self.machines.append(self._machine(candidate))
        for singles in self.singles.values():
            singles.sort(key=lambda single: (-single.gain, single.bit))
        self.relaxed = [Relaxed(one, basket, chain) for one in self.explicit]
        counted = [found for one in self.relaxed if (found := one.machine()) is not None]
        self.together = bool(self.explicit) and len(counted) == len(self.explicit)
        self.walked = [*self.machines, *counted] if self.together else self.machines
        self.row = self.along(self.walked, (), self.free)
        if self.together and self.row.many:
            self.together, self.walked, self.places = False, self.machines, None
            self.row = self.along(self.machines, (), self.free)

    def _machine(self, candidate: Candidate) -> Machine:
        reward = candidate.promotion.reward
        paid = (
            isinstance(reward, Bundle)
            and reward.form == "cheapest"
            and by_payers(candidate, self.basket, self.chain)
        )
        found = self._made.get((candidate.bit, paid))
        if found is None:
            paying = payers(candidate, cast("Bundle", reward), self.basket) if paid else None
            found = paying or machine(candidate, self.basket)
            self._made[candidate.bit, paid] = found
        return found

    def _add_single(self, candidate: Candidate) -> None:
        for index in bits(candidate.mask & self.mask):
            lost = candidate.off[index]
            price = self.basket.classes[index].price - lost
            gain, took = 0, 0
            if not self.chain.uncertain >> index & 1:
                gain = self.chain.gain(index, lost)
                price, took = self.chain.final(index, price)
            single = Single(candidate.bit, lost, gain, price, took)
            self.singles.setdefault(index, []).append(single)

    def along(
        self,
        machines: Sequence[Machine],
        chosen: Sequence[tuple[Candidate, Way]],
        free: tuple[int, ...],
    ) -> Row:
        """The pieces that are free and those that some ways have claimed, in the order of the walk."""
        return Row(self.basket, self.chain, machines, self.singles, self._pieces(free, chosen))

    def _pieces(
        self, free: tuple[int, ...], chosen: Sequence[tuple[Candidate, Way]]
    ) -> list[Piece]:
        classes = self.basket.classes
        row: list[Piece] = [
            (index, classes[index].price, count, -1, 0) for index, count in enumerate(free) if count
        ]
        for candidate, way in chosen:
            row += pieces_of(way, candidate, self.basket)
        places = self._places()
        row.sort(key=lambda piece: (places[piece[0]], piece[1], piece[3:]))
        if self.chain.from_cheap_end:
            # Counted from the cheap end, the first of equally priced pieces stand at the end.
            row.sort(key=lambda piece: (-classes[piece[0]].price, -piece[0]))
        return row

    def _places(self) -> dict[int, int]:
        """Where the walk meets each class."""
        if self.places is None:
            # What is capped is taken from the dearest on.
            along = any(
                (stack.promotion.only_unreduced or stack.cap is not None) and stack.mask & self.mask
                for stack in self.chain.bounded
            )
            order = list(bits(self.mask)) if along else walking_order(self.walked, self.mask)
            self.places = {index: place for place, index in enumerate(order)}
        return self.places
