"""How long finding articles takes among a million: words, several words, a brand, a category, a number.

`python3 run.py bench article_search` on SQLite; with TRESEN_TEST_DATABASE_URL on that PostgreSQL, which is emptied.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from central_server.app.schema import upgrade
from central_server.features.catalogue.entry import ArticleDraft, VariantDraft, enter_batch
from central_server.features.catalogue.search import (
    ArticleQuestion,
    article_of_number,
    find_articles,
)
from central_server.platform.database import open_database
from central_server.platform.unit_of_work import reading, writing

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
KINDS = ("Hose", "Hemd", "Rock", "Kleid", "Mantel", "Schal", "Jacke", "Pullover", "Bluse", "Weste")
NAMES = ("Falkau", "Wiesent", "Lenne", "Murg", "Isar", "Oder", "Spree", "Havel", "Eider", "Jagst")
BATCH = 20_000


def fill(database, count):
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


def main(count):
    """Fill, ask, print."""
    url = os.environ.get("TRESEN_TEST_DATABASE_URL") or (
        f"sqlite:///{Path(tempfile.mkdtemp()) / 'articles.db'}"
    )
    database = open_database(url)
    upgrade(database)
    begin = time.perf_counter()
    fill(database, count)
    print(f"{count} articles entered in {time.perf_counter() - begin:.0f} s")
    questions = {
        "everything": ArticleQuestion(),
        "one letter": ArticleQuestion("h"),
        "common word": ArticleQuestion("hose"),
        "two common words": ArticleQuestion("hose falk"),
        "three words": ArticleQuestion("mantel isar 77"),
        "rare word": ArticleQuestion("0123456"),
        "nothing": ArticleQuestion("qqqqq"),
        "nothing of two": ArticleQuestion("hose qqqqq"),
        "brand": ArticleQuestion(brand="Marke 7"),
        "category": ArticleQuestion(category="Mode>Hose"),
        "word in category": ArticleQuestion("spree", category="Mode>Rock"),
    }
    for name, question in questions.items():
        times = []
        for _ in range(7):
            begin = time.perf_counter()
            with reading(database) as unit:
                page = find_articles(unit, question, "de")
            times.append((time.perf_counter() - begin) * 1000)
        print(
            f"{name:18} {statistics.median(times):7.1f} ms, most {max(times):7.1f}, {page.count} found"
        )
    begin = time.perf_counter()
    with reading(database) as unit:
        article_of_number(unit, "0500000-M")
    print(f"{'exact number':18} {(time.perf_counter() - begin) * 1000:7.1f} ms")
    database.dispose()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
