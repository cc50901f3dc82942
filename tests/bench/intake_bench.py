"""How many receipts of ten lines the centre accepts and books per second, beside bulk inserts of the same rows."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from central_server.app.metadata import all_tables
from central_server.features.sales.tables import sale, sale_line, sale_tender, sale_vat
from central_server.features.stock.service import add_branch
from central_server.features.stock.tables import stock_level, stock_movement
from central_server.features.stores.service import Store, add_store
from central_server.gateway.journal import intake, projection
from central_server.gateway.journal.decoding import TillPlace
from central_server.gateway.journal.tables import till_event
from central_server.platform.database import Database, bulk_insert, open_database
from central_server.platform.unit_of_work import reading, writing
from shared.basket import Basket, Line
from shared.fiscal import FiscalResult
from shared.identity import FixedClock, uuid7
from shared.journal import ChainedEvent, canonical_bytes, first_prev_hash, link, receipt_to_body
from shared.receipt import Receipt, ReceiptId, RecordedMode
from shared.tender import Tender, TenderKind
from shared.wire.batches import journal_batch
from shared.wire.models import JournalBatch
from tests.bench.figures import Figure, stopwatch
from tests.support.postgres import empty_database, running_server

RECEIPTS = 4_000
LINES = 10
BATCH = 200
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
TILLS = tuple(f"DE01-T{n}" for n in range(1, 5))


def run(_articles: int) -> list[Figure]:
    """Both databases, the same receipts."""
    batches = [(till, list(_batches(till))) for till in TILLS]
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        figures += _measure("SQLite", f"sqlite:///{Path(folder) / 'bench.db'}", batches)
    # With fsync, unlike in the tests: an accepted receipt must survive a power cut here too.
    with running_server(durable=True) as server, empty_database(server) as url:
        figures += _measure("PostgreSQL", url, batches)
    return figures


def _measure(name: str, url: str, batches: list[tuple[str, list[JournalBatch]]]) -> list[Figure]:
    database = open_database(url)
    with _schema(database):
        with stopwatch() as accepted:
            for till, own in batches:
                for batch in own:
                    with writing(database) as unit:
                        intake.accept(unit, till, 1, batch, NOW)
        with stopwatch() as booked:
            while projection.project_pending(database, _places, FixedClock(NOW)):
                pass
        events = _rows(database, [till_event])
        sums = _rows(database, [sale, sale_line, sale_vat, sale_tender, stock_movement])
        plain_accept = _plain_inserts(database, events, BATCH)
        plain_book = _plain_inserts(database, sums, projection.BATCH_EVENTS)
    database.dispose()
    per_second = [
        RECEIPTS / seconds for seconds in (accepted[0], booked[0], plain_accept, plain_book)
    ]
    return [
        Figure(
            f"receipts accepted, {name}",
            per_second[0],
            "/s",
            "plain inserts",
            per_second[2],
            "1,000/s",
        ),
        Figure(
            f"receipts projected, {name}",
            per_second[1],
            "/s",
            "plain inserts",
            per_second[3],
            "300/s",
        ),
    ]


@contextmanager
def _schema(database: Database) -> Iterator[None]:
    with writing(database) as unit:
        all_tables().create_all(unit.connection)
    with writing(database) as unit:
        store = Store("DE01", "Bench", "DE", "EUR", "Europe/Berlin")
        add_branch(unit, add_store(unit, store, NOW), NOW)
    yield


def _places(_unit: object, tills: object) -> dict[str, TillPlace]:
    return dict.fromkeys(tills, TillPlace("DE01", "EUR"))


def _rows(database: Database, tables: list) -> dict:
    with reading(database) as unit:
        return {
            table: [dict(r) for r in unit.connection.execute(table.select()).mappings()]
            for table in tables
        }


def _plain_inserts(database: Database, rows: dict, receipts_each: int) -> float:
    """Seconds for the same rows by bare bulk inserts, committed as often as the product commits."""
    with writing(database) as unit:
        for table in (
            sale_line,
            sale_vat,
            sale_tender,
            sale,
            stock_level,
            stock_movement,
            till_event,
        ):
            unit.connection.execute(table.delete())
    rounds = -(-RECEIPTS // receipts_each)
    with stopwatch() as seconds:
        for number in range(rounds):
            with writing(database) as unit:
                for table, all_rows in rows.items():
                    share = -(-len(all_rows) // rounds)
                    bulk_insert(
                        unit.connection, table, all_rows[number * share : (number + 1) * share]
                    )
    return seconds[0]


def _batches(till: str) -> Iterator[JournalBatch]:
    chance = random.Random(till)
    previous = first_prev_hash(till, 1)
    events: list[ChainedEvent] = []
    count = RECEIPTS // len(TILLS)
    for number in range(1, count + 1):
        receipt = _receipt(till, number, chance)
        event = link(
            till_id=till, incarnation=1, seq=number, event_id=receipt.event_id, event_type="sale.completed",
            version=1, body=canonical_bytes(receipt_to_body(receipt)), prev_hash=previous,
        )  # fmt: skip
        previous = event.hash
        events.append(event)
        if len(events) == BATCH or number == count:
            yield journal_batch(events)
            events = []


def _receipt(till: str, number: int, chance: random.Random) -> Receipt:
    at = NOW + timedelta(seconds=7 * number)
    basket = Basket(uuid7(at, chance.randbytes(10)), "EUR", at, "101")
    for _ in range(LINES):
        sku = f"{chance.randrange(100_000):06d}"
        basket = basket.add(
            Line(
                0,
                sku,
                sku,
                f"Artikel {sku}",
                Decimal(1),
                chance.randrange(100, 9999),
                "standard",
                Decimal(19),
            )
        )
    totals = basket.totals()
    return Receipt(
        event_id=uuid7(at, chance.randbytes(10)),
        basket_id=basket.basket_id,
        receipt_id=ReceiptId(till, 1, number),
        store_id="DE01",
        market="DE",
        currency="EUR",
        mode=RecordedMode.DEMO,
        operator_id="101",
        business_date=at.date(),
        started_at=at,
        finished_at=at,
        lines=tuple(basket.lines.values()),
        vat=totals.vat,
        tenders=(Tender(TenderKind.CASH, totals.gross),),
        total=totals.gross,
        fiscal=FiscalResult("none"),
    )
