"""Posting beside plain inserts of equal rows, in transactions of the same sizes, on SQLite and on PostgreSQL.

What is inserted plainly is what was posted, row by row the same, into the same tables with their keys, triggers and
constraints, emptied in between: what differs is the rules of the ledger alone.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import text

from central_server.app.metadata import all_tables
from central_server.features.ledger import service
from central_server.features.ledger.tables import ledger_journal, ledger_transfer
from central_server.platform.database import Database, bulk_insert, open_database
from central_server.platform.unit_of_work import UnitOfWork, reading, run_writing, writing
from shared.ledger import Journal
from tests.bench.figures import Figure, timed

SIZES = (1, 20, 500)
"""Receipts in a transaction: one as it comes, some of a busy minute, a batch of the projection."""
RECEIPTS = {1: 1_000, 20: 6_000, 500: 20_000}
START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = date(2026, 1, 1)
MakesJournal = Callable[[random.Random], Journal]
_Rows = list[dict[str, Any]]


def beside_plain_inserts(server: str, journal: MakesJournal) -> list[Figure]:
    """Receipts posted in a second, and the same rows inserted, on both databases in turn; `server` is a URL."""
    with tempfile.TemporaryDirectory() as folder:
        places = {"SQLite": f"sqlite:///{Path(folder) / 'ledger.db'}", "PostgreSQL": server}
        with _opened(places) as databases:
            return [
                _figure(name, database, size, journal)
                for size in SIZES
                for name, database in databases.items()
            ]


@contextmanager
def _opened(places: dict[str, str]) -> Iterator[dict[str, Database]]:
    databases = {name: open_database(url) for name, url in places.items()}
    try:
        for database in databases.values():
            with writing(database) as unit:
                all_tables().create_all(unit.connection)
        yield databases
    finally:
        for database in databases.values():
            database.dispose()


def _figure(name: str, database: Database, size: int, journal: MakesJournal) -> Figure:
    chance, count = random.Random(size), RECEIPTS[size]
    journals = [journal(chance) for _ in range(count)]
    batches = [journals[first : first + size] for first in range(0, count, size)]
    # The accounts are there, as in any ledger after its first day.
    run_writing(database, partial(service.post_all, journals=[journal(chance)], at=START))
    _empty(database)
    posted = timed(lambda: [_post(database, batch) for batch in batches])
    heads, lines = _rows(database)
    _empty(database)
    plain = timed(lambda: [_insert(database, heads, lines, batch) for batch in batches])
    return Figure(
        f"receipts posted, {size} a transaction, {name}",
        count / posted,
        "/s",
        "equal rows inserted",
        count / plain,
        "0.20" if size == SIZES[-1] else "",
    )


def _post(database: Database, batch: Sequence[Journal]) -> None:
    def work(unit: UnitOfWork) -> None:
        service.require_posted(service.post_all(unit, batch, START))

    run_writing(database, work)


def _insert(
    database: Database,
    heads: dict[Any, _Rows],
    lines: dict[Any, _Rows],
    batch: Sequence[Journal],
) -> None:
    with writing(database) as unit:
        for table, rows in ((ledger_journal, heads), (ledger_transfer, lines)):
            same = [row for journal in batch for row in rows[journal.journal_id]]
            bulk_insert(unit.connection, table, same)


def _rows(database: Database) -> tuple[dict[Any, _Rows], dict[Any, _Rows]]:
    """What was posted, by journal."""
    with reading(database) as unit:
        heads: dict[Any, _Rows] = {}
        for row in unit.connection.execute(ledger_journal.select()).mappings():
            heads.setdefault(row["id"], []).append(dict(row))
        lines: dict[Any, _Rows] = {}
        found = unit.connection.execute(ledger_transfer.select().order_by(ledger_transfer.c.id))
        for row in found.mappings():
            lines.setdefault(row["journal_id"], []).append(dict(row))
    return heads, lines


def _empty(database: Database) -> None:
    with writing(database) as unit:
        if database.is_postgresql:
            unit.connection.execute(text("TRUNCATE ledger_transfer, ledger_journal CASCADE"))
            return
        for table in (ledger_transfer, ledger_journal):
            unit.connection.execute(table.delete())
