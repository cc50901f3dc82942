"""The ledger on PostgreSQL: receipts posted beside bulk inserts of the same rows (in small and large transactions, and
on SQLite too: `posting_bench`), spends of one card after another, balances of a busy account at past moments, where the
time of posting goes, and how long checking everything takes as it grows: 1,000,000 transfers, in a long run
(TRESEN_LONG=1) 10,000,000.
"""

from __future__ import annotations

import cProfile
import math
import os
import pstats
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID

from sqlalchemy import text

from central_server.app.metadata import all_tables
from central_server.features.ledger import balances, service
from central_server.features.ledger.sealing import SUM_UP_AFTER, seal, sum_up
from central_server.features.ledger.service import Created
from central_server.features.ledger.tables import ledger_journal, ledger_transfer
from central_server.features.ledger.verification import verify
from central_server.platform.database import Database, bulk_insert, open_database
from central_server.platform.unit_of_work import reading, run_writing, writing
from shared.ledger import AccountKey, AccountKind, Journal, OwnerType, Transfer, money_unit, moved
from shared.ledger.posting import rate_account, store_account, till_account
from tests.bench.figures import Figure, percentile, stopwatch, timed
from tests.bench.posting_bench import beside_plain_inserts
from tests.support.postgres import empty_database, running_server

LONG = os.environ.get("TRESEN_LONG") == "1"
JOURNALS = 2_000_000 if LONG else 200_000
"""Receipts of five transfers: 10,000,000 transfers in a long run, else 1,000,000."""
# The plain inserts need no more than that to find their rate, and hold their rows in memory.
PLAIN = min(JOURNALS, 200_000)
_MOST_LINES = 5
BATCH = 500
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
        with empty_database(server) as other:
            return [*beside_plain_inserts(other, _journal), *figures]


def _growing(database: Database) -> list[Figure]:
    checked: dict[int, float] = {}
    posted = 0.0
    for count, journals in enumerate(_batches(), 1):
        at = START + timedelta(minutes=count)
        work = partial(service.post_all, journals=journals, at=at)
        posted += timed(partial(run_writing, database, work))
        # As every minute at the centre.
        seal(database, at)
        sum_up(database, least=SUM_UP_AFTER)
        if count * BATCH in (JOURNALS // 10, JOURNALS):
            seal(database, at, wait=True)
            checked[count * BATCH] = timed(partial(_check, database))
    profile = _profiled(database)
    samples = list(_moments(database))
    plain = _plain_inserts(database)
    few, many = checked[JOURNALS // 10], checked[JOURNALS]
    return [
        Figure(
            "receipts posted to the ledger, 500 a transaction",
            JOURNALS / posted,
            "/s",
            "the same rows by bulk insert",
            PLAIN / plain,
            "0.20",
        ),
        Figure(
            f"balance at a past moment, {5 * JOURNALS:,} transfers, p50",
            1000 * percentile(samples, 0.5),
            "ms",
            aim="5 ms",
        ),
        Figure(
            f"balance at a past moment, {5 * JOURNALS:,} transfers, p99",
            1000 * percentile(samples, 0.99),
            "ms",
        ),
        *_shares(profile),
        Figure(
            f"ledger verify, {5 * JOURNALS:,} transfers",
            many,
            "s",
            f"{JOURNALS // 2:,} transfers",
            few,
            "120 s for 10,000,000",
        ),
        Figure("growth exponent of ledger verify", math.log10(many / few), ""),
    ]


def _profiled(database: Database) -> pstats.Stats:
    """One more batch, under the profiler: where the time goes that bare inserts do not take."""
    chance = random.Random(17)
    batch = [_journal(chance) for _ in range(BATCH)]
    work = partial(service.post_all, journals=batch, at=START)
    profile = cProfile.Profile()
    profile.runcall(run_writing, database, work)
    return pstats.Stats(profile)


def _shares(stats: pstats.Stats) -> list[Figure]:
    """Shares of the time of posting, in percent: by the module that the time was spent in itself."""
    places = {
        "waiting for PostgreSQL": ("psycopg", "selectors", "{"),
        "SQLAlchemy": ("sqlalchemy",),
        "the rules of the ledger": ("shared", "central_server"),
    }
    spent = dict.fromkeys(places, 0.0)
    whole = 0.0
    for (file, _line, name), (_, _, own, _, _) in stats.stats.items():  # type: ignore[attr-defined]
        whole += own
        where = name if file == "~" else file
        for place, words in places.items():
            if any(word in where for word in words):
                spent[place] += own
                break
    return [
        Figure(f"of posting: {place}", 100 * seconds / whole, "%")
        for place, seconds in spent.items()
    ]


def _check(database: Database) -> None:
    # There are no receipts here to compare days with.
    found = verify(database, first=date(1999, 1, 1), last=date(1999, 1, 1))
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
        # The spends before have their own words.
        lines = ledger_transfer.select().where(ledger_transfer.c.code.not_in(("load", "spend")))
        query = lines.order_by(ledger_transfer.c.id).limit(PLAIN * _MOST_LINES)
        rows = [dict(r) for r in unit.connection.execute(query).mappings()]
        there = {row["journal_id"] for row in rows}
        heads = ledger_journal.select().where(ledger_journal.c.rule == "receipt")
        found = unit.connection.execution_options(yield_per=10_000).execute(heads).mappings()
        journals = [dict(r) for r in found if r["id"] in there]
    with writing(database) as unit:
        unit.connection.execute(text("TRUNCATE ledger_transfer, ledger_journal CASCADE"))
    rounds = PLAIN // BATCH
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
