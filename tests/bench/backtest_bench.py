"""A draft tried on stored receipts: lines a minute for one that few receipts have to do with, and for ones that all do.

Time is processor time of this process, so that other work on the machine does not count.
"""

from __future__ import annotations

import random
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

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
from tests.support.centre import furnish
from tests.support.journals import ImaginedTill

RECEIPTS, ARTICLES, CATEGORIES = 10_000, 4_000, 168
_PRICES = (99, 499, 999, 1999, 4995, 7995)
_CLOCK = FixedClock(datetime(2026, 11, 25, 10, tzinfo=UTC))
_BATCH, _PAGE = 200, 50
DRAFTS = {
    "of one category": {"reward": {"percent": "20"}, "take": {"categories": ["c7"]}},
    "on everything": {"reward": {"percent": "10"}},
    "3 for 2 on everything": {
        "reward": {"bundle": {"sets": [{"of": {}, "quantity": 3}], "cheapest": {"percent": "100"}}}
    },
}


def run(_articles: int) -> list[Figure]:
    """Lines a minute for each draft."""
    with tempfile.TemporaryDirectory(prefix="tresen-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'centre.db'}"
        context = compose(Settings(home=Path(folder), database_url=url, mode="demo"), _CLOCK)
        try:
            prepare(context)
            furnish(context.database)
            _fill(context.database)
            return [_figure(context.database, name) for name in DRAFTS]
        finally:
            context.database.dispose()


def _figure(database: Database, name: str) -> Figure:
    draft = read_promotion({"id": "D", **DRAFTS[name]}, "", 2)
    started = time.process_time()
    trial = backtest(
        database, Question(draft, "EUR", date(2026, 1, 1), date(2028, 1, 1)), lambda *_: None
    )
    minutes = (time.process_time() - started) / 60
    found = trial.outcome
    share = f"{100 * found.hit // found.receipts} % of {found.receipts:,} receipts hit"
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
