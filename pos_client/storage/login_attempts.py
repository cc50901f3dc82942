"""Failed log-ins in `journal.db`, so that a restart of the till forgives nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pos_client.storage.journal_file import JournalFile

_MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class FailedLogins:
    """How often in a row, and when last by the system clock."""

    failures: int
    last_failed_at: datetime


class LoginAttempts:
    """The counters of all staff numbers that were tried, known or not."""

    def __init__(self, file: JournalFile) -> None:
        self._file = file

    def of(self, staff_id: str) -> FailedLogins | None:
        """The failures since the last success; None if there are none."""
        with self._file.reading() as connection:
            row = connection.execute(
                "SELECT failures, last_failed_at FROM login_attempt WHERE staff_id=?", (staff_id,)
            ).fetchone()
        return FailedLogins(row[0], datetime.fromisoformat(row[1])) if row else None

    def failed(self, staff_id: str, at: datetime) -> int:
        """Count a failure and return how many there are in a row."""
        with self._file.writing() as connection:
            row = connection.execute(
                "INSERT INTO login_attempt VALUES (?, 1, ?) ON CONFLICT(staff_id) DO UPDATE SET"
                " failures = failures + 1, last_failed_at = excluded.last_failed_at"
                " RETURNING failures",
                (staff_id, at.isoformat()),
            ).fetchone()
            connection.execute(
                "DELETE FROM login_attempt WHERE staff_id NOT IN (SELECT staff_id FROM"
                " login_attempt ORDER BY last_failed_at DESC LIMIT ?)",
                (_MOST_ROWS,),
            )
        return int(row[0])

    def succeeded(self, staff_id: str) -> None:
        """Forget the failures."""
        with self._file.writing() as connection:
            connection.execute("DELETE FROM login_attempt WHERE staff_id=?", (staff_id,))
