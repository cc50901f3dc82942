"""A till with very many articles: scan, search, completed sale; each beside the bare SQLite statement."""

from __future__ import annotations

import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pos_client.app.composition import Till, open_till
from pos_client.ports import Operator
from pos_client.storage.reference_files import ReferenceFiles
from pos_client.storage.sqlite import connect
from tests.bench.big_chain import barcode_of, big_chain
from tests.bench.figures import Figure, percentile

LOOKUPS = 5_000
SALES = 1_000
WORDS = (
    "hemd falkau 12",
    "brocken",
    "marke 7 rot",
    "a00012",
    "rock eider xl",
    "mantel 55",
    "wiesent schwarz 38",
)


def run(articles: int) -> list[Figure]:
    """All figures of one till."""
    chain = big_chain(articles)
    till = open_till(chain.till.root)
    till.recorder.sign_on(Operator("101", "Bench", "cashier", "de"))
    path = ReferenceFiles(chain.till.reference).current()
    assert path is not None
    bare = connect(path, synchronous="NORMAL", read_only=True)
    try:
        return [*_scan(till, bare, articles), *_search(till, bare), *_sale(till, articles)]
    finally:
        bare.close()
        till.close()


def _samples(work: Callable[[], object], count: int) -> list[float]:
    taken = []
    for _ in range(count):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def _both(name: str, own: list[float], bare: list[float], against: str, aim: str) -> list[Figure]:
    return [
        Figure(
            f"{name}, {label}", percentile(own, share), "ms", against, percentile(bare, share), aim
        )
        for label, share in (("median", 0.5), ("p99", 0.99))
    ]


def _scan(till: Till, bare: sqlite3.Connection, articles: int) -> list[Figure]:
    chance = random.Random(2)
    codes = [barcode_of(chance.randrange(articles)) for _ in range(LOOKUPS)]
    own, plain = iter(codes), iter(codes)
    query = "SELECT i.payload FROM barcode b JOIN item i ON i.sku = b.sku WHERE b.code = ?"
    return _both(
        "scan to article",
        _samples(lambda: till.reference.find(next(own)), LOOKUPS),
        _samples(lambda: bare.execute(query, (next(plain),)).fetchone(), LOOKUPS),
        "bare SELECT",
        "1 ms",
    )


def _search(till: Till, bare: sqlite3.Connection) -> list[Figure]:
    typed = [
        text[:end] for text in WORDS for end in range(1, len(text) + 1) if text[end - 1] != " "
    ]
    keys = [text for text in typed for _ in range(5)]
    own, plain = iter(keys), iter(keys)
    query = "SELECT rowid FROM search WHERE search MATCH ? LIMIT 50"

    def raw() -> None:
        words = " ".join(f'"{word}"*' for word in next(plain).split())
        bare.execute(query, (words,)).fetchall()

    return _both(
        "keystroke to results",
        _samples(lambda: till.lookup.on_search(next(own)), len(keys)),
        _samples(raw, len(keys)),
        "bare FTS5 query",
        "p99 30 ms",
    )


def _sale(till: Till, articles: int) -> list[Figure]:
    chance = random.Random(3)

    def prepare() -> None:
        for _ in range(3):
            till.basket.on_scan(barcode_of(chance.randrange(articles)))
        till.payment.on_cash()

    own = []
    for _ in range(SALES):
        prepare()
        started = time.perf_counter()
        till.payment.on_finish()
        own.append((time.perf_counter() - started) * 1000)
    body = till.journal.events(till.journal.head.seq, 1)[0].body
    with tempfile.TemporaryDirectory(dir=till.paths.root) as folder:
        bare = connect(Path(folder) / "bare.db", synchronous="FULL")
        bare.execute("CREATE TABLE event(seq INTEGER PRIMARY KEY, body BLOB)")

        def insert() -> None:
            bare.execute("BEGIN IMMEDIATE")
            bare.execute("INSERT INTO event(body) VALUES (?)", (body,))
            bare.execute("COMMIT")

        plain = _samples(insert, SALES)
        bare.close()
    return _both("sale completed, on disk", own, plain, "one row, synchronous=FULL", "p99 20 ms")
