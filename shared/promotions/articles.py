"""An article as promotions look at it, at the till and at the centre alike."""

from __future__ import annotations

from dataclasses import dataclass

from shared.catalogue import Item


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """What promotions look at in an article; the defaults are those of one that nobody knows any more."""

    categories: tuple[str, ...] = ()
    brand: str | None = None
    tags: tuple[str, ...] = ()
    discountable: bool = True


def article_facts(item: Item) -> ArticleFacts:
    """The facts of an item: its attributes are tags such as `colour=red`."""
    tags = tuple(f"{name}={value}" for name, value in sorted(item.attributes.items()))
    categories = (item.category,) if item.category else ()
    return ArticleFacts(categories, item.brand or None, tags, item.discountable)
