"""The published promotions made ready once: what each needs, and which of them a basket can touch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shared.promotions.basket import Basket
from shared.promotions.select import Picker, picker
from shared.promotions.terms import EVERYTHING, Bundle, Condition, Context, Promotion, Select


@dataclass(frozen=True, slots=True)
class Need:
    """A condition of `if` made ready."""

    spend: int | None
    quantity: int | None
    of: Picker
    on_list: bool
    any_of: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A promotion of the book: itself, its selections made ready, its place in the order of ids."""

    promotion: Promotion
    take: Picker
    sets: tuple[Picker, ...]
    needs: tuple[Need, ...]
    rank: int

    @property
    def flat_needs(self) -> Iterator[Need]:
        """The conditions that ask for something, those inside `any` too."""
        return flattened(self.needs)


class Book:
    """An immutable set of promotions with its index. Cost of a basket grows with what it touches only."""

    def __init__(self, promotions: Iterable[Promotion]) -> None:
        ordered = sorted(promotions, key=lambda promotion: promotion.id)
        self.entries = tuple(_entry(promotion, rank) for rank, promotion in enumerate(ordered))
        self.names_lines = any(_names_lines(entry.promotion) for entry in self.entries)
        self._index: dict[str, list[Entry]] = {}
        self._always: list[Entry] = []
        self._near: dict[str, list[Entry]] | None = None
        self._near_always: list[Entry] = []
        for entry in self.entries:
            self._file(entry)

    def _file(self, entry: Entry) -> None:
        codes = entry.promotion.when.codes
        words = frozenset(f"k:{code}" for code in codes) if codes else _narrowest(entry)
        if words is None:
            self._always.append(entry)
        for word in words or ():
            self._index.setdefault(word, []).append(entry)

    def touching(self, basket: Basket, context: Context) -> list[Entry]:
        """The promotions that may take something of this basket, by id."""
        words = [*basket.posted, *(f"k:{code}" for code in context.codes)]
        return _gathered(self._index, self._always, words)

    def near(self, basket: Basket) -> list[Entry]:
        """The promotions with a piece of this basket in what they take, in a set or in a condition, by id."""
        if self._near is None:
            self._near = {}
            for entry in self.entries:
                anchors = [entry.take.anchor] if not entry.sets else []
                anchors += [of.anchor for of in entry.sets]
                anchors += [need.of.anchor for need in entry.flat_needs]
                if any(anchor is None for anchor in anchors):
                    self._near_always.append(entry)
                else:
                    for word in frozenset().union(*(anchor or () for anchor in anchors)):
                        self._near.setdefault(word, []).append(entry)
        return _gathered(self._near, self._near_always, basket.posted)


def _gathered(
    index: dict[str, list[Entry]], always: list[Entry], words: Iterable[str]
) -> list[Entry]:
    found = {entry.rank: entry for entry in always}
    for word in words:
        for entry in index.get(word, ()):
            found[entry.rank] = entry
    return [found[rank] for rank in sorted(found)]


def _narrowest(entry: Entry) -> frozenset[str] | None:
    """All sets of a bundle must be filled, so the set with the fewest words is enough to find it."""
    if not entry.sets:
        return entry.take.anchor
    anchors = [of.anchor for of in entry.sets if of.anchor is not None]
    return min(anchors, key=lambda words: (len(words), sorted(words))) if anchors else None


def flattened(needs: Iterable[Need]) -> Iterator[Need]:
    """The conditions that ask for something, those inside `any` too."""
    for need in needs:
        if need.any_of:
            yield from flattened(need.any_of)
        else:
            yield need


def _entry(promotion: Promotion, rank: int) -> Entry:
    bundle = promotion.reward if isinstance(promotion.reward, Bundle) else None
    sets = tuple(picker(each.of) for each in bundle.sets) if bundle else ()
    needs = tuple(_need(condition) for condition in promotion.conditions)
    return Entry(promotion, _known(promotion.take), sets, needs, rank)


def _need(condition: Condition) -> Need:
    inner = tuple(_need(each) for each in condition.any_of)
    return Need(condition.spend, condition.quantity, _known(condition.of), condition.on_list, inner)


_ALL = picker(EVERYTHING)


def _known(select: Select) -> Picker:
    return _ALL if select is EVERYTHING else picker(select)


def _names_lines(promotion: Promotion) -> bool:
    reward = promotion.reward
    selects = [promotion.take, *(c.of for c in _conditions(promotion.conditions))]
    if isinstance(reward, Bundle):
        selects += [each.of for each in reward.sets]
    return any(select.names_lines for select in selects)


def _conditions(conditions: Iterable[Condition]) -> Iterator[Condition]:
    for condition in conditions:
        yield condition
        yield from _conditions(condition.any_of)
