"""Finding customers among a million on PostgreSQL and SQLite: how long the slowest kinds of questions take."""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path

from central_server.app.schema import upgrade
from central_server.features.customers.finding import find_customers
from central_server.features.customers.service import CustomerDraft, enter_batch
from central_server.platform.database import Database, open_database
from central_server.platform.unit_of_work import reading, run_writing
from tests.bench.figures import Figure, percentile, stopwatch
from tests.support.journals import START
from tests.support.postgres import empty_database, running_server

FIRST = ("Anna", "Ben", "Clara", "David", "Emma", "Finn", "Greta", "Hans", "Ida", "Jonas")
LAST = ("Müller", "Schmidt", "Schneider", "Fischer", "Weber", "Meyer", "Wagner", "Becker")
QUESTIONS = {
    "one letter": "m",
    "common name": "müller",
    "two common names": "anna müller",
    "rare name": "anna müller 12345",
    "telephone number": "0171 0500000",
    "beginning of a number": "0171 05",
    "mail address": "kunde500000@example.org",
    "number": "C0500000",
    "nobody": "anna xylander",
}
_BATCH, _TIMES = 10_000, 21


def run(count: int) -> list[Figure]:
    """The figures of both databases."""
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'customers.db'}")
        figures += _measured("SQLite", database, count)
    with running_server() as server, empty_database(server) as url:
        figures += _measured("PostgreSQL", open_database(url), count)
    return figures


def _measured(name: str, database: Database, count: int) -> list[Figure]:
    upgrade(database)
    started = time.perf_counter()
    rng = random.Random(5)
    for start in range(0, count, _BATCH):
        drafts = [_draft(rng, number) for number in range(start, min(start + _BATCH, count))]
        run_writing(database, lambda unit, some=drafts: enter_batch(unit, some, START))
    entered = count / (time.perf_counter() - started)
    figures = [Figure(f"{count:,} customers entered with their words, {name}", entered, "/s")]
    for kind, text in QUESTIONS.items():
        times = []
        for _ in range(_TIMES):
            with stopwatch() as seconds, reading(database) as unit:
                found = len(find_customers(unit, text))
            times.append(seconds[0] * 1000)
        named = f"find {kind}, {found} found, {name}"
        figures.append(Figure(f"{named}: p95", percentile(times, 0.95), "ms", aim="under 100 ms"))
    database.dispose()
    return figures


def _draft(rng: random.Random, number: int) -> CustomerDraft:
    name = f"{rng.choice(FIRST)} {rng.choice(LAST)} {rng.randrange(100_000)}"
    contact = {"phone": f"+49 171 {number:07}", "email": f"kunde{number}@example.org"}
    return CustomerDraft(f"C{number:07}", {"name": name, **contact})
