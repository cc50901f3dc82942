"""A chain with very many articles, made once per bench run by the product's own commands, each of them timed."""

from __future__ import annotations

import atexit
import csv
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pos_client.app.joining import join
from pos_client.app.local_centre import LocalCentre
from pos_client.runtime.child import SyncChild
from pos_client.runtime.clock import SystemClock
from pos_client.storage.paths import DataPaths
from pos_client.storage.reference import Reference
from pos_client.storage.reference_files import ReferenceFiles
from shared.errors import DomainError, EnvironmentProblem
from shared.quantity import with_check_digit
from tests.bench.figures import stopwatch
from tests.support.processes import free_port, kill_all

STORE, TILL = "DE01", "DE01-T1"
_KINDS = (
    "Hemd",
    "Hose",
    "Rock",
    "Bluse",
    "Mantel",
    "Jacke",
    "Kleid",
    "Pullover",
    "Schal",
    "Mütze",
    "Schuh",
    "Gürtel",
)
_NAMES = (
    "Falkau",
    "Brocken",
    "Wiesent",
    "Lenne",
    "Murg",
    "Aare",
    "Eider",
    "Tauber",
    "Ilz",
    "Oker",
    "Spree",
    "Havel",
)
_COLOURS = ("schwarz", "weiß", "marine", "grau", "rot", "grün", "senf", "creme")
_SIZES = ("34", "36", "38", "40", "42", "44", "46", "S", "M", "L", "XL")


@dataclass
class BigChain:
    """The chain with its seconds by step."""

    home: Path
    centre: LocalCentre
    articles: int
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def till(self) -> DataPaths:
        """The data directory of the till."""
        return DataPaths(self.home / "tills" / TILL)

    @property
    def catalogue(self) -> Path:
        """The file that was imported."""
        return self.home / "articles.csv"


@cache
def big_chain(articles: int) -> BigChain:
    """The chain with this many articles, a running centre and a till that has them all."""
    home = Path(tempfile.mkdtemp(prefix="tresen-bench-"))
    chain = BigChain(home, LocalCentre(home, free_port()), articles)
    atexit.register(_tear_down, chain)
    with chain.catalogue.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows(articles))
    facts = (
        "--name",
        "Bench",
        "--market",
        "DE",
        "--currency",
        "EUR",
        "--timezone",
        "Europe/Berlin",
    )
    chain.centre.command("store", "add", STORE, *facts)
    with stopwatch() as seconds:
        words = ("--currency", "EUR", "--market", "DE")
        chain.centre.command("import", "catalogue", str(chain.catalogue), *words)
    chain.seconds["import"] = seconds[0]
    chain.centre.start()
    with stopwatch() as seconds:
        chain.centre.command("snapshot", "build")
    chain.seconds["snapshot"] = seconds[0]
    join(chain.centre, chain.till, STORE, TILL)
    with stopwatch() as seconds, following(chain):
        _wait_for(chain)
    chain.seconds["install"] = seconds[0]
    return chain


def rows(articles: int) -> Iterator[tuple[str, ...]]:
    """The catalogue as rows of a file, the same each time."""
    chance = random.Random(1)
    yield (
        "article_no",
        "name_de",
        "size",
        "colour",
        "brand",
        "category",
        "barcode",
        "vat_category",
        "price",
    )
    for number in range(articles):
        price = f"{chance.randrange(5, 400)}.95"
        name = f"{chance.choice(_KINDS)} {chance.choice(_NAMES)} {number % 997}"
        yield (
            sku_of(number), name, chance.choice(_SIZES), chance.choice(_COLOURS), f"Marke {number % 53}",
            f"Abteilung {number % 17}", barcode_of(number), "standard", price,
        )  # fmt: skip


def sku_of(number: int) -> str:
    """The number of the n-th article."""
    return f"A{number:07d}"


def barcode_of(number: int) -> str:
    """Its GTIN, in the range for use inside a company."""
    return with_check_digit(f"20{number:010d}")


class following:  # noqa: N801 - reads as a word in `with`
    """The till's sync process runs for the block."""

    def __init__(self, chain: BigChain) -> None:
        self._child = SyncChild(chain.till.root, SystemClock(), log=chain.home / "sync.log")

    def __enter__(self) -> None:
        self._child.start()

    def __exit__(self, *_args: object) -> None:
        self._child.stop()


def _wait_for(chain: BigChain) -> None:
    last = sku_of(chain.articles - 1)
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        reference = Reference(ReferenceFiles(chain.till.reference))
        try:
            reference.find(last)
        except (DomainError, EnvironmentProblem):
            time.sleep(0.2)
        else:
            return
        finally:
            reference.close()
    raise RuntimeError("the articles did not reach the till")


def _tear_down(chain: BigChain) -> None:
    chain.centre.stop()
    kill_all(str(chain.home.resolve()))
    shutil.rmtree(chain.home, ignore_errors=True)
