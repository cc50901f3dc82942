"""The groups of a basket that need no walk: classes left to the stacks, and single ones that promotions share."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from shared.promotions.basket import Basket, bits
from shared.promotions.candidates import Candidate
from shared.promotions.chain import Chain
from shared.promotions.claims import Claims
from shared.promotions.labels import ClassKey, Label, Own, before, row_of
from shared.promotions.solution import Found
from shared.promotions.work import Work

_ALL = -1
"""Every bit: single pieces lose what they do whatever else is claimed."""


class _Seen:
    """Classes whose labels are seen by looking at them, in coordinates of the basket."""

    proven = True
    own: Own

    def claims(self, found: Found) -> Claims:
        """The claims and applications in the basket."""
        return found.claims()

    def row(self, found: Found) -> dict[int, ClassKey]:
        """What is known of each class."""
        return row_of(found.label)


class Rest(_Seen):
    """The classes that no promotion can claim: they are left to the stacks."""

    best = 0

    def __init__(self, mask: int, basket: Basket, chain: Chain) -> None:
        self.mask = mask
        self.basket = basket
        self.chain = chain
        self.own = Own(range(len(basket.classes)), _ALL)

    def labels(self, _slack: int, _work: Work) -> dict[int, Found]:
        """There is one way only, and it loses nothing."""
        label, used = Label(0, 0, 0, None), 0
        for index in bits(self.mask):
            piece = self.basket.classes[index]
            price, took = self.chain.final(index, piece.price)
            label = label.after(index, (-1, 0, 0, price, 0, -1), 0, piece.count)
            used |= took
        return {used: Found(label)}


class Plain(_Seen):
    """A class that only promotions for single pieces touch: solved by looking at it."""

    def __init__(self, index: int, basket: Basket, chain: Chain, ones: Sequence[Candidate]) -> None:
        self.index = index
        self.mask = 1 << index
        self.own = Own(range(len(basket.classes)), _ALL)
        self.count = basket.classes[index].count
        list_price = basket.classes[index].price
        free, free_took = chain.final(index, list_price)
        weight = chain.weights[index]
        options = [(0, -1, free, free_took)]
        for one in ones:
            price, took = chain.final(index, list_price - one.off[index])
            options.append(((free - price) * weight, one.bit, price, took | 1 << one.bit))
        self.options = sorted(options, key=lambda option: (-option[0], option[1]))
        self.best = self.options[0][0] * self.count

    def labels(self, slack: int, work: Work) -> dict[int, Found]:
        """As for a group: all pieces go to the best of the options used, but one for each of the others."""
        top = self.options[0][0]
        near = [option for option in self.options if top - option[0] <= slack]
        found: dict[int, Found] = {}
        for size in range(1, min(len(near), self.count) + 1):
            before_size = len(found)
            for used in combinations(near, size):
                work.spend(1)
                rest = self.count - size + 1
                loss = (top - used[0][0]) * rest + sum(top - option[0] for option in used[1:])
                if loss > slack:
                    continue
                label, mask = Label(loss, 0, 0, None), 0
                for place, (_, bit, price, took) in enumerate(used):
                    tag = (bit, 0, 0, price, 0, -1)
                    label = label.after(self.index, tag, loss, rest if place == 0 else 1)
                    mask |= took
                known = found.get(mask)
                if known is None or before(label, known.label):
                    found[mask] = Found(label)
            if len(found) == before_size:
                break
        return found
