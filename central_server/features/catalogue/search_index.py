"""What articles are found by, kept beside them: folded words, and marks for brand and category.

The same words go into the index and into a question, so both databases find the same. A question is a row of
beginnings of words that must all be there.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from central_server.features.catalogue import repository, search_repository
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.catalogue import category_paths

_WORD = re.compile(r"[a-z0-9]+")
_LONGEST = 24
_BATCH = 2_000


def folded(text: str) -> list[str]:
    """The words of a text without case, accents and signs: `Größe 38/32` is `grosse`, `38`, `32`."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return [word[:_LONGEST] for word in _WORD.findall(letters)]


def brand_mark(brand: str) -> str:
    """The one word that stands for a brand as a whole."""
    return _mark("zb", brand)


def category_mark(code: str) -> str:
    """The one word that stands for a category; articles carry those of the categories above, too."""
    return _mark("zc", code)


def _mark(kind: str, text: str) -> str:
    return kind + hashlib.sha256(text.encode()).hexdigest()[:14]


def refresh(unit: UnitOfWork, article_nos: Iterable[str]) -> None:
    """Bring the index up to what the catalogue says of these articles."""
    wanted = sorted(set(article_nos))
    for start in range(0, len(wanted), _BATCH):
        part = wanted[start : start + _BATCH]
        search_repository.put_words(unit, words_of(unit, part))


def fill(unit: UnitOfWork) -> int:
    """Index the articles that are not in the index yet; how many."""
    missing = search_repository.unindexed(unit)
    refresh(unit, missing)
    return len(missing)


def words_of(unit: ReadUnit, article_nos: list[str]) -> dict[str, str]:
    """The words under which each article is found."""
    rows = repository.articles(unit, article_nos)
    names = repository.names_of(unit, article_nos)
    bags: dict[str, list[str]] = {}
    for article_no, row in rows.items():
        code = row.category_code or ""
        texts = [article_no, row.brand, code, *names.get(article_no, {}).values()]
        bags[article_no] = [word for text in texts for word in folded(text)]
        bags[article_no] += [category_mark(path) for path in (category_paths(code) if code else ())]
        if row.brand:
            bags[article_no].append(brand_mark(row.brand))
    for one in repository.variants_of(unit, rows):
        bags[one.article_no] += folded(f"{one.sku} {one.colour}")
    return {article_no: " ".join(dict.fromkeys(bag)) for article_no, bag in bags.items()}
