"""How many articles, customers and stores the brackets of a promotion's sentence stand for."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from central_server.backoffice.promotion_form import LISTS, GivenPromotion, words_of
from central_server.backoffice.shell import Reader
from central_server.features.catalogue.search import COUNTED, ArticleQuestion, find_articles
from central_server.features.catalogue.service import items
from central_server.features.customers.group_repository import count_customers, count_members
from central_server.platform.unit_of_work import ReadUnit

_MOST_QUESTIONS = 40


@dataclass(frozen=True, slots=True)
class Counts:
    """What stands small in the brackets; empty where nothing can be counted."""

    who: str = ""
    where: str = ""
    goods: str = ""


def counts_of(unit: ReadUnit, given: GivenPromotion, reader: Reader, stores: int) -> Counts:
    """The counts of a form as it is filled in; `stores` is how many there are."""
    return Counts(
        who=_customers(unit, given, reader),
        # Of a single store the name says it.
        where="" if len(given.stores) == 1 else reader.formats.whole(len(given.stores) or stores),
        goods=_articles(unit, given, reader),
    )


def _customers(unit: ReadUnit, given: GivenPromotion, reader: Reader) -> str:
    groups = words_of(given.who)
    if not groups:
        return ""
    number = count_customers(unit) if groups == ["*"] else count_members(unit, groups)
    return reader.formats.whole(number)


def _articles(unit: ReadUnit, given: GivenPromotion, reader: Reader) -> str:
    """Up to `COUNTED` articles of the categories and brands, or the single ones that exist.

    An article has one brand and stands in one place of the tree, so the parts are added up; tags are not counted.
    """
    skus, tags = words_of(given.skus), words_of(given.tags)
    categories, brands = _topmost(words_of(given.categories)), words_of(given.brands)
    if tags or not (skus or categories or brands) or (skus and (categories or brands)):
        return ""
    if skus:
        number = len(items(unit, skus))
    else:
        questions = list(product(brands or [""], categories or [""]))
        if len(questions) > _MOST_QUESTIONS:
            return ""
        number = 0
        for brand, category in questions:
            question = ArticleQuestion("", brand, category)
            number += find_articles(unit, question, reader.language, limit=1).count
            if number >= COUNTED:
                break
    said = f"{reader.formats.whole(min(number, COUNTED))}{'+' if number >= COUNTED else ''}"
    kept_out = any(words_of(getattr(given, f"not_{name}")) for name in LISTS)
    return f"≤\u00a0{said}" if kept_out and number else said


def _topmost(categories: list[str]) -> list[str]:
    """Those that lie in no other of them."""
    return [
        one
        for one in categories
        if not any(one.startswith(f"{other}>") for other in categories if other != one)
    ]
