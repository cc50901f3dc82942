"""The ledger on PostgreSQL: receipts posted beside bulk inserts of the same rows, spends of one card after another,
balances of an account with 1,000,000 transfers at past moments, and how long checking everything takes as it grows.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID

from sqlalchemy import text

from central_server.app.metadata import all_tables
from central_server.features.ledger import balances, service
from central_server.features.ledger.sealing import seal
from central_server.features.ledger.service import Created
from central_server.features.ledger.tables import ledger_journal, ledger_transfer
from central_server.features.ledger.verification import verify
from central_server.platform.database import Database, bulk_insert, open_database
from central_server.platform.unit_of_work import reading, run_writing, writing
from shared.ledger import AccountKey, AccountKind, Journal, OwnerType, Transfer, money_unit, moved
from shared.ledger.posting import rate_account, store_account, till_account
from tests.bench.figures import Figure, percentile, stopwatch, timed
from tests.support.postgres import empty_database, running_server

JOURNALS = 200_000
BATCH = 500
CHECKPOINT_EVERY = 500  # journals: some 300 nights of them make 1,000,000 transfers
SPENDS = 1_000
CARDS = 32
MOMENTS = 300
START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = date(2026, 1, 1)
EUR = money_unit("EUR")
CLEARING = store_account(AccountKind.CLEARING, "DE01", "EUR")


def run(_articles: int) -> list[Figure]:
    """Everything on one server that writes as durably as a shop's does."""
    with running_server(durable=True) as server, empty_database(server) as url:
        database = open_database(url)
        with writing(database) as unit:
            all_tables().create_all(unit.connection)
        figures = [*_spends(database), *_growing(database)]
        database.dispose()
    return figures


def _growing(database: Database) -> list[Figure]:
    checked: dict[int, float] = {}
    posted = 0.0
    for count, journals in enumerate(_batches(), 1):
        at = START + timedelta(minutes=count)
        work = partial(service.post_all, journals=journals, at=at)
        posted += timed(partial(run_writing, database, work))
        if count * BATCH % CHECKPOINT_EVERY == 0:
            run_writing(database, partial(balances.make_checkpoints, at=at))
        if count * BATCH in (JOURNALS // 10, JOURNALS):
            seal(database, at, wait=True)
            checked[count * BATCH] = timed(partial(_check, database))
    samples = list(_moments(database))
    plain = _plain_inserts(database)
    few, many = checked[JOURNALS // 10], checked[JOURNALS]
    return [
        Figure(
            "receipts posted to the ledger",
            JOURNALS / posted,
            "/s",
            "plain inserts",
            JOURNALS / plain,
            "0.20",
        ),
        Figure(
            "balance at a past moment, 1,000,000 transfers, p50",
            1000 * percentile(samples, 0.5),
            "ms",
            aim="5 ms",
        ),
        Figure(
            "balance at a past moment, 1,000,000 transfers, p99",
            1000 * percentile(samples, 0.99),
            "ms",
        ),
        Figure("ledger verify, 1,000,000 transfers", many, "s", "100,000 transfers", few),
        Figure("growth exponent of ledger verify", math.log10(many / few), ""),
    ]


def _check(database: Database) -> None:
    # There are no receipts here to compare days with.
    with reading(database) as unit:
        found = verify(unit, first=date(1999, 1, 1), last=date(1999, 1, 1))
    if found:
        raise SystemExit(f"ledger bench: {found[:3]}")


def _moments(database: Database) -> Iterator[float]:
    chance = random.Random(5)
    with reading(database) as unit:
        account = service.find_account(unit, CLEARING)
        assert account is not None
        for _ in range(MOMENTS):
            at = START + timedelta(minutes=chance.randrange(JOURNALS // BATCH))
            yield timed(partial(balances.balance_recorded, unit, account.id, at))


def _plain_inserts(database: Database) -> float:
    """Seconds for the same rows by bare bulk inserts, committed as often."""
    with reading(database) as unit:
        heads = ledger_journal.select().where(ledger_journal.c.rule == "receipt")
        journals = [dict(r) for r in unit.connection.execute(heads).mappings()]
        # The spends before have their own words.
        lines = ledger_transfer.select().where(ledger_transfer.c.code.not_in(("load", "spend")))
        query = lines.order_by(ledger_transfer.c.id)
        rows = [dict(r) for r in unit.connection.execute(query).mappings()]
    with writing(database) as unit:
        unit.connection.execute(text("TRUNCATE ledger_transfer, ledger_journal CASCADE"))
    rounds = JOURNALS // BATCH
    with stopwatch() as seconds:
        for number in range(rounds):
            with writing(database) as unit:
                for table, all_rows in ((ledger_journal, journals), (ledger_transfer, rows)):
                    share = -(-len(all_rows) // rounds)
                    part = all_rows[number * share : (number + 1) * share]
                    bulk_insert(unit.connection, table, part)
    return seconds[0]


def _spends(database: Database) -> list[Figure]:
    """One spend after the other, each committed, as authorisations come."""
    bank = AccountKey(AccountKind.BANK, EUR, store_id="DE01")
    cards = [
        AccountKey(AccountKind.GIFT_CARD, EUR, OwnerType.GIFT_CARD, str(n)) for n in range(CARDS)
    ]
    loads = tuple(Transfer(bank, card, 10**9, "load") for card in cards)
    _post(database, Journal(UUID(int=1), "load", DAY, loads))
    samples = []
    for number in range(SPENDS):
        spend = Transfer(cards[number % CARDS], bank, 7, "spend")
        journal = Journal(UUID(int=10 + number), "spend", DAY, (spend,))
        samples.append(timed(partial(_post, database, journal)))
    return [
        Figure("spend of a card, committed, p50", 1000 * percentile(samples, 0.5), "ms"),
        Figure(
            "spend of a card, committed, p99", 1000 * percentile(samples, 0.99), "ms", aim="25 ms"
        ),
    ]


def _post(database: Database, journal: Journal) -> None:
    outcome = run_writing(database, lambda unit: service.post(unit, journal, START))
    if outcome != Created():
        raise SystemExit(f"ledger bench: {outcome}")


def _batches() -> Iterator[list[Journal]]:
    """Journals of five transfers, as receipts with two VAT rates paid in cash make them."""
    chance = random.Random(3)
    for first in range(0, JOURNALS, BATCH):
        yield [_journal(chance) for _ in range(first, first + BATCH)]


def _journal(chance: random.Random) -> Journal:
    event = UUID(int=chance.getrandbits(128))
    total = 0
    transfers: list[Transfer] = []
    for category, rate in (("standard", Decimal(19)), ("reduced", Decimal(7))):
        net = chance.randrange(100, 9_999)
        tax = net * int(rate) // 100
        for kind, amount, word in (
            (AccountKind.SALES, net, "sale"),
            (AccountKind.TAX, tax, "vat"),
        ):
            key = rate_account(kind, "DE01", "EUR", category, rate)
            transfers += moved(CLEARING, key, amount, word)
        total += net + tax
    till = till_account(AccountKind.CASH, "DE01", f"DE01-T{chance.randrange(1, 5)}", "EUR")
    transfers += moved(till, CLEARING, total, "tender")
    return Journal(event, "receipt", DAY, tuple(transfers), source_event_id=event)
