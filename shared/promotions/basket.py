"""A basket as classes of equal pieces in the order of the row: dearest first, lower floor, sku, line order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from shared.promotions.terms import BasketLine

_UNIT = 1000


@dataclass(slots=True)
class PieceClass:
    """Pieces that nothing tells apart. `price` and `floor` of one piece; `lines` = (place of the line, pieces)."""

    sku: str
    price: int
    floor: int
    discountable: bool
    counts: bool
    count: int = 0
    lines: list[tuple[int, int]] = field(default_factory=list)


class Basket:
    """The classes of a basket, and for each word of a selection the set of classes that carry it.

    A set of classes is a bit mask: bit i stands for `classes[i]`. With `split` every line is a class of its own,
    for promotions that name lines.
    """

    def __init__(self, lines: Sequence[BasketLine], *, split: bool = False) -> None:
        self.lines = lines
        self.classes: list[PieceClass] = []
        self.posted: dict[str, int] = {}
        self.discountable = 0
        self.counting = 0
        self._values: dict[int, int] = {}
        self._gather(split)

    def _gather(self, split: bool) -> None:
        found: dict[tuple[object, ...], tuple[PieceClass, BasketLine]] = {}
        for place, line in enumerate(self.lines):
            price, floor, count = piece_of(line)
            key = (
                line.sku, price, floor, line.discountable, line.counts, line.categories, line.brand,
                line.tags, place if split else -1,
            )  # fmt: skip
            if key not in found:
                piece = PieceClass(line.sku, price, floor, line.discountable, line.counts)
                found[key] = (piece, line)
            piece = found[key][0]
            piece.count += count
            piece.lines.append((place, count))
        ordered = sorted(
            found.values(), key=lambda e: (-e[0].price, e[0].floor, e[0].sku, e[0].lines[0][0])
        )
        posted = self.posted
        for index, (piece, line) in enumerate(ordered):
            bit = 1 << index
            self.classes.append(piece)
            if piece.discountable and piece.counts:
                self.discountable |= bit
            if not piece.counts:
                continue
            self.counting |= bit
            for word in words_of(line):
                posted[word] = posted.get(word, 0) | bit
            if split:
                posted[f"l:{line.id}"] = bit

    def part(self, indices: Sequence[int]) -> Basket:
        """The basket of some of the classes, counted from 0; its selections are not carried over."""
        found = Basket(())
        found.classes = [self.classes[index] for index in indices]
        return found

    @property
    def everything(self) -> int:
        """The mask of all classes."""
        return (1 << len(self.classes)) - 1

    @property
    def list_total(self) -> int:
        """What the basket costs before promotions."""
        return self.value(self.everything)

    def value(self, mask: int) -> int:
        """List value of the pieces of some classes."""
        found = self._values.get(mask)
        if found is None:
            classes = self.classes
            found = sum([classes[i].price * classes[i].count for i in bits(mask)])
            self._values[mask] = found
        return found

    def pieces(self, mask: int) -> int:
        """Number of the pieces of some classes."""
        return sum([self.classes[i].count for i in bits(mask)])


def piece_of(line: BasketLine) -> tuple[int, int, int]:
    """Price and floor of one piece of a line, and how many it has; a weighed line is one piece."""
    if line.quantity % _UNIT == 0:
        price, floor, count = line.price, line.floor, line.quantity // _UNIT
    else:
        price = (2 * line.price * line.quantity + _UNIT) // (2 * _UNIT)
        floor = (2 * line.floor * line.quantity + _UNIT) // (2 * _UNIT)
        count = 1
    return price, min(price, floor), count


def words_of(line: BasketLine) -> Iterator[str]:
    """The words that selections find a line by, the line's own id apart."""
    yield f"s:{line.sku}"
    if line.brand is not None:
        yield f"b:{line.brand}"
    for category in line.categories:
        yield f"c:{category}"
    for tag in line.tags:
        yield f"t:{tag}"


@lru_cache(maxsize=2_048)
def bits(mask: int) -> tuple[int, ...]:
    """The places of the bits that are set, ascending. A search asks for the same few hundred masks all the time."""
    found: list[int] = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return tuple(found)
