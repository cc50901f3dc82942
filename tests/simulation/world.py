"""A small chain in one process: the real centre, real tills on real files, one clock, and faults by seed.

Everything is the product's own code; only the wire (`Bridge`) and the moments of dying are imagined.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from central_server.app.composition import compose
from central_server.app.factory import create_app
from central_server.app.schema import prepare
from central_server.features.catalogue.entry import ArticleDraft, VariantDraft, enter_batch
from central_server.features.pricing.service import set_prices
from central_server.features.tills.service import issue_code
from central_server.gateway.journal import jobs, repository
from central_server.gateway.journal.projection import project_pending
from central_server.gateway.sequencer import drain
from central_server.platform.clock import new_id
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import UnitOfWork, run_writing
from pos_client.app.composition import Till, open_till
from pos_client.ports import Operator
from pos_client.runtime.clock import BusinessClock
from pos_client.storage.identity import IdentityFile
from pos_client.storage.journal_file import JournalFile
from pos_client.storage.opening import open_journal
from pos_client.storage.paths import DataPaths
from pos_client.storage.reference_files import ReferenceFiles
from pos_client.sync.keys import TillKey
from pos_client.sync.loop import SyncLoop
from pos_client.sync.provisioning import provision
from pos_client.sync.transport import HttpTransport, request_provisioning
from shared.errors import EnvironmentProblem
from shared.identity import FixedClock
from shared.journal import parse_body, receipt_from_body
from shared.pricing import PriceEntry
from shared.receipt import Receipt
from tests.support.bridge import Bridge, Faults
from tests.support.centre import furnish

URL = "http://127.0.0.1"
START = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
SKUS = tuple(f"ART-{n}" for n in range(1, 9))
SELLER = Operator("101", "Kim", "cashier", "de")


class KilledError(BaseException):
    """The till's process ends here, as by `kill -9`: nobody catches it on the way."""


class NoSleep:
    """Waits not at all."""

    def wait(self, _seconds: float) -> bool:
        """Nobody nudges."""
        return False


class Device:
    """One till on its own disk: till process and sync, opened anew after each death."""

    def __init__(self, world: World, till_id: str, folder: Path) -> None:
        self.world = world
        self.till_id = till_id
        self.paths = DataPaths(folder)
        self.bridge = Bridge(world.app, world.chance)
        self.till: Till | None = None
        self.loop: SyncLoop | None = None

    def join(self) -> None:
        """Let the device in with a one-time code."""
        code = self.world.code(self.till_id)

        def ask(request):
            return request_provisioning(URL, request, build="sim", via=self.bridge)

        provision(self.paths, URL, code, ask, build="sim", abandon_unsent=True)

    def open(self) -> Till:
        """The running till."""
        if self.till is None:
            clock = BusinessClock(self.world.clock)
            self.till = open_till(
                self.paths.root,
                clock=clock,
                system_clock=self.world.clock,
                random_bytes=self.world.chance.randbytes,
            )
            self.till.recorder.sign_on(SELLER)
        return self.till

    def die(self) -> None:
        """End without a word; only what is on disk is left."""
        if self.till is not None:
            self.till.close()
            self.till = None
        if self.loop is not None:
            self.loop.close()
            self.loop = None

    def sync(self) -> None:
        """One step of the sync process; what fails is tried again another time."""
        if self.loop is None:
            identity = IdentityFile(self.paths).require()
            transport = HttpTransport(
                URL,
                identity.key_id,
                TillKey.load(self.paths.key),
                self.world.clock,
                build="sim",
                via=self.bridge,
            )
            self.loop = SyncLoop(
                transport=transport,
                clock=self.world.clock,
                sleeper=NoSleep(),
                journal=open_journal(self.paths, identity),
                files=ReferenceFiles(self.paths.reference),
                identity=identity,
                jitter=self.world.chance.random,
            )
        self.loop.step()

    def receipts(self) -> list[Receipt]:
        """Every receipt of this incarnation, from the journal itself."""
        return [
            receipt_from_body(event.event_id, parse_body(event.body))
            for event in self.open().journal.events_after(0)
            if event.type in ("sale.completed", "return.completed")
        ]


class World:
    """The centre, the clock and the chance."""

    def __init__(self, folder: Path, seed: int, tills: int = 2) -> None:
        self.chance = random.Random(seed)
        self.clock = FixedClock(START)
        self.folder = folder
        settings = Settings(home=folder / "home", mode="test", database_url="", long_poll_seats=0)
        self.context = compose(settings, self.clock)
        prepare(self.context)
        furnish(self.context.database)
        self._fill_catalogue()
        self.app = create_app(self.context)
        names = ("DE01-T1", "AT01-T1", "UK01-T1", "DE01-T2")[:tills]
        self.devices = [Device(self, name, folder / name) for name in names]
        for device in self.devices:
            device.join()
        self.settle()

    def close(self) -> None:
        """Close every file."""
        for device in self.devices:
            device.die()
        self.context.database.dispose()

    def code(self, till_id: str) -> str:
        """A one-time code."""
        identifier = new_id(self.clock)
        return self.write(lambda unit: issue_code(unit, till_id, identifier, self.clock.now()))

    def write(self, work: Callable[[UnitOfWork], object]):
        """A unit of work at the centre."""
        return run_writing(self.context.database, work)

    def _fill_catalogue(self) -> None:
        def enter(unit: UnitOfWork) -> None:
            articles = [
                ArticleDraft(sku, {"de": f"Artikel {sku}"}, vat_category="standard") for sku in SKUS
            ]
            enter_batch(unit, articles, [VariantDraft(sku, sku) for sku in SKUS], START)
            for market, currency in (("DE", "EUR"), ("AT", "EUR"), ("GB", "GBP")):
                prices = [
                    PriceEntry(
                        sku, f"market:{market}", 1000 + 7 * n, currency, START - timedelta(days=1)
                    )
                    for n, sku in enumerate(SKUS)
                ]
                set_prices(unit, prices, START - timedelta(days=1))

        self.write(enter)

    def project(self, limit: int = 500) -> int:
        """Book what waits, one batch."""
        return project_pending(self.context.database, jobs.places, self.clock, limit)

    def project_and_die(self) -> None:
        """The projection is killed between its bookings and its commit."""
        saved = repository.set_projected

        def die(*_args: object) -> None:
            raise KilledError

        repository.set_projected = die
        try:
            self.project()
        except KilledError:
            pass
        finally:
            repository.set_projected = saved

    def change_price(self) -> None:
        """Head office changes a price."""
        sku = self.chance.choice(SKUS)
        entry = PriceEntry(
            sku, "market:DE", self.chance.randrange(1, 5000), "EUR", self.clock.now()
        )
        self.write(lambda unit: set_prices(unit, [entry], self.clock.now()))
        drain(self.context.database, self.clock)

    def settle(self) -> None:
        """The network is whole again: everything is sent, booked and fetched."""
        for device in self.devices:
            device.bridge.faults = Faults()
            device.bridge.cut = False
        for _ in range(3):
            drain(self.context.database, self.clock)
            for device in self.devices:
                for _ in range(4):
                    device.sync()
            while self.project():
                pass


@contextmanager
def deadly(chance: random.Random, percent: int):
    """Journal transactions in the block die before or after their commit, or find the disk full, by chance."""
    real = JournalFile.writing

    @contextmanager
    def writing(self, *, event: bool = True):
        fate = chance.randrange(100)
        if fate < percent:
            raise KilledError
        with real(self, event=event) as connection:
            yield connection
            if fate < 2 * percent:
                raise KilledError
            if fate < 3 * percent:
                raise EnvironmentProblem("journal_disk_full")
        if fate >= 100 - percent:
            raise KilledError

    JournalFile.writing = writing
    try:
        yield
    finally:
        JournalFile.writing = real


def copy_disk(device: Device, folder: Path) -> None:
    """An image of a till's disk, as a careless technician makes one."""
    device.die()
    shutil.copytree(device.paths.root, folder)
