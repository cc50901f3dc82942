"""The opened `journal.db`: one connection, one way to write, and the errors of its disk by name."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from pos_client.storage.schema import migrate
from pos_client.storage.sqlite import (
    Connection,
    SqliteError,
    connect,
    problem,
    transaction,
)
from shared.errors import EnvironmentProblem


class JournalFile:
    """`journal.db` of one till and incarnation; made if it is missing.

    `EnvironmentProblem`: `journal_corrupt`, `journal_newer`, `journal_disk_full`, `journal_io_error`,
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

    def _prepare(self) -> None:
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
    def writing(self) -> Iterator[Connection]:
        """One durable transaction: when this returns, the disk has it; on any error nothing of it is true.

        `EnvironmentProblem('journal_disk_full' | 'journal_io_error' | 'journal_busy' | 'journal_corrupt')`;
        `('journal_gone')` when the file was taken away or replaced under the running till, since SQLite would go on
        writing into a file that nobody finds again.
        """
        if _inode(self.path) != self._inode:
            raise EnvironmentProblem("journal_gone", {"file": str(self.path)})
        try:
            with transaction(self._connection) as connection:
                yield connection
        except SqliteError as error:
            raise problem(error, "journal") from error

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
