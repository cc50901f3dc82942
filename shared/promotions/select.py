"""Selections made ready: the words a line must carry, looked up in a basket as bit operations."""

from __future__ import annotations

from dataclasses import dataclass

from shared.promotions.basket import Basket, bits
from shared.promotions.terms import Select


@dataclass(frozen=True, slots=True)
class Picker:
    """A SELECT made ready. `words`: one set for each key, all of them must be met by one word.

    `anchor` holds words of which a matching piece must carry at least one; None: nothing is known beforehand.
    """

    words: tuple[frozenset[str], ...]
    at_least: int | None
    at_most: int | None
    none_of: Picker | None
    any_of: tuple[Picker, ...]
    all_of: tuple[Picker, ...]
    anchor: frozenset[str] | None

    def mask(self, basket: Basket) -> int:
        """The classes of the basket it matches; pieces that do not count are never among them."""
        found = basket.counting
        posted = basket.posted
        for words in self.words:
            here = 0
            if len(words) <= len(posted):
                for word in words:
                    here |= posted.get(word, 0)
            else:
                for word, mask in posted.items():
                    if word in words:
                        here |= mask
            found &= here
        if found and (self.at_least is not None or self.at_most is not None):
            found = self._priced(basket, found)
        if found and self.any_of:
            here = 0
            for picker in self.any_of:
                here |= picker.mask(basket)
            found &= here
        for picker in self.all_of:
            found &= picker.mask(basket)
        if found and self.none_of is not None:
            found &= ~self.none_of.mask(basket)
        return found

    def _priced(self, basket: Basket, mask: int) -> int:
        low = -1 if self.at_least is None else self.at_least
        for i in bits(mask):
            price = basket.classes[i].price
            if price < low or (self.at_most is not None and price > self.at_most):
                mask ^= 1 << i
        return mask


def picker(select: Select) -> Picker:
    """The selection made ready."""
    named = (
        ("s", select.skus), ("c", select.categories), ("b", select.brands), ("t", select.tags),
        ("l", select.lines),
    )  # fmt: skip
    words = tuple(
        frozenset(f"{kind}:{value}" for value in values) for kind, values in named if values
    )
    any_of = tuple(picker(inner) for inner in select.any_of)
    all_of = tuple(picker(inner) for inner in select.all_of)
    return Picker(
        words,
        select.at_least,
        select.at_most,
        picker(select.none_of) if select.none_of is not None else None,
        any_of,
        all_of,
        _anchor(words, any_of, all_of),
    )


def _anchor(
    words: tuple[frozenset[str], ...], any_of: tuple[Picker, ...], all_of: tuple[Picker, ...]
) -> frozenset[str] | None:
    candidates = [*words, *(inner.anchor for inner in all_of if inner.anchor is not None)]
    if any_of and all(inner.anchor is not None for inner in any_of):
        candidates.append(frozenset().union(*(inner.anchor or () for inner in any_of)))
    return min(candidates, key=lambda c: (len(c), sorted(c))) if candidates else None
