"""The opened `journal.db`: one connection, one way to write, and the errors of its disk by name.

Events are on the disk when a transaction returns (`synchronous=FULL`). Changes of the open receipt are safe from a
killed process at once, and from a power cut as soon as the disk was last waited for a quarter of a second ago: no hand
scans faster, so every line that a person enters is on the disk too, while recorded receipts do not wait line by line.
Each later event takes everything before it to the disk.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

from pos_client.storage.schema import migrate
from pos_client.storage.sqlite import (
    Connection,
    SqliteError,
    connect,
    problem,
    transaction,
)
from shared.errors import EnvironmentProblem

_BURST_SECONDS = 0.25
_TIDY_BYTES = 4_000_000
_LOG_PAGES = 8_000  # 32 MB: without a sync process the till tidies up itself, rarely


class JournalFile:
    """`journal.db` of one till and incarnation; made if it is missing.

    `EnvironmentProblem`: `journal_unreadable`, `journal_newer`, `journal_disk_full`, `journal_io_error`,
    `journal_foreign` if the file belongs to another till or incarnation.
    """

    def __init__(self, path: Path, till_id: str, incarnation: int) -> None:
        self.path = path
        self.till_id = till_id
        self.incarnation = incarnation
        try:
            self._connection = connect(path, synchronous="FULL")
        except SqliteError as error:
            raise problem(error, "journal") from error
        try:
            self._prepare()
        except SqliteError as error:
            self._connection.close()
            raise problem(error, "journal") from error
        except EnvironmentProblem:
            self._connection.close()
            raise
        self._inode = _inode(path)
        self._waits = True
        self._waited_at = 0.0

    def _prepare(self) -> None:
        self._connection.execute(f"PRAGMA wal_autocheckpoint={_LOG_PAGES}")
        migrate(self._connection, self.path)
        row = self._connection.execute(
            "SELECT till_id, incarnation FROM journal_identity"
        ).fetchone()
        if row is None:
            with transaction(self._connection) as write:
                write.execute(
                    "INSERT OR IGNORE INTO journal_identity VALUES (1, ?, ?, 1)",
                    (self.till_id, self.incarnation),
                )
        elif tuple(row) != (self.till_id, self.incarnation):
            raise EnvironmentProblem("journal_foreign", {"till": row[0], "incarnation": row[1]})

    @contextlib.contextmanager
    def writing(self, *, event: bool = True) -> Iterator[Connection]:
        """One transaction: when this returns it is true; on any error nothing of it is.

        With `event` the disk has it then; without (open receipt) in a burst the disk may follow.

        `EnvironmentProblem('journal_disk_full' | 'journal_io_error' | 'journal_busy' | 'journal_unreadable')`;
        `('journal_gone')` when the file was taken away or replaced under the running till, since SQLite would go on
        writing into a file that nobody finds again.
        """
        if _inode(self.path) != self._inode:
            raise EnvironmentProblem("journal_gone", {"file": str(self.path)})
        began = monotonic()
        wait = event or began - self._waited_at >= _BURST_SECONDS
        try:
            self._wait_for_disk(wait)
            with transaction(self._connection) as connection:
                yield connection
        except SqliteError as error:
            raise problem(error, "journal") from error
        if wait:
            self._waited_at = began

    def _wait_for_disk(self, wait: bool) -> None:
        if wait != self._waits:
            self._connection.execute(f"PRAGMA synchronous={'FULL' if wait else 'NORMAL'}")
            self._waits = wait

    def tidy(self) -> None:
        """Move what waits in the write-ahead log into the file, beside the till's own writing; for the sync process,
        so that no sale has to do it.
        """
        log = self.path.with_name(self.path.name + "-wal")
        try:
            if log.stat().st_size > _TIDY_BYTES:
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        except (OSError, SqliteError):
            return  # the till's own writes say what is wrong with the disk

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """The connection for queries, with the disk's errors by name."""
        try:
            yield self._connection
        except SqliteError as error:
            raise problem(error, "journal") from error

    def close(self) -> None:
        """Close the file; the open basket stays in it."""
        self._connection.close()


def _inode(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (-1, -1)
    return (found.st_dev, found.st_ino)
