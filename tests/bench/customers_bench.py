"""Finding customers among a million on PostgreSQL and SQLite, and among 100,000 on a till without the centre: how long
the slowest kinds of questions take.
"""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path

from central_server.app.schema import upgrade
from central_server.features.customers.finding import find_customers, refresh
from central_server.features.customers.service import CustomerDraft, enter_batch
from central_server.features.customers.tables import customer_card
from central_server.platform.database import Database, bulk_insert, open_database
from central_server.platform.unit_of_work import UnitOfWork, reading, run_writing
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
CARD_EVERY = 10
AT_TILL = 100_000
_BATCH, _TIMES, _PAGE, _OPENED = 10_000, 21, 5_000, 200


def questions(count: int) -> dict[str, str]:
    """What is asked for among so many customers: the one in the middle, many, and nobody."""
    one = count // 2 // CARD_EVERY * CARD_EVERY
    return {
        "one letter": "m",
        "common name": "müller",
        "two common names": "anna müller",
        "rare name": "anna müller 12345",
        "telephone number": f"0171 {one:07}",
        "beginning of a telephone number": f"0171 {one:07}"[:7],
        "mail address": f"kunde{one}@example.org",
        "number": f"C{one:07}",
        "card": f"KD-{one:07}",
        "nobody": "anna xylander",
    }


def run(count: int) -> list[Figure]:
    """The figures of both databases."""
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'customers.db'}")
        figures += measured("SQLite", database, count)
        figures += at_a_till(Path(folder), min(AT_TILL, count))
    with running_server() as server, empty_database(server) as url:
        figures += measured("PostgreSQL", open_database(url), count)
    return figures


def at_a_till(folder: Path, count: int) -> list[Figure]:
    """A till's own lists, sealed, found by marks."""
    key = folder / "customers.key"
    key.write_bytes(bytes(range(32)))
    (folder / "reference").mkdir()
    files, vault = ReferenceFiles(folder / "reference"), CustomerVault(key)
    path = files.create_empty()
    applier = FeedApplier(path, vault)
    rng = random.Random(5)
    with stopwatch() as seconds:
        for start in range(0, count, _PAGE):
            rows = [_row(rng, number) for number in range(start, min(start + _PAGE, count))]
            applier.take("customer", feed_page(rows, f"e.{start + _PAGE}.0"))
    applier.close()
    figures = [
        Figure(f"{count:,} customers sealed at a till", count / seconds[0], "/s"),
        Figure("what they take on its disk", path.stat().st_size / 1e6, "MB"),
    ]
    files.point_to(path)
    reference = Reference(files, vault=vault)
    for kind, text in (questions(count) | {"two letters": "mü"}).items():
        if not asked_words(text):
            continue
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


def measured(name: str, database: Database, count: int) -> list[Figure]:
    """Enter so many customers, each tenth with a card, and ask for some."""
    upgrade(database)
    started = time.perf_counter()
    rng = random.Random(5)
    for start in range(0, count, _BATCH):
        drafts = [_draft(rng, number) for number in range(start, min(start + _BATCH, count))]
        run_writing(database, lambda unit, some=drafts: _enter(unit, some))
    entered = count / (time.perf_counter() - started)
    figures = [Figure(f"{count:,} customers entered with their words, {name}", entered, "/s")]
    for kind, text in questions(count).items():
        times = []
        for _ in range(_TIMES):
            with stopwatch() as seconds, reading(database) as unit:
                found = len(find_customers(unit, text))
            times.append(seconds[0] * 1000)
        named = f"find {kind}, {found} found, {name}"
        figures.append(Figure(f"{named}: p95", percentile(times, 0.95), "ms", aim="under 100 ms"))
    database.dispose()
    return figures


def _enter(unit: UnitOfWork, drafts: list[CustomerDraft]) -> None:
    enter_batch(unit, drafts, START)
    holders = [draft.number for draft in drafts if int(draft.number[1:]) % CARD_EVERY == 0]
    cards = [
        {
            "card": f"KD-{number[1:]}", "number": number, "state": "active", "replaced_by": None,
            "reason": "", "issued_at": START, "changed_at": START,
        }
        for number in holders
    ]  # fmt: skip
    bulk_insert(unit.connection, customer_card, cards)
    refresh(unit, holders)


def _draft(rng: random.Random, number: int) -> CustomerDraft:
    name = f"{rng.choice(FIRST)} {rng.choice(LAST)} {rng.randrange(100_000)}"
    contact = {"phone": f"+49 171 {number:07}", "email": f"kunde{number}@example.org"}
    return CustomerDraft(f"C{number:07}", {"name": name, **contact})
