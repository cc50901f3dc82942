"""The schema of `reference.db`: the SQLite file that the centre builds, signs and publishes and a till opens.

It is a wire format, so it stands here once: the centre creates it, the till reads it and applies feed rows to it.
A change of shape is a new `SCHEMA_VERSION`; tills then fetch a new file, there is no migration of reference data.
"""

from __future__ import annotations

from shared.catalogue import Item, fold

# 2: items carry their category in a column, so that a till can list and open categories.
# 3: the words of `search` are folded (ß as ss), so that "weiß" and "weiss" find the same.
# 4: promotions with their versions, how far limited ones are used up, and customers.
# 5: marks that customers are found by.
SCHEMA_VERSION = 5

# Every table that a feed fills keeps the row's scope and seq: the digest (shared.wire.digest) is worked out over them.
# A snapshot also carries its own position: feed_cursor('reference', <cursor of the snapshot>).
# `search` is a contentless FTS5 table whose rowid is item.id; prefix indexes serve typing. A row is taken out with
# FTS5's 'delete' command and the text it was put in with (`search_text` of the old payload): works on every SQLite.
TABLES = (
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE item(
        id INTEGER PRIMARY KEY,
        sku TEXT NOT NULL UNIQUE,
        article_no TEXT NOT NULL,
        category TEXT NOT NULL DEFAULT '',
        payload TEXT NOT NULL,
        scope TEXT NOT NULL DEFAULT 'chain',
        seq INTEGER NOT NULL)""",
    "CREATE TABLE barcode(code TEXT PRIMARY KEY, sku TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE price(
        sku TEXT NOT NULL,
        scope TEXT NOT NULL,
        payload TEXT NOT NULL,
        seq INTEGER NOT NULL,
        PRIMARY KEY(sku, scope)) WITHOUT ROWID""",
    """CREATE TABLE vat(
        key TEXT PRIMARY KEY, payload TEXT NOT NULL, scope TEXT NOT NULL DEFAULT 'chain', seq INTEGER NOT NULL
        ) WITHOUT ROWID""",
    """CREATE TABLE stock_level(
        sku TEXT NOT NULL, location TEXT NOT NULL, quantity_thousandths INTEGER NOT NULL,
        scope TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(sku, location)) WITHOUT ROWID""",
    """CREATE TABLE staff(
        staff_id TEXT PRIMARY KEY, payload TEXT NOT NULL, scope TEXT NOT NULL, seq INTEGER NOT NULL
        ) WITHOUT ROWID""",
    """CREATE TABLE config(
        key TEXT NOT NULL, scope TEXT NOT NULL, payload TEXT NOT NULL, seq INTEGER NOT NULL,
        PRIMARY KEY(key, scope)) WITHOUT ROWID""",
    # Versions that count have no `retired`.
    """CREATE TABLE promotion(
        id TEXT NOT NULL, version INTEGER NOT NULL, retired TEXT NOT NULL DEFAULT '', payload TEXT NOT NULL,
        scope TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(id, version)) WITHOUT ROWID""",
    """CREATE TABLE promotion_use(
        promotion_id TEXT PRIMARY KEY, uses INTEGER NOT NULL, amount INTEGER NOT NULL,
        scope TEXT NOT NULL, seq INTEGER NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE customer(
        number TEXT PRIMARY KEY, payload TEXT NOT NULL, scope TEXT NOT NULL, seq INTEGER NOT NULL
        ) WITHOUT ROWID""",
    # What a customer is found by, as numbers that only this till can make of words.
    "CREATE TABLE customer_mark(mark INTEGER, number TEXT, PRIMARY KEY(mark, number)) WITHOUT ROWID",
    "CREATE TABLE feed_cursor(feed TEXT PRIMARY KEY, cursor TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE feed_staging(
        id INTEGER PRIMARY KEY, feed TEXT NOT NULL, row TEXT NOT NULL)""",
    """CREATE TABLE row_quarantine(
        feed TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, scope TEXT NOT NULL, seq INTEGER NOT NULL,
        row TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY(feed, kind, key, scope)) WITHOUT ROWID""",
    """CREATE VIRTUAL TABLE search USING fts5(
        text, content='', prefix='1 2 3', tokenize='unicode61 remove_diacritics 2')""",
)

# How many letters of a word the prefix index of `search` holds at most: up to here SQLite streams what it finds,
# beyond it gathers every row of the prefix first.
INDEXED_LETTERS = 3

INDEXES = (
    "CREATE INDEX item_article ON item(article_no)",
    "CREATE INDEX item_category ON item(category, article_no)",
    "CREATE INDEX barcode_sku ON barcode(sku)",
    "CREATE INDEX promotion_seq ON promotion(seq)",
    "CREATE INDEX customer_mark_number ON customer_mark(number)",
    "CREATE INDEX feed_staging_feed ON feed_staging(feed, id)",
)


def search_text(item: Item) -> str:
    """The words under which an item is found while typing, folded: names, numbers, codes, brand, size and colour."""
    words = [
        *item.names.values(),
        item.sku,
        item.article_no,
        item.brand,
        item.size,
        item.colour,
        *item.barcodes,
    ]
    return fold(" ".join(dict.fromkeys(word for word in words if word)))
