"""What a bundle lacks to be filled once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from shared.promotions.basket import Basket
from shared.promotions.book import Entry
from shared.promotions.conditions import Missing
from shared.promotions.terms import Bundle


def may_serve(entry: Entry, bundle: Bundle, basket: Basket) -> list[int]:
    """The classes that each set of a bundle may use."""
    return [
        of.mask(basket)
        & (
            basket.counting
            if bundle.form == "reduce" and place != bundle.target
            else basket.discountable
        )
        for place, of in enumerate(entry.sets)
    ]


def short_sets(bundle: Bundle, serves: Sequence[int], pieces: dict[int, int]) -> list[Missing]:
    """What these pieces (class: count) lack to fill a bundle once."""
    numbers = range(len(serves))

    def short(group: Sequence[int]) -> int:
        mask = 0
        for number in group:
            mask |= serves[number]
        able = sum(count for index, count in pieces.items() if mask >> index & 1)
        return sum(bundle.sets[number].quantity for number in group) - able

    if any(serves[a] & serves[b] for a, b in combinations(numbers, 2)):
        most = max(short(group) for size in numbers for group in combinations(numbers, size + 1))
        return [{"quantity": most}] if most > 0 else []
    return [{"quantity": short([n]), "set": n} for n in numbers if short([n]) > 0]
