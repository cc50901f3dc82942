"""Finding customers among a million on PostgreSQL and SQLite, and among 100,000 on a till without the centre: how long
the slowest kinds of questions take.
"""

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
from pos_client.storage.customer_vault import CustomerVault
from pos_client.storage.feed_applier import FeedApplier
from pos_client.storage.reference import Reference
from pos_client.storage.reference_files import ReferenceFiles
from shared.customers import asked_words, contact_words, phone_end
from shared.wire.customer_payloads import CustomerRow, customer_payload
from shared.wire.models import FeedRow
from tests.bench.figures import Figure, percentile, stopwatch
from tests.integration.till_world import page as feed_page
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
AT_TILL = 100_000
AT_TILL_QUESTIONS = {
    "two letters": "mü",
    "common name": "müller",
    "two common names": "anna müller",
    "rare name": "anna müller 123",
    "telephone number": "0171 0050000",
    "mail address": "kunde50000@example.org",
    "card": "KD-0050000",
    "nobody": "anna xylander",
}
_BATCH, _TIMES, _PAGE, _OPENED = 10_000, 21, 5_000, 200


def run(count: int) -> list[Figure]:
    """The figures of both databases."""
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'customers.db'}")
        figures += _measured("SQLite", database, count)
        figures += _at_a_till(Path(folder))
    with running_server() as server, empty_database(server) as url:
        figures += _measured("PostgreSQL", open_database(url), count)
    return figures


def _at_a_till(folder: Path) -> list[Figure]:
    """A till's own lists, sealed, found by marks."""
    key = folder / "customers.key"
    key.write_bytes(bytes(range(32)))
    (folder / "reference").mkdir()
    files, vault = ReferenceFiles(folder / "reference"), CustomerVault(key)
    path = files.create_empty()
    applier = FeedApplier(path, vault)
    rng = random.Random(5)
    with stopwatch() as seconds:
        for start in range(0, AT_TILL, _PAGE):
            rows = [_row(rng, number) for number in range(start, start + _PAGE)]
            applier.take("customer", feed_page(rows, f"e.{start + _PAGE}.0"))
    applier.close()
    figures = [
        Figure(f"{AT_TILL:,} customers sealed at a till", AT_TILL / seconds[0], "/s"),
        Figure("what they take on its disk", path.stat().st_size / 1e6, "MB"),
    ]
    files.point_to(path)
    reference = Reference(files, vault=vault)
    for kind, text in AT_TILL_QUESTIONS.items():
        times = []
        for _ in range(_TIMES):
            with stopwatch() as seconds:
                found = len(reference.customers_with(asked_words(text), _OPENED))
            times.append(seconds[0] * 1000)
        name = f"find {kind}, {found} opened, at a till"
        figures.append(Figure(f"{name}: p95", percentile(times, 0.95), "ms", aim="under 100 ms"))
    return figures


def _row(rng: random.Random, number: int) -> FeedRow:
    draft = _draft(rng, number)
    facts = draft.facts
    row = CustomerRow(
        draft.number,
        facts["name"],
        also=(f"KD-{number:07}",),
        contacts=contact_words(facts["phone"], facts["email"]),
        phone_end=phone_end(facts["phone"]),
    )
    return FeedRow(
        kind="customer",
        key=row.number,
        scope="chain",
        seq=number + 1,
        op="put",
        d=customer_payload(row),
    )


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
