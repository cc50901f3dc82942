"""Finding customers by their marks, and articles: by category, and while typing with an FTS5 prefix query, candidates
capped first and ranked then.

Ranking all hits of a short word in a million articles takes longer than a keystroke; ranking 200 does not. Nor may
SQLite gather a million rows for "mark" because every brand begins with it: the first letters, which have an index of
their own, are asked first and the rest is compared here; only where that leaves too little is the whole word asked.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from pos_client.storage.sqlite import Connection
from shared.catalogue import Item, search_words
from shared.wire.payloads import item_from_payload
from shared.wire.reference_schema import INDEXED_LETTERS, search_text

CANDIDATES = 200
_MOST_WORDS = 8
# Enough to tell a rare mark from one that thousands have.
_COUNTED = 2_000


def search_items(connection: Connection, text: str, limit: int) -> tuple[Item, ...]:
    """Articles whose words begin with every word of `text`; at most `CANDIDATES` are looked at for each question."""
    words = search_words(text[:200])[:_MOST_WORDS]
    if not words:
        return ()
    found = {item.sku: item for item in _exact(connection, text.strip())}
    for item in _candidates(connection, words, limit):
        found.setdefault(item.sku, item)
    wanted = text.strip().casefold()
    ranked = sorted(found.values(), key=lambda item: _rank(item, wanted, words))
    return tuple(ranked[:limit])


def _candidates(connection: Connection, words: tuple[str, ...], limit: int) -> list[Item]:
    whole = _asked(connection, " ".join(f'"{word}"' for word in words), limit)
    short = _asked(
        connection, " ".join(f'"{word[:INDEXED_LETTERS]}"*' for word in words), CANDIDATES
    )
    fitting = [item for item in short if _fits(item, words)]
    if len(short) == CANDIDATES and len(fitting) < limit:
        fitting = _asked(connection, " ".join(f'"{word}"*' for word in words), CANDIDATES)
    return whole + fitting


def _asked(connection: Connection, query: str, limit: int) -> list[Item]:
    rows = connection.execute(
        "SELECT payload FROM item WHERE id IN"
        " (SELECT rowid FROM search WHERE search MATCH ? LIMIT ?)",
        (query, limit),
    )
    return [item_from_payload(json.loads(row[0])) for row in rows]


def _fits(item: Item, words: tuple[str, ...]) -> bool:
    own = search_words(search_text(item))
    return all(any(has.startswith(word) for has in own) for word in words)


def categories(connection: Connection) -> tuple[tuple[str, int], ...]:
    """Each category with the number of its articles, by name; nothing in a file of an older release."""
    known = connection.execute(
        "SELECT 1 FROM pragma_table_info('item') WHERE name = 'category'"
    ).fetchone()
    if known is None:
        return ()
    rows = connection.execute(
        "SELECT category, count(*) FROM (SELECT DISTINCT category, article_no FROM item)"
        " GROUP BY category ORDER BY category"
    ).fetchall()
    return tuple((row[0], row[1]) for row in rows)


def category_items(
    connection: Connection, category: str, after: str, limit: int
) -> tuple[Item, ...]:
    """One variant of each article of a category, by article number behind `after`."""
    rows = connection.execute(
        "SELECT i.payload FROM (SELECT min(id) AS id, article_no FROM item WHERE category = ?"
        " AND article_no > ? GROUP BY article_no ORDER BY article_no LIMIT ?) first"
        " JOIN item i ON i.id = first.id ORDER BY first.article_no",
        (category, after, limit),
    ).fetchall()
    return tuple(item_from_payload(json.loads(row[0])) for row in rows)


def variant_counts(connection: Connection, article_numbers: Collection[str]) -> dict[str, int]:
    """How many variants each of these articles has."""
    marks = ",".join("?" * len(article_numbers))
    rows = connection.execute(
        f"SELECT article_no, count(*) FROM item WHERE article_no IN ({marks}) GROUP BY article_no",
        tuple(article_numbers),
    ).fetchall()
    return {row[0]: row[1] for row in rows}


def _exact(connection: Connection, text: str) -> list[Item]:
    """What the text names exactly: the cap must never hide it."""
    rows = connection.execute(
        "SELECT payload FROM item WHERE sku = ?1 OR article_no = ?1"
        " OR sku = (SELECT sku FROM barcode WHERE code = ?1) LIMIT 20",
        (text,),
    ).fetchall()
    return [item_from_payload(json.loads(row[0])) for row in rows]


def _rank(item: Item, text: str, words: tuple[str, ...]) -> tuple[int, int, str, str]:
    names = [name.casefold() for name in item.names.values()]
    if text in {item.sku.casefold(), item.article_no.casefold(), *item.barcodes}:
        best = 0
    elif any(name.startswith(text) for name in names):
        best = 1
    elif any(set(words) <= set(search_words(name)) for name in names):
        best = 2
    else:
        best = 3
    shortest = min((len(name) for name in names), default=0)
    return (best, shortest, names[0] if names else "", item.sku)


def customers_marked(
    connection: Connection, marks: Sequence[int], limit: int
) -> list[tuple[str, str]]:
    """Number and sealed payload of at most so many customers with all of these marks, the rarest mark asked first."""
    ordered = sorted(marks, key=lambda mark: _marked(connection, mark))
    others = "".join(
        " AND EXISTS (SELECT 1 FROM customer_mark o WHERE o.mark = ? AND o.number = m.number)"
        for _ in ordered[1:]
    )
    rows = connection.execute(
        "SELECT c.number, c.payload FROM customer_mark m JOIN customer c ON c.number = m.number"
        f" WHERE m.mark = ?{others} LIMIT ?",
        (*ordered, limit),
    )
    return [(str(number), str(payload)) for number, payload in rows]


def _marked(connection: Connection, mark: int) -> int:
    counted = "SELECT count(*) FROM (SELECT 1 FROM customer_mark WHERE mark = ? LIMIT ?)"
    return int(connection.execute(counted, (mark, _COUNTED)).fetchone()[0])
