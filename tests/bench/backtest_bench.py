"""A draft tried on stored receipts: lines a minute for one that few receipts have to do with, and for ones that all do.

Time of one process is its processor time, so that other work on the machine does not count; of several, time passed.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from central_server.app.composition import compose
from central_server.app.schema import prepare
from central_server.features.catalogue.entry import ArticleDraft, VariantDraft, enter_batch
from central_server.gateway.journal import intake
from central_server.gateway.journal.backtest import Question, backtest
from central_server.gateway.journal.jobs import places
from central_server.gateway.journal.projection import project_pending
from central_server.platform.database import Database
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import run_writing, writing
from shared.identity import FixedClock
from shared.promotions import read_promotion
from tests.bench.figures import Figure
from tests.integration.promotion_rig import PricedShop, publish
from tests.support.centre import furnish
from tests.support.journals import ImaginedTill

RECEIPTS, FROZEN, ARTICLES, CATEGORIES = 20_000, 2_000, 4_000, 168
_PRICES = (99, 499, 999, 1999, 4995, 7995)
_CLOCK = FixedClock(datetime(2026, 11, 25, 10, tzinfo=UTC))
_BATCH, _PAGE = 200, 50
Json = dict[str, Any]
DRAFTS = {
    "of one category": {"reward": {"percent": "20"}, "take": {"categories": ["c7"]}},
    "on everything": {"reward": {"percent": "10"}},
    "3 for 2 on everything": {
        "reward": {"bundle": {"sets": [{"of": {}, "quantity": 3}], "cheapest": {"percent": "100"}}}
    },
}


def run(_articles: int) -> list[Figure]:
    """Lines a minute for each draft; then for receipts that were priced with promotions."""
    plain = _measured(_fill, DRAFTS, "", (1, os.cpu_count() or 1))
    frozen = {name: DRAFTS[name] for name in ("on everything", "3 for 2 on everything")}
    return plain + _measured(_fill_priced, frozen, ", receipts priced with promotions", (1,))


def _measured(
    fill: Callable[[Database], None],
    drafts: dict[str, Json],
    what: str,
    processes: tuple[int, ...],
) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="tresen-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'centre.db'}"
        context = compose(Settings(home=Path(folder), database_url=url, mode="demo"), _CLOCK)
        try:
            prepare(context)
            furnish(context.database)
            fill(context.database)
            return [
                _figure(context.database, draft, f"{name}{what}", number)
                for name, draft in drafts.items()
                for number in processes
            ]
        finally:
            context.database.dispose()


def _figure(database: Database, draft: Json, name: str, processes: int) -> Figure:
    read = read_promotion({"id": "D", **draft}, "", 2)
    question = Question(read, "EUR", date(2026, 1, 1), date(2028, 1, 1))
    clock = time.process_time if processes == 1 else time.perf_counter
    started = clock()
    trial = backtest(database, question, lambda *_: None, processes, worth=1)
    minutes = (clock() - started) / 60
    found = trial.outcome
    share = f"{100 * found.hit // found.receipts} % of {found.receipts:,} receipts hit"
    if processes > 1:
        share += f", {processes} processes with their start"
    rate = found.lines / minutes
    return Figure(
        f"back-test, {name} ({share})", rate, "lines/min", "", None, "1,000,000 lines/min"
    )


def _fill(database: Database) -> None:
    chance = random.Random(3)
    skus = [f"A-{number}" for number in range(ARTICLES)]
    prices = {sku: chance.choice(_PRICES) for sku in skus}
    articles = [
        ArticleDraft(
            sku,
            {"de": sku},
            brand=f"b{chance.randrange(300)}",
            category=f"c{chance.randrange(CATEGORIES)}",
            attributes={"colour": "red"},
        )
        for sku in skus
    ]
    variants = [VariantDraft(sku, sku) for sku in skus]
    run_writing(database, lambda unit: enter_batch(unit, articles, variants, _CLOCK.now()))
    till = ImaginedTill()
    for _ in range(0, RECEIPTS, _BATCH):
        first = len(till.events) + 1
        for _ in range(_BATCH):
            chosen = chance.sample(skus, chance.randint(4, 16))
            till.sell(*((sku, chance.choice("1112"), prices[sku]) for sku in chosen))
        with writing(database) as unit:
            for begin in range(first, first + _BATCH, _PAGE):
                batch = till.batch(begin, begin + _PAGE - 1)
                intake.accept(unit, till.till_id, till.incarnation, batch, _CLOCK.now())
    while project_pending(database, places, _CLOCK):
        pass


class _Shop(PricedShop):
    """Sells at a till that had promotions; the centre books it all at the end."""

    def book(self) -> None:
        """Not after each receipt."""


def _fill_priced(database: Database) -> None:
    """Receipts as above, each with a dozen promotions frozen, of which one or two touch each line."""
    chance = random.Random(5)
    skus = [f"A-{number}" for number in range(120)]
    prices = {sku: chance.choice(_PRICES) for sku in skus}
    promotions = [
        {
            "id": f"P{number:02}",
            "take": {"skus": chance.sample(skus, 15)},
            "reward": {"percent": str(chance.choice((5, 10, 20, 30)))},
        }
        for number in range(12)
    ]
    publish(database, _CLOCK, *promotions)
    shop = _Shop(database, _CLOCK)
    for _ in range(FROZEN):
        chosen = chance.sample(skus, chance.randint(4, 16))
        goods = tuple((sku, chance.choice("1112"), prices[sku]) for sku in chosen)
        shop.sell(*promotions, goods=goods)
    for begin in range(1, len(shop.till.events) + 1, _PAGE):
        with writing(database) as unit:
            batch = shop.till.batch(begin, begin + _PAGE - 1)
            intake.accept(unit, shop.till.till_id, shop.till.incarnation, batch, _CLOCK.now())
    while project_pending(database, places, _CLOCK):
        pass
