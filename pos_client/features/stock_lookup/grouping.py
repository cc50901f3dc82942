"""Variants put together by article, and sizes in the order of the trade."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.catalogue import Item

_WORD = re.compile(r"\w+")
_LETTERS = ("xxxs", "xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl", "2xl", "3xl", "4xl", "5xl")
_NUMBER = re.compile(r"\D*(\d+)(?:\D+(\d+))?")


@dataclass(frozen=True, slots=True)
class Hit:
    """A variant that stands for its article, or (`named`) for itself."""

    item: Item
    named: bool = False


def group_hits(items: Sequence[Item], text: str) -> list[Hit]:
    """One hit for each article, in the order of its best variant.

    A variant stands for itself if it alone was found, or if it alone carries a size or colour that the text names.
    """
    typed = text.strip().casefold()
    words = set(_WORD.findall(typed))
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.article_no, []).append(item)
    hits = []
    for group in groups.values():
        exact = [item for item in group if typed in {item.sku.casefold(), *item.barcodes}]
        named = exact or [item for item in group if _names(item, words)]
        best = max((_named_words(item, words) for item in named), default=0)
        named = [item for item in named if _named_words(item, words) == best]
        if len(named) == 1:
            hits.append(Hit(named[0], named=True))
        else:
            hits.append(Hit(group[0]))
    return hits


def _named_words(item: Item, words: set[str]) -> int:
    return len(words & set(_WORD.findall(f"{item.size} {item.colour}".casefold())))


def _names(item: Item, words: set[str]) -> bool:
    """Whether a word is the variant's size or colour, and not just the beginning of it."""
    return _named_words(item, words) > 0


def in_size_order(sizes: Iterable[str]) -> tuple[str, ...]:
    """Each size once: S before M before L, 36 before 38, W29/L32 before W30/L30."""
    return tuple(sorted(set(sizes), key=_size_key))


def _size_key(size: str) -> tuple[int, int, int, str]:
    plain = size.strip().casefold()
    if plain in _LETTERS:
        return (0, _LETTERS.index(plain), 0, plain)
    match = _NUMBER.match(plain)
    if match is not None:
        return (1, int(match[1]), int(match[2] or 0), plain)
    return (2, 0, 0, plain)
