"""The centre of a simulated chain: made once a process, and put back to how it was before each world.

Migrating, joining tills and building the application take seconds; copying what they leave takes milliseconds. The
files lie in memory where the machine has such a folder: the faults that count are imagined, not the disk's.
"""

from __future__ import annotations

import atexit
import itertools
import json
import random
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from fastapi import FastAPI

from central_server.app.composition import compose
from central_server.app.factory import create_app
from central_server.app.schema import prepare
from central_server.features.catalogue.entry import ArticleDraft, VariantDraft
from central_server.features.catalogue.entry import enter_batch as enter_articles
from central_server.features.coupons import batches as code_batches
from central_server.features.customers import cards
from central_server.features.customers.service import CustomerDraft
from central_server.features.customers.service import enter_batch as enter_customers
from central_server.features.instruments import service as instruments
from central_server.features.instruments.sources import Asked
from central_server.features.loyalty import service as loyalty
from central_server.features.pricing.service import set_prices
from central_server.features.promotions import service as promotions
from central_server.features.promotions.document import read_file
from central_server.features.tills.service import issue_code
from central_server.gateway.journal import jobs
from central_server.gateway.journal.projection import project_pending
from central_server.gateway.sequencer import drain
from central_server.platform.clock import new_id
from central_server.platform.database import Database
from central_server.platform.scheduler import JobContext
from central_server.platform.security import RateLimiter
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import UnitOfWork, run_writing, writing
from pos_client.app.composition import open_till
from pos_client.ports import Operator
from pos_client.runtime.clock import BusinessClock
from pos_client.storage.customer_vault import CustomerVault
from pos_client.storage.identity import IdentityFile
from pos_client.storage.opening import open_journal
from pos_client.storage.paths import DataPaths
from pos_client.storage.person_keys import PersonKeys
from pos_client.storage.reference_files import ReferenceFiles
from pos_client.sync.key_files import CustomerKeyFile, missing_certificate
from pos_client.sync.keys import TillKey
from pos_client.sync.loop import SyncLoop
from pos_client.sync.person_keys import PersonKeyUpload
from pos_client.sync.provisioning import provision
from pos_client.sync.transport import HttpTransport, request_provisioning
from shared.coupons import CodeBatch, DrawnForm, DrawnKeys, literal_of
from shared.identity import Clock, FixedClock
from shared.loyalty import Purse, Worth
from shared.pricing import PriceEntry
from shared.vouchers import NumberRange
from tests.support.bridge import Bridge
from tests.support.centre import furnish

URL = "http://127.0.0.1"
START = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
SKUS = tuple(f"ART-{n}" for n in range(1, 9))
TILLS = ("DE01-T1", "AT01-T1", "UK01-T1", "DE01-T2")
STORES = ("DE01", "AT01", "UK01")

SELLER = Operator("101", "Kim", "cashier", "de")
CUSTOMERS = ("K-1", "K-2")
CARD_OF = {"K-1": "KD-1001", "K-2": "KD-1002"}
GRANTED = {Purse.POINTS: 4_000, Purse.WALLET: 9_000}
"""What each customer has before anything is sold: points (one is worth a cent), and cents."""
CARD_WORTH = (20_000, 6_000)
"""What the gift cards are sold with, in cents."""
POINTS_PROMOTION = {
    "id": "B1",
    "stage": "benefit",
    "reward": {"points": {"per": "1.00", "give": 1}},
}


CODES_PROMOTION = {
    "id": "SIM",
    "stage": "benefit",
    "when": {"codes": [literal_of("SIM")]},
    "reward": {"gift": {"skus": [SKUS[0]], "quantity": 1}},
}
CODES = CodeBatch(
    UUID(int=18),
    "SIM",
    "codes of the chain",
    DrawnForm("C", 10),
    4,
    keys=DrawnKeys(b"a till may know this", b"the centre alone does"),
)
"""Few codes, so that tills want the same one; each works once."""


class Centre:
    """The application on a database that can be put back. One world at a time uses it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.live = folder / "live"
        self.clock = FixedClock(START)
        home = self.live / "home"
        settings = Settings(home=home, mode="test", database_url="", long_poll_seats=0)
        self.context = compose(settings, self.clock)
        prepare(self.context)
        furnish(self.context.database)
        self.gift_cards = fill(self.context.database, START)
        self.app: FastAPI = create_app(self.context)
        for till_id in TILLS:
            paths, bridge = DataPaths(self.live / till_id), Bridge(self.app, random.Random(0))
            self.join(paths, till_id, bridge)
            sync = open_sync(paths, self.clock, bridge, random.Random(0))
            for _ in range(2):
                sync.step()
            # The first two take part in every world.
            if till_id in TILLS[:2]:
                self._sell(paths)
                sync.upload_round()
            sync.close()
        while project_pending(self.context.database, jobs.places, self.clock, 500):
            pass
        self.context.database.dispose()
        shutil.copytree(self.live, folder / "made")

    def _sell(self, paths: DataPaths) -> None:
        """What was bought before the day begins, and may come back at any till."""
        till = open_till(
            paths.root,
            clock=BusinessClock(self.clock),
            system_clock=self.clock,
            random_bytes=random.Random(str(paths.root.name)).randbytes,
        )
        till.recorder.sign_on(SELLER)
        for sku in SKUS[:2]:
            till.basket.on_add(sku, "2")
            till.basket.on_customer(CUSTOMERS[0])
            till.payment.on_cash()
            till.payment.on_finish()
        till.close()

    def restore(self) -> None:
        """Everything is as it was at first: database, disks of the tills, clock, what the process remembers."""
        self.context.database.dispose()
        shutil.rmtree(self.live)
        shutil.copytree(self.folder / "made", self.live)
        self.clock.at = START
        state, settings = self.app.state, self.context.settings
        state.authorisation_limiter = RateLimiter(self.clock, settings.authorisations_per_minute)
        state.provisioning_limiter = RateLimiter(
            self.clock, settings.provisioning_attempts_per_minute
        )

    def join(self, paths: DataPaths, till_id: str, bridge: Bridge) -> None:
        """Let a device in with a one-time code."""
        join(self.context, paths, till_id, bridge)


def join(
    context: JobContext, paths: DataPaths, till_id: str, bridge: Bridge, url: str = URL
) -> None:
    """Let a device in with a one-time code; from then on it speaks to `url`."""
    clock = context.system_clock
    identifier = new_id(clock)
    with writing(context.database) as unit:
        code = issue_code(unit, till_id, identifier, clock.now())

    def ask(request):
        return request_provisioning(URL, request, build="sim", via=bridge)

    provision(paths, url, code, ask, build="sim", abandon_unsent=True)


class NoSleep:
    """Waits not at all."""

    def wait(self, _seconds: float) -> bool:
        """Nobody nudges."""
        return False


def open_transport(paths: DataPaths, clock: Clock, bridge: Bridge | None) -> HttpTransport:
    """A connection to the centre, signed as the till of a data directory; without a bridge a real one."""
    identity = IdentityFile(paths).require()
    url, key = identity.centre_url, TillKey.load(paths.key)
    return HttpTransport(url, identity.key_id, key, clock, build="sim", via=bridge)


def open_sync(
    paths: DataPaths, clock: Clock, bridge: Bridge | None, chance: random.Random
) -> SyncLoop:
    """The sync process of a data directory."""
    identity = IdentityFile(paths).require()
    transport = open_transport(paths, clock, bridge)
    return SyncLoop(
        transport=transport,
        clock=clock,
        sleeper=NoSleep(),
        journal=open_journal(paths, identity),
        files=ReferenceFiles(paths.reference),
        identity=identity,
        jitter=chance.random,
        keys=(CustomerKeyFile(paths.customer_key), *missing_certificate(paths, identity)),
        vault=CustomerVault(paths.customer_key),
        people=PersonKeyUpload(transport, PersonKeys(paths.people)),
    )


_MADE: list[Centre] = []


def the_centre() -> Centre:
    """The centre of this process, as it was at first."""
    if not _MADE:
        memory = Path("/dev/shm")  # noqa: S108 - the folder in it is made by mkdtemp
        place = memory if memory.is_dir() else None
        folder = Path(tempfile.mkdtemp(prefix="tresen-simulation-", dir=place))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        _MADE.append(Centre(folder))
    centre = _MADE[0]
    centre.restore()
    return centre


def fill(database: Database, at: datetime) -> tuple[str, ...]:
    """Articles, prices, what is earned, who has what from `at` on; the numbers of the gift cards."""

    def enter(unit: UnitOfWork) -> None:
        articles = [
            ArticleDraft(sku, {"de": f"Artikel {sku}"}, vat_category="standard") for sku in SKUS
        ]
        enter_articles(unit, articles, [VariantDraft(sku, sku) for sku in SKUS], at)
        since = at - timedelta(days=1)
        for market, currency in (("DE", "EUR"), ("AT", "EUR"), ("GB", "GBP")):
            prices = [
                PriceEntry(sku, f"market:{market}", 1000 + 7 * n, currency, since)
                for n, sku in enumerate(SKUS)
            ]
            set_prices(unit, prices, since)
        file = read_file(json.dumps([POINTS_PROMOTION, CODES_PROMOTION]).encode(), "EUR")
        ahead = timedelta(days=30)
        promotions.publish(unit, file, promotions.Publication(at, "command", ahead))
        code_batches.make(unit, CODES, "9001", at)

    run_writing(database, enter)
    run_writing(database, lambda unit: _fill_purses(unit, at))
    printed = run_writing(database, lambda unit: _sell_cards(unit, at))
    drain(database, FixedClock(at))
    return printed


def _fill_purses(unit: UnitOfWork, at: datetime) -> None:
    drafts = [CustomerDraft(number, {"name": f"Kundin {number}"}) for number in CUSTOMERS]
    enter_customers(unit, drafts, at)
    loyalty.set_worth(unit, "EUR", Worth(100, 100), at)
    for number in CUSTOMERS:
        cards.issue(unit, number, CARD_OF[number], cards.CardChange("9001", at))
        for purse, amount in GRANTED.items():
            request = new_id(FixedClock(at))
            asked = loyalty.Grant(request, purse, number, "DE01", amount, at.date(), at_once=True)
            loyalty.grant(unit, asked, at)


def _sell_cards(unit: UnitOfWork, at: datetime) -> tuple[str, ...]:
    drawn = itertools.count(100_003, 13)
    instruments.add_range(unit, NumberRange("2951", 8, 6), "EUR", 500, 50_000, at)
    printed = instruments.print_cards(unit, "2951", len(CARD_WORTH), lambda: next(drawn), at)
    for number, worth in zip(printed, CARD_WORTH, strict=True):
        request = new_id(FixedClock(at))
        asked = Asked(request, number, "DE01", at.date(), "101", worth, "EUR")
        if not instruments.sell(unit, asked, at).approved:
            raise ValueError(number)
    return tuple(printed)
