"""SQL of the article index: the full-text search of each database, newest articles first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select, text

from central_server.features.catalogue.tables import article, article_search, barcode, variant
from central_server.platform.database import among, bulk_insert, is_postgresql
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork

_SQLITE_PAGE = text(
    "SELECT s.entry_id, s.article_no FROM article_words f"
    " JOIN article_search s ON s.entry_id = f.rowid"
    " WHERE article_words MATCH :question AND f.rowid < :before ORDER BY f.rowid DESC LIMIT :limit"
)
_POSTGRES_PAGE = text(
    "SELECT entry_id, article_no FROM article_search"
    " WHERE lexemes @@ CAST(:question AS tsquery) AND entry_id < :before"
    " ORDER BY entry_id DESC LIMIT :limit"
)
_SQLITE_SOME = text(
    "SELECT rowid FROM article_words WHERE article_words MATCH :question"
    " ORDER BY rowid DESC LIMIT :most"
)
_POSTGRES_SOME = text(
    "SELECT entry_id FROM article_search WHERE lexemes @@ CAST(:question AS tsquery) LIMIT :most"
)
_ENDLESS = 2**62


def put_words(unit: UnitOfWork, words: Mapping[str, str]) -> None:
    """Write the words of articles, new and known ones."""
    if not words:
        return
    query = select(article_search.c.article_no, article_search.c.words).where(
        among(unit.connection, article_search.c.article_no, words)
    )
    present = {row[0]: row[1] for row in unit.connection.execute(query)}
    changed = [
        {"k_article_no": number, "words": bag}
        for number, bag in words.items()
        if number in present and present[number] != bag
    ]
    if changed:
        statement = article_search.update().where(
            article_search.c.article_no == bindparam("k_article_no")
        )
        unit.connection.execute(statement.values(words=bindparam("words")), changed)
    new = [
        {"article_no": number, "words": bag}
        for number, bag in words.items()
        if number not in present
    ]
    bulk_insert(unit.connection, article_search, new)


def unindexed(unit: ReadUnit) -> list[str]:
    """The articles that are not in the index."""
    known = select(article_search.c.article_no)
    query = select(article.c.article_no).where(article.c.article_no.not_in(known))
    return list(unit.connection.execute(query).scalars())


def page(
    unit: ReadUnit, beginnings: Sequence[str], before: int | None, limit: int
) -> list[tuple[int, str]]:
    """Entry and article number of what has words with all these beginnings, newest first; all for none."""
    if not beginnings:
        table = article_search.c
        query = select(table.entry_id, table.article_no).order_by(table.entry_id.desc())
        if before is not None:
            query = query.where(table.entry_id < before)
        return [(row[0], row[1]) for row in unit.connection.execute(query.limit(limit))]
    statement = _POSTGRES_PAGE if is_postgresql(unit.connection) else _SQLITE_PAGE
    given = {
        "question": _question(unit, beginnings),
        "before": _ENDLESS if before is None else before,
        "limit": limit,
    }
    return [(row[0], row[1]) for row in unit.connection.execute(statement, given)]


def page_and_count(
    unit: ReadUnit, beginnings: Sequence[str], before: int | None, limit: int, most: int
) -> tuple[list[tuple[int, str]], int]:
    """`page`, and how many there are over all pages; `most` stands for that many or more.

    Words that are common each are slow to bring together: it is done once wherever once is enough.
    """
    some = _some(unit, beginnings, most)
    left = sorted((one for one in some if before is None or one < before), reverse=True)
    # SQLite gives the newest ones. PostgreSQL gives any: putting so many in order costs it more than a page does.
    known = len(some) < most or (not is_postgresql(unit.connection) and len(left) >= limit)
    found = _numbers_of(unit, left[:limit]) if known else page(unit, beginnings, before, limit)
    return found, len(some)


def _some(unit: ReadUnit, beginnings: Sequence[str], most: int) -> list[int]:
    if not beginnings:
        newest = select(article_search.c.entry_id).order_by(article_search.c.entry_id.desc())
        return list(unit.connection.execute(newest.limit(most)).scalars())
    statement = _POSTGRES_SOME if is_postgresql(unit.connection) else _SQLITE_SOME
    given = {"question": _question(unit, beginnings), "most": most}
    return list(unit.connection.execute(statement, given).scalars())


def _numbers_of(unit: ReadUnit, entries: Sequence[int]) -> list[tuple[int, str]]:
    table = article_search.c
    query = select(table.entry_id, table.article_no).where(table.entry_id.in_(entries))
    rows = unit.connection.execute(query.order_by(table.entry_id.desc()))
    return [(row[0], row[1]) for row in rows]


def owner_of_number(unit: ReadUnit, number: str) -> str | None:
    """The article whose number, sku or barcode this is exactly."""
    for query in (
        select(article.c.article_no).where(article.c.article_no == number),
        select(variant.c.article_no).where(variant.c.sku == number),
        select(variant.c.article_no)
        .join(barcode, barcode.c.sku == variant.c.sku)
        .where(barcode.c.code == number),
    ):
        found: str | None = unit.connection.execute(query).scalar_one_or_none()
        if found is not None:
            return found
    return None


def _question(unit: ReadUnit, beginnings: Sequence[str]) -> str:
    # Beginnings are letters and digits only, so nothing in them means anything to either database.
    if is_postgresql(unit.connection):
        return " & ".join(f"{word}:*" for word in beginnings)
    return " AND ".join(f'"{word}"*' for word in beginnings)
