"""Finding articles: by category, and while typing with an FTS5 prefix query, candidates capped first and ranked then.

Ranking all hits of a short word in a million articles takes longer than a keystroke; ranking 200 does not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection

from pos_client.storage.sqlite import Connection
from shared.catalogue import Item
from shared.wire.payloads import item_from_payload

CANDIDATES = 200
_WORD = re.compile(r"\w+")
_MOST_WORDS = 8


def search_items(connection: Connection, text: str, limit: int) -> tuple[Item, ...]:
    """Articles whose words begin with every word of `text`."""
    words = _WORD.findall(text[:200].casefold())[:_MOST_WORDS]
    if not words:
        return ()
    query = " ".join(f'"{word}"*' for word in words)
    rows = connection.execute(
        "SELECT payload FROM item WHERE id IN"
        " (SELECT rowid FROM search WHERE search MATCH ? LIMIT ?)",
        (query, CANDIDATES),
    ).fetchall()
    exact = _exact(connection, text.strip())
    found = {item.sku: item for item in exact}
    for row in rows:
        item = item_from_payload(json.loads(row[0]))
        found.setdefault(item.sku, item)
    ranked = sorted(found.values(), key=lambda item: _rank(item, text.strip().casefold(), words))
    return tuple(ranked[:limit])


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


def _rank(item: Item, text: str, words: list[str]) -> tuple[int, int, str, str]:
    names = [name.casefold() for name in item.names.values()]
    if text in {item.sku.casefold(), item.article_no.casefold(), *item.barcodes}:
        best = 0
    elif any(name.startswith(text) for name in names):
        best = 1
    elif any(set(words) <= set(_WORD.findall(name)) for name in names):
        best = 2
    else:
        best = 3
    shortest = min((len(name) for name in names), default=0)
    return (best, shortest, names[0] if names else "", item.sku)
