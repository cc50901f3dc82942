"""Baskets that a promotion cannot tell apart: the same pieces at the same prices, as far as its selections look.

A promotion on one category sees of an article whether it is of that category, and nothing else. Reduced to that, many
receipts are the same basket, and what the promotion takes off one of them it takes off all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from shared.promotions.basket import piece_of, words_of
from shared.promotions.terms import BasketLine, Bundle, Condition, Promotion, Select

_UNIT = 1000

Piece = tuple[int, int, bool, bool, tuple[str, ...]]
"""Price and floor in minor units, whether it is discountable, whether it counts, and the words that are looked for."""
Pieces = tuple[tuple[Piece, int], ...]
"""The different pieces of a basket in a fixed order, each with its number."""


class Likeness:
    """What one promotion sees of baskets. It must not name lines of the receipt."""

    def __init__(self, promotion: Promotion) -> None:
        self._named = frozenset(_words(promotion))
        self._seen: dict[tuple[object, ...], tuple[str, ...]] = {}

    def of(self, lines: Iterable[BasketLine]) -> Pieces:
        """The pieces of a basket; two baskets with the same pieces cost the same with the promotion."""
        found: dict[Piece, int] = {}
        for line in lines:
            price, floor, count = piece_of(line)
            piece = (price, floor, line.discountable, line.counts, self._seen_of(line))
            found[piece] = found.get(piece, 0) + count
        return tuple(sorted(found.items()))

    def _seen_of(self, line: BasketLine) -> tuple[str, ...]:
        key = (line.sku, line.categories, line.brand, line.tags)
        seen = self._seen.get(key)
        if seen is None:
            seen = self._seen[key] = tuple(sorted(self._named.intersection(words_of(line))))
        return seen

    def forget(self) -> None:
        """Give back the memory of articles."""
        self._seen.clear()


def lines_of(pieces: Pieces) -> Sequence[BasketLine]:
    """A basket of these pieces, for pricing."""
    return [
        BasketLine(
            id=str(place),
            sku="".join(_of_kind("s:", words)),
            quantity=count * _UNIT,
            price=price,
            floor=floor,
            categories=tuple(_of_kind("c:", words)),
            brand=next(_of_kind("b:", words), None),
            tags=tuple(_of_kind("t:", words)),
            discountable=discountable,
            counts=counts,
        )
        for place, ((price, floor, discountable, counts, words), count) in enumerate(pieces)
    ]


def _of_kind(mark: str, words: Iterable[str]) -> Iterator[str]:
    return (word.removeprefix(mark) for word in words if word.startswith(mark))


def _words(promotion: Promotion) -> Iterator[str]:
    """Every word that some selection of the promotion looks for."""
    reward = promotion.reward
    yield from _words_of(promotion.take)
    if isinstance(reward, Bundle):
        for each in reward.sets:
            yield from _words_of(each.of)
    for condition in promotion.conditions:
        yield from _words_in(condition)


def _words_in(condition: Condition) -> Iterator[str]:
    yield from _words_of(condition.of)
    for inner in condition.any_of:
        yield from _words_in(inner)


def _words_of(select: Select) -> Iterator[str]:
    yield from (f"s:{sku}" for sku in select.skus)
    yield from (f"c:{category}" for category in select.categories)
    yield from (f"b:{brand}" for brand in select.brands)
    yield from (f"t:{tag}" for tag in select.tags)
    inner = (select.none_of,) if select.none_of is not None else ()
    for each in (*inner, *select.any_of, *select.all_of):
        yield from _words_of(each)
