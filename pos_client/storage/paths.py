"""Where a till keeps what: the names of all files below its data directory."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from shared.errors import EnvironmentProblem


@dataclass(frozen=True, slots=True)
class DataPaths:
    """The files of one till below `root`; made by `prepare`, readable by their owner only."""

    root: Path

    def prepare(self) -> None:
        """Make the folders that are missing; `EnvironmentProblem('data_folder_unusable')` where that cannot be."""
        try:
            for folder in (self.root, self.reference, self.archive):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            params = {"folder": str(self.root), "detail": error.strerror or type(error).__name__}
            raise EnvironmentProblem("data_folder_unusable", params) from error

    @property
    def journal(self) -> Path:
        """The journal with the open basket beside it."""
        return self.root / "journal.db"

    @property
    def journal_started(self) -> Path:
        """Names the till and incarnation for which a journal was once begun."""
        return self.root / "journal.started"

    @property
    def identity(self) -> Path:
        """What the centre said this till is."""
        return self.root / "identity.json"

    @property
    def identity_pending(self) -> Path:
        """A new identity whose taking over was interrupted."""
        return self.root / "identity.pending.json"

    @property
    def key(self) -> Path:
        """The private key; never leaves the till."""
        return self.root / "till.key"

    @property
    def pin_key(self) -> Path:
        """The chain's secret for PINs; not in the reference data, so that those alone are worth nothing."""
        return self.root / "pin.key"

    @property
    def customer_key(self) -> Path:
        """What the customers in the reference data are sealed with; gone, nobody can read them."""
        return self.root / "customers.key"

    @property
    def certificate(self) -> Path:
        """What the centre signed of the till's key, if it came later than the identity."""
        return self.root / "till.certificate"

    @property
    def people(self) -> Path:
        """The folder of the keys of persons whom this till took down."""
        return self.root / "people"

    @property
    def key_pending(self) -> Path:
        """The key of a provisioning that is not through yet."""
        return self.root / "till.key.new"

    @property
    def reference(self) -> Path:
        """The folder of reference files and the pointer to the current one."""
        return self.root / "reference"

    @property
    def archive(self) -> Path:
        """Journals of earlier incarnations, and damaged ones."""
        return self.root / "archive"

    @property
    def settings(self) -> Path:
        """What the shop set for this till: language, second copy."""
        return self.root / "till.json"

    @property
    def device_report(self) -> Path:
        """How the devices are, written by the till for the sync process."""
        return self.root / "devices.json"

    @property
    def support(self) -> Path:
        """The folder of what was exported for support."""
        return self.root / "support"

    @property
    def receipt_search(self) -> Path:
        """An index to find receipts with, made from the journal; may be deleted at any time."""
        return self.root / "receipts-found.db"

    @property
    def pictures(self) -> Path:
        """The folder of photos of articles; may be deleted at any time."""
        return self.root / "pictures"

    @property
    def nudge_port(self) -> Path:
        """The loopback port on which the sync process waits to be woken."""
        return self.root / "sync.port"

    def lock(self, owner: str) -> Path:
        """The lock file of a process: `till` or `sync`."""
        return self.root / f"{owner}.lock"


def write_atomically(path: Path, data: bytes) -> None:
    """Replace the file at once or not at all; on disk when this returns; readable by its owner only."""
    temporary = path.with_name(path.name + ".tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` durable, where the system can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
