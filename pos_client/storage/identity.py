"""Who this till is: the centre's answer at provisioning, kept as a file.

Taking over a new identity is several renames; `IdentityFile.complete` finishes them after an interruption.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from pos_client.storage.paths import DataPaths, sync_folder, write_atomically
from pos_client.storage.sqlite import SqliteError, connect
from shared.errors import EnvironmentProblem
from shared.receipt import Party
from shared.wire.models import ProvisionAnswer, StoreFacts, WireModel


class TillIdentity(WireModel):
    """The identity with the address of the centre; `centre_key` is base64 and pinned, `certificate` as the centre gave
    it.
    """

    till_id: str
    incarnation: int
    mode: Literal["productive", "training", "demo"]
    store: StoreFacts
    centre_key: str
    centre_url: str
    certificate: str = ""

    @classmethod
    def from_answer(cls, answer: ProvisionAnswer, centre_url: str) -> TillIdentity:
        """The identity that an answer gives."""
        return cls(
            till_id=answer.till_id,
            incarnation=answer.incarnation,
            mode=answer.mode,
            store=answer.store,
            centre_key=answer.centre_key,
            centre_url=centre_url,
            certificate=answer.certificate,
        )

    @property
    def key_id(self) -> str:
        """How requests name the key: `<till id>.<incarnation>`."""
        return f"{self.till_id}.{self.incarnation}"

    def seller(self) -> Party:
        """The seller as receipts name it."""
        store = self.store
        return Party(
            store_id=store.store_id,
            name=store.name,
            address=tuple(store.address),
            vat_id=store.vat_id,
            header=tuple(store.header_lines),
        )


class IdentityFile:
    """Reads and replaces the identity of the till at `paths`."""

    def __init__(self, paths: DataPaths) -> None:
        self._paths = paths

    def load(self) -> TillIdentity | None:
        """The identity, None before provisioning; `EnvironmentProblem('identity_damaged')` if it is unreadable."""
        if self._paths.identity_pending.exists():
            self.complete()
        return _read(self._paths.identity)

    def require(self) -> TillIdentity:
        """The identity; `EnvironmentProblem('not_provisioned')` if there is none yet."""
        identity = self.load()
        if identity is None:
            raise EnvironmentProblem("not_provisioned")
        return identity

    def readdress(self, centre_url: str) -> TillIdentity:
        """The same identity at a centre that moved to another address."""
        moved = self.require().model_copy(update={"centre_url": centre_url})
        write_atomically(self._paths.identity, moved.model_dump_json().encode("utf-8"))
        return moved

    def take_over(self, identity: TillIdentity) -> None:
        """Make `identity` this till's: the journal of the incarnation before goes to the archive, the key that was
        made for the new one becomes the till's key.
        """
        write_atomically(
            self._paths.identity_pending, identity.model_dump_json(indent=1).encode("utf-8")
        )
        self.complete()

    def complete(self) -> None:
        """Finish an interrupted `take_over`; every step can be repeated."""
        paths = self._paths
        new = _read(paths.identity_pending)
        if new is None:
            return
        if paths.journal.exists() and _incarnation_of(paths.journal) != new.key_id:
            _archive_journal(paths)
        # Another incarnation may be another chain's: its keys come with the first exchange.
        paths.pin_key.unlink(missing_ok=True)
        paths.customer_key.unlink(missing_ok=True)
        paths.certificate.unlink(missing_ok=True)
        if paths.key_pending.exists():
            paths.key_pending.replace(paths.key)
        paths.identity_pending.replace(paths.identity)
        sync_folder(paths.root)


def _read(path: Path) -> TillIdentity | None:
    try:
        return TillIdentity.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (ValidationError, OSError) as error:
        raise EnvironmentProblem("identity_damaged", {"file": str(path)}) from error


def _incarnation_of(journal: Path) -> str:
    try:
        connection = connect(journal, synchronous="FULL")
        try:
            row = connection.execute("SELECT till_id, incarnation FROM journal_identity").fetchone()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()
    except SqliteError:
        return "damaged"
    return f"{row[0]}.{row[1]}" if row else "empty"


def _archive_journal(paths: DataPaths) -> None:
    label = _incarnation_of(paths.journal)
    number = 0
    while (target := paths.archive / f"journal-{label}-{number}.db").exists():
        number += 1
    for suffix in ("-wal", "-shm", ""):
        source = paths.journal.with_name(paths.journal.name + suffix)
        if source.exists():
            source.replace(target.with_name(target.name + suffix))
