"""How the till opens SQLite, begins and ends transactions, and names what a disk can do to it.

`pysqlite3` brings a SQLite without the WAL-reset bug of older systems and is taken where it is there. Nothing
here knows a table.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pos_client.runtime.gui_thread import assert_not_gui_thread
from shared.errors import EnvironmentProblem

if TYPE_CHECKING:
    import sqlite3
else:
    try:
        from pysqlite3 import dbapi2 as sqlite3
    except ImportError:
        import sqlite3

Connection = sqlite3.Connection
DatabaseError = sqlite3.DatabaseError
SqliteError = sqlite3.Error

BUSY_SECONDS = 10
# Primary result codes (https://www.sqlite.org/rescode.html).
_FULL, _CORRUPT, _NOTADB, _BUSY, _LOCKED = 13, 11, 26, 5, 6

Room = Literal["journal", "reference", "receipts"]


def connect(
    path: Path, *, synchronous: Literal["FULL", "NORMAL"], read_only: bool = False
) -> Connection:
    """A connection in WAL mode that begins no transaction by itself.

    A read-only connection never creates a file: a missing one is an sqlite error.
    """
    assert_not_gui_thread(path.name)
    mode = "ro" if read_only else "rwc"
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        timeout=BUSY_SECONDS,
    )
    try:
        if not read_only:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(f"PRAGMA synchronous={synchronous}")
            connection.execute("PRAGMA foreign_keys=ON")
            # What is deleted is overwritten: nothing of a customer stays behind in free pages.
            connection.execute("PRAGMA secure_delete=ON")
    except SqliteError:
        connection.close()
        raise
    return connection


def primary_code(error: SqliteError) -> int:
    """SQLite's primary result code of an error; 0 if the driver gives none."""
    return int(getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF


def is_damaged(error: SqliteError) -> bool:
    """Whether the file itself is broken, as opposed to the disk or a lock."""
    return primary_code(error) in {_CORRUPT, _NOTADB}


def problem(error: SqliteError, room: Room) -> EnvironmentProblem:
    """What an sqlite error means for the till: `<room>_disk_full`, `_busy`, `_io_error`, or that the file is broken:
    `journal_unreadable`, `reference_corrupt`, `receipts_corrupt`.
    """
    code = primary_code(error)
    if code == _FULL:
        return EnvironmentProblem(f"{room}_disk_full")
    if code in {_CORRUPT, _NOTADB}:
        broken = "journal_unreadable" if room == "journal" else f"{room}_corrupt"
        return EnvironmentProblem(broken, {"detail": str(error)[:120]})
    if code in {_BUSY, _LOCKED}:
        return EnvironmentProblem(f"{room}_busy")
    return EnvironmentProblem(f"{room}_io_error", {"detail": str(error)[:120]})


@contextlib.contextmanager
def transaction(connection: Connection) -> Iterator[Connection]:
    """One write transaction: committed at the end, rolled back on any error."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            # A second failure while rolling back changes nothing: SQLite rolls back at the next open.
            with contextlib.suppress(SqliteError):
                connection.execute("ROLLBACK")
        raise


def quick_check(connection: Connection) -> bool:
    """Whether SQLite's own check finds the file sound."""
    try:
        row = connection.execute("PRAGMA quick_check(1)").fetchone()
    except DatabaseError:
        return False
    return row is not None and row[0] == "ok"
