"""An article as promotions look at it, at the till and at the centre alike."""

from __future__ import annotations

from dataclasses import dataclass

from shared.catalogue import CATEGORY_SEPARATOR, Item, category_paths


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
    return ArticleFacts(categories_of(item.category), item.brand or None, tags, item.discountable)


def categories_of(path: str) -> tuple[str, ...]:
    """What a promotion may call the category `Women>Trousers>Jeans`: it and all those above it, each by its path and
    by its own name. Nothing for an article without one.
    """
    paths = category_paths(path)
    names = (each.rpartition(CATEGORY_SEPARATOR)[2] for each in paths)
    return tuple(dict.fromkeys(each for each in (*paths, *names) if each))
