"""Finding articles by words, brand and category among a million and more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from central_server.features.catalogue import repository, search_repository
from central_server.features.catalogue.search_index import brand_mark, category_mark, folded
from central_server.platform.unit_of_work import ReadUnit
from shared.catalogue import pick_text

COUNTED = 1_000
_MOST_WORDS = 8
_STREAMED = 500


@dataclass(frozen=True, slots=True)
class ArticleQuestion:
    """What is looked for: beginnings of words, a brand, a category with those below it. Empty asks for everything."""

    words: str = ""
    brand: str = ""
    category: str = ""

    def beginnings(self) -> list[str]:
        """What the index is asked."""
        found = folded(self.words)[:_MOST_WORDS]
        if self.brand:
            found.append(brand_mark(self.brand))
        if self.category:
            found.append(category_mark(self.category))
        return found


@dataclass(frozen=True, slots=True)
class ArticleHit:
    """An article in a list."""

    entry_id: int
    article_no: str
    name: str
    brand: str
    category: str
    vat_category: str
    variants: int
    sizes: tuple[str, ...]
    colours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """Some hits, the entry to go on after (None: that was all), and the count up to `COUNTED`."""

    hits: Sequence[ArticleHit]
    next_before: int | None
    count: int


def find_articles(
    unit: ReadUnit,
    question: ArticleQuestion,
    language: str,
    before: int | None = None,
    limit: int = 50,
) -> ArticlePage:
    """Articles that fit, newest first; names in `language` or the nearest there is."""
    beginnings = question.beginnings()
    if question.words.strip() and not folded(question.words):
        return ArticlePage((), None, 0)
    found, count = search_repository.page_and_count(unit, beginnings, before, limit + 1, COUNTED)
    shown = found[:limit]
    return ArticlePage(
        hits=_hits(unit, shown, language),
        next_before=shown[-1][0] if len(found) > limit else None,
        count=count,
    )


def article_numbers(unit: ReadUnit, question: ArticleQuestion) -> Iterator[str]:
    """The number of every article that fits, newest first."""
    beginnings = question.beginnings()
    before: int | None = None
    while found := search_repository.page(unit, beginnings, before, _STREAMED):
        yield from (number for _, number in found)
        before = found[-1][0]


def article_of_number(unit: ReadUnit, number: str) -> str | None:
    """The article whose number, sku or barcode was typed or scanned."""
    return search_repository.owner_of_number(unit, number.strip()[:90])


def _hits(unit: ReadUnit, found: Sequence[tuple[int, str]], language: str) -> list[ArticleHit]:
    numbers = [number for _, number in found]
    rows = repository.articles(unit, numbers)
    names = repository.names_of(unit, numbers)
    variants: dict[str, list[tuple[str, str]]] = {}
    for one in repository.variants_of(unit, numbers):
        if one.active:
            variants.setdefault(one.article_no, []).append((one.size, one.colour))
    hits = []
    for entry_id, number in found:
        row, own = rows[number], variants.get(number, [])
        hits.append(
            ArticleHit(
                entry_id=entry_id,
                article_no=number,
                name=pick_text(names.get(number, {}), language) or number,
                brand=row.brand,
                category=row.category_code or "",
                vat_category=row.vat_category,
                variants=len(own),
                sizes=tuple(dict.fromkeys(size for size, _ in own if size)),
                colours=tuple(dict.fromkeys(colour for _, colour in own if colour)),
            )
        )
    return hits
