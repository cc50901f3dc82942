"""Which reference file is current: a pointer file names it, so that a new one is switched to at once.

Reference data is disposable: a broken file is dropped and fetched again, an old one deleted when nobody has it open.
"""

from __future__ import annotations

from pathlib import Path

from pos_client.storage.paths import sync_folder, write_atomically
from pos_client.storage.sqlite import SqliteError, connect, problem, transaction
from shared.errors import EnvironmentProblem
from shared.wire.reference_schema import INDEXES, SCHEMA_VERSION, TABLES

_POINTER = "current"
_BROKEN = "broken"


class ReferenceFiles:
    """The files in one folder. Any process may read the pointer; only sync moves it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pointer = folder / _POINTER

    def current(self) -> Path | None:
        """The file in use; None before the first data and after a broken file was dropped."""
        try:
            name = self.pointer.read_text(encoding="utf-8").strip()
        except (FileNotFoundError, UnicodeDecodeError):
            return None
        # The name is ours, but a damaged pointer must not lead anywhere else.
        path = self.folder / Path(name).name
        return path if name and path.is_file() else None

    def point_to(self, path: Path) -> None:
        """Make `path`, a file in the folder, the current one."""
        sync_folder(self.folder)
        write_atomically(self.pointer, path.name.encode("utf-8"))
        self._broken.unlink(missing_ok=True)

    def create_empty(self) -> Path:
        """A fresh file without rows, for following the feeds from their start; it becomes the current one."""
        number = 1
        while (path := self.folder / f"reference-feed-{number}.db").exists():
            number += 1
        try:
            connection = connect(path, synchronous="NORMAL")
            try:
                with transaction(connection):
                    for statement in (*TABLES, *INDEXES):
                        connection.execute(statement)
                    connection.execute(
                        "INSERT INTO meta VALUES ('schema_version', ?)", (str(SCHEMA_VERSION),)
                    )
            finally:
                connection.close()
            self.point_to(path)
        except SqliteError as error:
            raise problem(error, "reference") from error
        except OSError as error:
            raise EnvironmentProblem("reference_io_error", {"detail": str(error)[:120]}) from error
        return path

    def drop(self) -> None:
        """Give up the current file: the next round fetches a new one."""
        self.pointer.unlink(missing_ok=True)
        self._broken.unlink(missing_ok=True)

    @property
    def _broken(self) -> Path:
        return self.folder / _BROKEN

    def report_broken(self, path: Path) -> None:
        """A reader found the file broken; sync will drop it."""
        try:
            self._broken.write_text(path.name, encoding="utf-8")
        except OSError as error:
            raise EnvironmentProblem("reference_io_error", {"detail": str(error)[:120]}) from error

    def reported_broken(self) -> bool:
        """Whether the current file was reported broken."""
        try:
            name = self._broken.read_text(encoding="utf-8").strip()
        except (FileNotFoundError, UnicodeDecodeError):
            return False
        current = self.current()
        return current is not None and current.name == name

    def sweep(self) -> None:
        """Delete files that are not current and that nobody has open any more."""
        current = self.current()
        for path in self.folder.glob("reference-*.db"):
            if path != current and _unused(path):
                for suffix in ("", "-wal", "-shm"):
                    path.with_name(path.name + suffix).unlink(missing_ok=True)


def _unused(path: Path) -> bool:
    """Leaving WAL mode needs the file for oneself, on every system: that is the question asked here."""
    try:
        connection = connect(path, synchronous="NORMAL")
    except SqliteError:
        return True
    try:
        connection.execute("PRAGMA busy_timeout=0")
        return bool(connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0] == "delete")
    except SqliteError as error:
        return problem(error, "reference").code == "reference_corrupt"
    finally:
        connection.close()
