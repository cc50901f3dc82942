"""A small chain in one process: the real centre, real tills on real files, one clock, and faults by seed.

Everything is the product's own code; only the wire (`Bridge`) and the moments of dying are imagined.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from central_server.features.pricing.service import set_prices
from central_server.features.sales.tables import sale
from central_server.gateway.journal import jobs, repository
from central_server.gateway.journal.projection import project_pending
from central_server.gateway.sequencer import drain
from central_server.platform.unit_of_work import UnitOfWork, reading, run_writing
from pos_client.app.composition import Till, open_till
from pos_client.runtime.clock import BusinessClock
from pos_client.storage.identity import IdentityFile
from pos_client.storage.journal import Journal
from pos_client.storage.journal_file import JournalFile
from pos_client.storage.opening import open_journal
from pos_client.storage.paths import DataPaths
from pos_client.sync.loop import SyncLoop
from pos_client.sync.transport import HttpTransport
from shared.errors import EnvironmentProblem
from shared.identity import FixedClock
from shared.journal import ChainedEvent, parse_body, receipt_from_body
from shared.pricing import PriceEntry
from shared.receipt import Receipt, ReceiptId
from tests.simulation.centre import SELLER, SKUS, TILLS, open_sync, open_transport, the_centre
from tests.support.bridge import Bridge, CentreDiedError, Faults


class KilledError(BaseException):
    """The till's process ends here, as by `kill -9`: nobody catches it on the way."""


class NoSleep:
    """Waits not at all."""

    def wait(self, _seconds: float) -> bool:
        """Nobody nudges."""
        return False


class TillClock:
    """The clock of a till: that of the world, as far off as somebody set it."""

    def __init__(self, world: FixedClock) -> None:
        self._world = world
        self.off = timedelta(0)

    def now(self) -> datetime:
        """The time that this till believes."""
        return self._world.now() + self.off


class Device:
    """One till on its own disk: till process and sync, opened anew after each death."""

    def __init__(self, world: World, till_id: str, folder: Path) -> None:
        self.world = world
        self.till_id = till_id
        self.paths = DataPaths(folder)
        self.clock = TillClock(world.clock)
        self.bridge = Bridge(world.app, world.chance)
        self.till: Till | None = None
        self.loop: SyncLoop | None = None

    def join(self) -> None:
        """Let the device in with a one-time code."""
        self.world.centre.join(self.paths, self.till_id, self.bridge)

    def open(self) -> Till:
        """The running till."""
        if self.till is None:
            self.till = open_till(
                self.paths.root,
                clock=BusinessClock(self.clock),
                system_clock=self.clock,
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

    def transport(self) -> HttpTransport:
        """A connection to the centre, signed as this till."""
        return open_transport(self.paths, self.clock, self.bridge)

    def syncing(self) -> SyncLoop:
        """The sync process."""
        if self.loop is None:
            self.loop = open_sync(self.paths, self.clock, self.bridge, self.world.chance)
        return self.loop

    def sync(self) -> None:
        """One step of the sync process; what fails is tried again another time."""
        self.syncing().step()

    def events(self) -> tuple[ChainedEvent, ...]:
        """Everything that this incarnation has journalled."""
        with self.journal() as journal:
            return tuple(journal.events_after(0))

    @contextmanager
    def journal(self) -> Iterator[Journal]:
        """The journal as it is on the disk, whether the till runs or not."""
        journal = open_journal(self.paths, IdentityFile(self.paths).require())
        try:
            yield journal
        finally:
            journal.file.close()

    def receipts(self) -> list[Receipt]:
        """Every receipt of this incarnation, from the journal itself."""
        return [
            receipt_from_body(event.event_id, parse_body(event.body))
            for event in self.events()
            if event.type in ("sale.completed", "return.completed")
        ]


class World:
    """The centre, the clock and the chance."""

    def __init__(self, seed: int, tills: int = 2) -> None:
        self.chance = random.Random(seed)
        self.centre = the_centre()
        self.clock = self.centre.clock
        self.context = self.centre.context
        self.app = self.centre.app
        live = self.centre.live
        self.devices = [Device(self, till_id, live / till_id) for till_id in TILLS[:tills]]

    def close(self) -> None:
        """Close every file."""
        for device in self.devices:
            device.die()
        self.context.database.dispose()

    def write(self, work: Callable[[UnitOfWork], object]):
        """A unit of work at the centre."""
        return run_writing(self.context.database, work)

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

    def booked(self) -> set[str]:
        """The full numbers of the receipts that the centre has booked."""
        with reading(self.context.database) as unit:
            rows = unit.connection.execute(
                select(sale.c.till_id, sale.c.incarnation, sale.c.receipt_no)
            )
            return {str(ReceiptId(*row)) for row in rows}

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
        for device in self.devices:
            device.syncing().upload_round()
        while self.project():
            pass
        drain(self.context.database, self.clock)
        for device in self.devices:
            device.sync()


@contextmanager
def deadly_centre(chance: random.Random, percent: int):
    """Transactions of the centre's web process die before or after their commit, or find the disk full, by chance."""
    real = UnitOfWork.complete

    def complete(self: UnitOfWork) -> None:
        fate = chance.randrange(100)
        if fate < percent:
            raise CentreDiedError
        if fate < 2 * percent:
            raise EnvironmentProblem("database_disk_full")
        real(self)
        if fate >= 100 - percent:
            raise CentreDiedError

    UnitOfWork.complete = complete
    try:
        yield
    finally:
        UnitOfWork.complete = real


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
