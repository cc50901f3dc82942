"""A till, a centre double and the sync loop between them."""

from pos_client.storage.customer_vault import CustomerVault
from pos_client.storage.opening import open_journal
from pos_client.storage.reference_files import ReferenceFiles
from pos_client.storage.upload_state import UploadStore
from pos_client.sync.key_files import CustomerKeyFile
from pos_client.sync.keys import TillKey
from pos_client.sync.loop import SyncLoop
from tests.integration.till_centre_double import CentreDouble
from tests.integration.till_world import (
    World,
    item,
    item_row,
    price_row,
    staff_row,
    vat_rows,
)


class NoSleep:
    def wait(self, seconds):
        return False


class Rig:
    """A till, a centre double and the loop between them."""

    def __init__(self, folder):
        self.world = World(folder / "till", articles=3)
        self.paths = self.world.paths
        self.key = TillKey.load(self.paths.key)
        public = self.key._private.public_key().public_bytes_raw()
        self.centre = CentreDouble(self.world.identity, public)
        self.files = ReferenceFiles(self.paths.reference)
        self.till = self.world.open()
        self.loops = []

    def loop(self, journal=None, clock=None):
        journal = journal or open_journal(self.paths, self.world.identity)
        loop = SyncLoop(
            transport=self.centre.transport(clock, self.key),
            clock=clock or self.centre.clock,
            sleeper=NoSleep(),
            journal=journal,
            files=self.files,
            identity=self.world.identity,
            jitter=lambda: 0.5,
            keys=(CustomerKeyFile(self.paths.customer_key),),
            vault=CustomerVault(self.paths.customer_key),
        )
        self.loops.append((loop, journal))
        return loop

    @property
    def state(self):
        return UploadStore(self.till.journal.file).load()

    def close(self):
        for loop, journal in self.loops:
            loop.close()
            journal.file.close()
        self.world.close()


def filled(centre, articles=3):
    for number in range(1, articles + 1):
        centre.put("reference", item_row(item(number)), price_row(f"S{number}", 100 * number))
    centre.put("reference", *vat_rows("DE"))
    centre.put("staff", staff_row())


def fresh(rig):
    """The till as it is before any data came."""
    rig.files.drop()
    for path in rig.paths.reference.glob("*.db*"):
        path.unlink()
