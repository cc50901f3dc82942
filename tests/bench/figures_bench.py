"""How long the figures of a period take over many receipt lines, and how that grows with their number.

1,000,000 lines (1 %) by default, 20,000 with `--small`, 10,000,000 with `--long`, 100,000,000 with `--full`, which
wants the disk for it.
"""

from __future__ import annotations

import math
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from central_server.app.schema import upgrade
from central_server.features.reporting import board
from central_server.features.reporting.board import By, Question
from central_server.features.reporting.cells import make_again
from central_server.features.reporting.periods import Grain, period_of
from central_server.features.sales.tables import sale, sale_line, sale_tender, sale_vat
from central_server.features.stores.service import Store, add_store
from central_server.platform.database import Database, bulk_insert, open_database
from central_server.platform.unit_of_work import reading, writing
from shared.identity import StoreId
from tests.bench.figures import Figure, percentile, stopwatch
from tests.support.postgres import empty_database, running_server

SIZES = {"small": 20_000, "": 1_000_000, "long": 10_000_000, "full": 100_000_000}
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
TODAY = NOW.date()
DAYS = 730
STORES = 100
ARTICLES = 20_000
# Of a receipt line with its share of receipt, VAT, tender and cells, on either database.
BYTES_A_LINE = 600
_LINES = 4
_TIMES = 15
QUESTIONS = (
    (Grain.YEAR, By.ARTICLE),
    (Grain.YEAR, By.STORE),
    (Grain.YEAR, By.CATEGORY),
    (Grain.MONTH, By.ARTICLE),
    (Grain.WEEK, By.ARTICLE),
    (Grain.DAY, By.CATEGORY),
    (Grain.DAY, By.TIME),
)


def run(lines: int) -> list[Figure]:
    """The figures of both databases, at a tenth of the lines and at all of them."""
    folder = Path(tempfile.gettempdir())
    needed, free = lines * BYTES_A_LINE, shutil.disk_usage(folder).free
    if needed > free:
        raise SystemExit(
            f"figures: {lines:,} lines need about {needed / 1e9:.0f} GB in {folder}, and {free / 1e9:.0f} GB are free;"
            " name another folder in TMPDIR"
        )
    with tempfile.TemporaryDirectory() as place:
        figures = _growth("SQLite", lines, lambda count: f"sqlite:///{Path(place) / f'{count}.db'}")
    with running_server() as server, ExitStack() as databases:
        figures += _growth(
            "PostgreSQL", lines, lambda _count: databases.enter_context(empty_database(server))
        )
    return figures


def _growth(name: str, lines: int, place: Callable[[int], str]) -> list[Figure]:
    """The figures at a tenth of the lines and at all of them, and how they grow; `place` gives an empty database."""
    figures: list[Figure] = []
    medians: dict[int, dict[str, float]] = {}
    for count in (lines // 10, lines):
        database = open_database(place(count))
        found, medians[count] = measured(name, database, count)
        figures += found
        database.dispose()
    for asked, after in medians[lines].items():
        exponent = math.log10(after / medians[lines // 10][asked])
        figures.append(
            Figure(f"growth exponent of {asked}, {name}", exponent, "", aim="well under 1")
        )
    return figures


def measured(name: str, database: Database, lines: int) -> tuple[list[Figure], dict[str, float]]:
    """Book so many lines and ask for some figures; the medians by what was asked for."""
    upgrade(database)
    with writing(database) as unit:
        for number in range(STORES):
            store = Store(
                StoreId(f"S{number:03}"), f"Filiale {number}", "DE", "EUR", "Europe/Berlin",
                languages=("de",),
            )  # fmt: skip
            add_store(unit, store, NOW)
    fill(database, lines)
    started = time.perf_counter()
    with writing(database) as unit:
        make_again(unit)
    rate = lines / (time.perf_counter() - started)
    figures = [Figure(f"cells made again, {lines:,} lines, {name}", rate, "lines/s")]
    medians = {}
    stores = tuple(f"S{number:03}" for number in range(STORES))
    for grain, by in QUESTIONS:
        at = period_of(grain, TODAY - timedelta(days=31))
        question = Question(at, by, stores, is_chain=True, today=TODAY)
        times = []
        for _ in range(_TIMES):
            with stopwatch() as seconds, reading(database) as unit:
                board.ask(unit, question, "EUR")
            times.append(seconds[0] * 1000)
        what = f"{grain.value} by {by.value}"
        medians[what] = percentile(times, 0.5)
        figures.append(
            Figure(f"{what}, {lines:,} lines, {name}: p95", percentile(times, 0.95), "ms",
                   aim="under 300 ms")
        )  # fmt: skip
    return figures, medians


def fill(database: Database, lines: int) -> None:
    """Book receipts of four lines, evenly over two years and all stores; some articles sell far more than others."""
    rng = random.Random(1)
    receipts = max(1, lines // _LINES // DAYS)
    for offset in range(DAYS):
        day = TODAY - timedelta(days=offset)
        parts = _day(rng, day, receipts)
        with writing(database) as unit:
            for table, rows in parts:
                bulk_insert(unit.connection, table, rows)


def _day(
    rng: random.Random, day: date, receipts: int
) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    heads, lines, vat, tenders = [], [], [], []
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    for number in range(receipts):
        event = UUID(int=rng.getrandbits(128))
        total = 0
        for place in range(_LINES):
            article = int(ARTICLES * rng.random() ** 3)
            gross = 990 + article % 97 * 100
            total += gross
            lines.append(
                {
                    "event_id": event, "number": place + 1, "sku": f"{article:06}-M",
                    "article_no": f"{article:06}", "name": "Artikel", "size": "M", "colour": "",
                    "quantity_thousandths": 1000, "unit_price": gross, "discount": 0,
                    "gross": gross, "vat_category": "standard", "vat_rate_thousandths": 19000,
                    "price_source": "list", "category": f"Mode>{article % 60}",
                }
            )  # fmt: skip
        store = f"S{rng.randrange(STORES):03}"
        heads.append(
            {
                "event_id": event, "store_id": store, "till_id": f"{store}-T1", "incarnation": 1,
                "receipt_no": number, "is_return": False, "mode": "productive",
                "business_date": day, "started_at": at, "finished_at": at,
                "local_hour": rng.randrange(9, 20), "currency": "EUR", "total": total,
                "lines": _LINES, "operator_id": "101", "external_ref": "", "team": "",
            }
        )  # fmt: skip
        net = total * 100 // 119
        vat.append(
            {"event_id": event, "category": "standard", "rate_thousandths": 19000, "gross": total,
             "net": net, "vat": total - net}
        )  # fmt: skip
        tenders.append({"event_id": event, "number": 1, "kind": "cash", "amount": total})
    yield sale, heads
    yield sale_line, lines
    yield sale_vat, vat
    yield sale_tender, tenders
