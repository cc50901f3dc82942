"""How long finding articles takes among a million: words, several words, a brand, a category, a number; and how long
head office's pages over them take.
"""

from __future__ import annotations

import random
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from central_server.app.composition import compose
from central_server.app.factory import create_app
from central_server.app.schema import upgrade
from central_server.features.catalogue.entry import ArticleDraft, VariantDraft, enter_batch
from central_server.features.catalogue.search import (
    ArticleQuestion,
    article_of_number,
    find_articles,
)
from central_server.features.staff.service import StaffMember, add_staff
from central_server.features.stock.service import add_branch
from central_server.features.stores.service import Store, add_store
from central_server.platform.access import Role
from central_server.platform.database import Database, open_database
from central_server.platform.observability import configure_logging
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import reading, writing
from shared.identity import FixedClock, StaffId, StoreId
from tests.bench.figures import Figure, percentile, stopwatch
from tests.support.head_office import Desk
from tests.support.postgres import empty_database, running_server

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
KINDS = ("Hose", "Hemd", "Rock", "Kleid", "Mantel", "Schal", "Jacke", "Pullover", "Bluse", "Weste")
NAMES = ("Falkau", "Wiesent", "Lenne", "Murg", "Isar", "Oder", "Spree", "Havel", "Eider", "Jagst")
BATCH = 20_000
QUESTIONS = {
    "everything": ArticleQuestion(),
    "one letter": ArticleQuestion("h"),
    "common word": ArticleQuestion("hose"),
    "two common words": ArticleQuestion("hose falk"),
    "three words": ArticleQuestion("mantel isar 77"),
    "nothing": ArticleQuestion("qqqqq"),
    "nothing of two": ArticleQuestion("hose qqqqq"),
    "brand": ArticleQuestion(brand="Marke 7"),
    "category": ArticleQuestion(category="Mode>Hose"),
    "word in category": ArticleQuestion("spree", category="Mode>Rock"),
}
_TIMES = 21


def fill(database: Database, count: int) -> None:
    """Enter articles with names of a few hundred words, 400 brands and 60 categories."""
    rng = random.Random(1)
    for start in range(0, count, BATCH):
        drafts, variants = [], []
        for number in range(start, min(count, start + BATCH)):
            kind = rng.choice(KINDS)
            name = f"{kind} {rng.choice(NAMES)} {rng.choice(NAMES)} {rng.randrange(1000)}"
            drafts.append(
                ArticleDraft(
                    f"{number:07}", {"de": name}, f"Marke {rng.randrange(400)}",
                    f"Mode>{kind}>{rng.choice(NAMES)}",
                )
            )  # fmt: skip
            variants.append(VariantDraft(f"{number:07}-M", f"{number:07}", "M", "rot"))
        with writing(database) as unit:
            enter_batch(unit, drafts, variants, NOW)


def run(count: int) -> list[Figure]:
    """The figures of both databases."""
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'articles.db'}")
        figures += measured("SQLite", database, count)
    with running_server() as server, empty_database(server) as url:
        figures += measured("PostgreSQL", open_database(url), count)
    return figures


def measured(name: str, database: Database, count: int) -> list[Figure]:
    """Enter so many articles and ask for some."""
    upgrade(database)
    started = time.perf_counter()
    fill(database, count)
    entered = count / (time.perf_counter() - started)
    figures = [Figure(f"{count:,} articles entered with their words, {name}", entered, "/s")]
    rare = {"rare word": ArticleQuestion(f"{count // 8:07}")}
    for kind, question in {**QUESTIONS, **rare}.items():
        times = []
        for _ in range(_TIMES):
            with stopwatch() as seconds, reading(database) as unit:
                found = find_articles(unit, question, "de").count
            times.append(seconds[0] * 1000)
        named = f"find {kind}, {found} found, {name}"
        figures.append(Figure(f"{named}: p95", percentile(times, 0.95), "ms", aim="under 100 ms"))
    with stopwatch() as seconds, reading(database) as unit:
        article_of_number(unit, f"{count // 2:07}-M")
    figures.append(Figure(f"find by number, {name}", seconds[0] * 1000, "ms"))
    figures += _pages(name, database, count)
    database.dispose()
    return figures


def _pages(name: str, database: Database, count: int) -> list[Figure]:
    """Pages as a browser gets them, with everything a request costs but the network."""
    with writing(database) as unit:
        store = Store(StoreId("B001"), "Berlin", "DE", "EUR", "Europe/Berlin", languages=("de",))
        add_branch(unit, add_store(unit, store, NOW), NOW)
        head = StaffMember(StaffId("1"), "Ada Zander", Role.HEAD_OFFICE, frozenset(), "de")
        add_staff(unit, head, NOW)
    one = f"{count // 2:07}"
    addresses = {
        "list of articles": "/articles",
        "articles of a common word": "/articles?q=hose",
        "an article": f"/articles/{one}",
        "search for everything": "/search?q=falkau",
        "where a price holds": f"/prices?article={one}-M",
    }
    figures = []
    with tempfile.TemporaryDirectory() as home:
        url = database.write_engine.url.render_as_string(hide_password=False)
        context = compose(Settings(home=Path(home), mode="demo", database_url=url), FixedClock(NOW))
        configure_logging("error")
        desk = Desk(create_app(context)).let_in("1")
        for page, address in addresses.items():
            times = []
            for _ in range(_TIMES):
                with stopwatch() as seconds:
                    answer = desk.get(address)
                times.append(seconds[0] * 1000)
            assert answer.status_code == 200, (address, answer.status_code)
            named = f"page: {page}, {name}"
            figures.append(
                Figure(f"{named}: p95", percentile(times, 0.95), "ms", aim="under 200 ms")
            )
        context.database.dispose()
    return figures
