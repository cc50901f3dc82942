"""The second copy of the journal: an append-only file on another disk, a stick or a LAN path.

It is written after the journal's transaction and before the print queue shows the receipt, so what a customer holds is
in two places as long as the copy can be written. Losing the copy never stops a sale: the state turns to `missing` and
is shown. The copy is checked, and completed from the journal, when the till starts, when a shift opens, and after a
failure with the next event, but not sooner than 30 seconds after the last attempt: a path that hangs must not hang
every receipt.

A copy on the journal's own disk is written all the same, since it outlives a deleted file; it does not outlive the
disk, and the state says so.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from pos_client.storage.event_records import MAGIC, read_records, record_of
from shared.errors import EnvironmentProblem
from shared.identity import Clock
from shared.journal import ChainedEvent

RETRY_AFTER = timedelta(seconds=30)


class CopyState(StrEnum):
    """`NONE`: no path is set; `MISSING`: a path is set but cannot be written; `SAME_DISK`: written, but where the
    journal is; `DIFFERS`: what lies there is no copy of this journal.
    """

    NONE = "none"
    OK = "ok"
    MISSING = "missing"
    SAME_DISK = "same_disk"
    DIFFERS = "differs"


ReadAfter = Callable[[int], Iterable[ChainedEvent]]


class SecondCopy:
    """The copy in `folder` for one till and incarnation of the file `journal`. `clock` is the system's."""

    def __init__(
        self, folder: Path, till_id: str, incarnation: int, *, journal: Path, clock: Clock
    ) -> None:
        self.path = folder / f"journal-{till_id}-{incarnation}.copy"
        self.state = CopyState.MISSING
        self._journal = journal
        self._clock = clock
        self._tried_at: datetime | None = None
        self._descriptor = -1

    @property
    def is_attached(self) -> bool:
        """Whether `append` reaches the copy."""
        return self._descriptor >= 0

    @property
    def may_retry(self) -> bool:
        """Whether the last attempt to reach the copy is long enough ago; a clock that was set back counts as long."""
        if self._tried_at is None:
            return True
        return not timedelta(0) <= self._clock.now() - self._tried_at < RETRY_AFTER

    def attach(
        self, last_seq: int, hash_at: Callable[[int], bytes | None], after: ReadAfter
    ) -> None:
        """Compare with the journal, complete the copy from `after(seq)`, and keep it open.

        `hash_at(seq)` is the journal's hash of an event. `EnvironmentProblem('journal_behind_copy')` if the copy
        knows more than the journal, `('journal_copy_differs')` if they tell different stories: then the journal is
        not the one that printed the receipts, and selling must stop. A copy that cannot be read or written only
        sets the state to `MISSING`.
        """
        self.detach()
        self._tried_at = self._clock.now()
        try:
            copied = self._open()
            state = CopyState.SAME_DISK if on_one_disk(self.path, self._journal) else CopyState.OK
        except OSError:
            self.detach()
            return
        seq = copied.seq if copied else 0
        try:
            if seq > last_seq:
                raise EnvironmentProblem("journal_behind_copy", {"copy": seq, "journal": last_seq})
            if copied and hash_at(seq) != copied.hash:
                raise EnvironmentProblem("journal_copy_differs", {"seq": seq})
        except EnvironmentProblem:
            self.detach(CopyState.DIFFERS)
            raise
        self.state = state
        self.append_all(after(seq))

    def append_all(self, events: Iterable[ChainedEvent]) -> None:
        """Append what the journal has and the copy has not."""
        batch: list[ChainedEvent] = []
        for event in events:
            batch.append(event)
            if len(batch) == 500:
                self.append(batch)
                batch = []
        if batch:
            self.append(batch)

    def append(self, events: Sequence[ChainedEvent]) -> None:
        """Add events and wait for the disk; on failure the state becomes `MISSING` and nothing is raised."""
        if self._descriptor < 0:
            return
        data = b"".join(record_of(event) for event in events)
        try:
            if not self.path.exists():
                raise FileNotFoundError(self.path)
            written = 0
            while written < len(data):
                written += os.write(self._descriptor, data[written:])
            os.fsync(self._descriptor)
        except OSError:
            self._tried_at = self._clock.now()
            self.detach()

    def detach(self, state: CopyState = CopyState.MISSING) -> None:
        """Let go of the file; from now on the state is `state`."""
        self.state = state
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            try:
                os.close(descriptor)
            except OSError:
                self.state = CopyState.MISSING  # a stick that was pulled out says so here too

    def _open(self) -> ChainedEvent | None:
        """Open for appending behind the last whole record, which is returned."""
        if not self.path.parent.is_dir():
            raise FileNotFoundError(self.path.parent)
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
        self._descriptor = os.open(self.path, flags, 0o600)
        last: ChainedEvent | None = None
        end = len(MAGIC)
        with os.fdopen(os.dup(self._descriptor), "rb") as source:
            for event, offset in read_records(source):
                last, end = event, offset
            source.seek(0)
            fresh = source.read(len(MAGIC)) != MAGIC
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        if fresh:
            os.ftruncate(self._descriptor, 0)
            os.write(self._descriptor, MAGIC)
        else:
            os.ftruncate(self._descriptor, end)
            os.lseek(self._descriptor, end, os.SEEK_SET)
        os.fsync(self._descriptor)
        return last


def on_one_disk(copy: Path, journal: Path) -> bool:
    """Whether two files lie on one device, as far as the system tells."""
    return copy.stat().st_dev == journal.stat().st_dev
