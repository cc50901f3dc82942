"""Reference data for tills: import, snapshot, install, and how soon a price change arrives."""

from __future__ import annotations

import gzip
import random
import shutil
import sqlite3
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from central_server.app.composition import compose
from central_server.features.pricing.service import set_price
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import run_writing
from pos_client.storage.reference import Reference
from pos_client.storage.reference_files import ReferenceFiles
from shared.pricing import PriceEntry, PriceQuestion
from shared.wire.reference_schema import INDEXES, TABLES
from tests.bench.big_chain import STORE, BigChain, big_chain, following, sku_of
from tests.bench.figures import Figure, percentile, stopwatch

CHANGES = 10


def run(articles: int) -> list[Figure]:
    """All steps of one chain."""
    chain = big_chain(articles)
    seconds = chain.seconds
    plain_build, plain_gunzip = _plain_file(chain)
    return [
        Figure(
            f"import {articles:,} articles",
            seconds["import"],
            "s",
            "CSV into one bare table",
            _plain_import(chain),
        ),
        Figure(
            "snapshot built",
            seconds["snapshot"],
            "s",
            "same rows, plain inserts, gzip",
            plain_build,
            "60 s",
        ),
        Figure(
            "snapshot installed at a till",
            seconds["install"],
            "s",
            "gunzip of it",
            plain_gunzip,
            "30 s",
        ),
        *_price_change(chain),
    ]


def _plain_import(chain: BigChain) -> float:
    import csv

    with tempfile.TemporaryDirectory(dir=chain.home) as folder, stopwatch() as seconds:
        bare = sqlite3.connect(Path(folder) / "bare.db")
        bare.execute("CREATE TABLE row(a TEXT PRIMARY KEY, b, c, d, e, f, g, h, i)")
        with chain.catalogue.open(encoding="utf-8", newline="") as file:
            bare.executemany("INSERT INTO row VALUES (?,?,?,?,?,?,?,?,?)", csv.reader(file))
        bare.commit()
        bare.close()
    return seconds[0]


def _plain_file(chain: BigChain) -> tuple[float, float]:
    """Seconds to write the rows of the reference file plainly and pack them, and to unpack that."""
    current = ReferenceFiles(chain.till.reference).current()
    assert current is not None
    source = sqlite3.connect(f"file:{current}?mode=ro", uri=True)
    with tempfile.TemporaryDirectory(dir=chain.home) as folder:
        path, packed = Path(folder) / "bare.db", Path(folder) / "bare.gz"
        with stopwatch() as build:
            bare = sqlite3.connect(path)
            for statement in TABLES:
                bare.execute(statement)
            for table in ("item", "barcode", "price"):
                rows = source.execute(f"SELECT * FROM {table}")
                marks = ",".join("?" * len(rows.description))
                bare.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
            bare.execute("INSERT INTO search(rowid, text) SELECT id, payload FROM item")
            for statement in INDEXES:
                bare.execute(statement)
            bare.commit()
            bare.close()
            with path.open("rb") as raw, gzip.open(packed, "wb", compresslevel=1) as out:
                shutil.copyfileobj(raw, out, 1 << 20)
        with stopwatch() as unpack, gzip.open(packed, "rb") as raw, path.open("wb") as out:
            shutil.copyfileobj(raw, out, 1 << 20)
    source.close()
    return build[0], unpack[0]


def _price_change(chain: BigChain) -> list[Figure]:
    context = compose(Settings(home=chain.home))
    reference = Reference(ReferenceFiles(chain.till.reference))
    chance = random.Random(5)
    taken = []
    with following(chain):
        time.sleep(3)
        for number in range(CHANGES):
            sku, amount = sku_of(chance.randrange(chain.articles)), 111_100 + number
            now = context.business_clock.now()
            entry = PriceEntry(sku, "market:DE", amount, "EUR", now)
            run_writing(context.database, lambda unit, e=entry, n=now: set_price(unit, e, n))
            started = time.monotonic()
            ask = PriceQuestion(STORE, "DE", "EUR", now + timedelta(seconds=1))
            while time.monotonic() - started < 30:
                found = reference.price(sku, ask)
                if found is not None and found.amount == amount:
                    break
                time.sleep(0.01)
            taken.append(time.monotonic() - started)
            time.sleep(chance.random())
    reference.close()
    context.database.dispose()
    tick = 0.2  # the sequencer's: what a change waits at most before it has a number
    return [
        Figure(
            "price change to a connected till, median",
            percentile(taken, 0.5),
            "s",
            "sequencer tick",
            tick,
            "2 s",
        ),
        Figure(
            "price change to a connected till, longest",
            max(taken),
            "s",
            "sequencer tick",
            tick,
            "2 s",
        ),
    ]
