"""The second copy of the journal: an append-only file on another disk, a stick or a LAN path.

It is written after the journal's transaction and before anything is printed, so a receipt in a customer's hand is
always in two places. Losing the copy never stops a sale: the state turns to `missing` and is shown. It is checked,
and completed, when the till starts and when a shift opens.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from pathlib import Path

from pos_client.storage.event_records import MAGIC, read_records, record_of
from shared.errors import EnvironmentProblem
from shared.journal import ChainedEvent


class CopyState(StrEnum):
    """`NONE`: no path is set; `MISSING`: a path is set but cannot be written."""

    NONE = "none"
    OK = "ok"
    MISSING = "missing"


ReadAfter = Callable[[int], Iterable[ChainedEvent]]


class SecondCopy:
    """The copy in `folder` for one till and incarnation."""

    def __init__(self, folder: Path, till_id: str, incarnation: int) -> None:
        self.path = folder / f"journal-{till_id}-{incarnation}.copy"
        self.state = CopyState.MISSING
        self._descriptor = -1

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
        try:
            copied = self._open()
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
            self.detach()
            raise
        self.state = CopyState.OK
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
            self.detach()

    def detach(self) -> None:
        """Let go of the file."""
        self.state = CopyState.MISSING
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
