"""Failed log-ins in `journal.db`, so that a restart of the till forgives nobody."""

from __future__ import annotations

import hashlib
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
    """The counters of all staff numbers that were tried, known or not.

    They belong to the PIN that was tried: `verifier` is the one in force, empty for an unknown number, and a new one
    starts from nothing. What many failures mean is the log-in's business; `locked_at` of them are never swept away.
    """

    def __init__(self, file: JournalFile, locked_at: int) -> None:
        self._file = file
        self._locked_at = locked_at

    def of(self, staff_id: str, verifier: str) -> FailedLogins | None:
        """The failures since the last success with this PIN; None if there are none."""
        with self._file.reading() as connection:
            row = connection.execute(
                "SELECT failures, last_failed_at FROM login_attempt WHERE staff_id=? AND pin=?",
                (staff_id, _fingerprint(verifier)),
            ).fetchone()
        return FailedLogins(row[0], datetime.fromisoformat(row[1])) if row else None

    def failed(self, staff_id: str, verifier: str, at: datetime) -> int:
        """Count a failure and return how many there are in a row."""
        with self._file.writing() as connection:
            row = connection.execute(
                "INSERT INTO login_attempt(staff_id, failures, last_failed_at, pin)"
                " VALUES (?, 1, ?, ?) ON CONFLICT(staff_id) DO UPDATE SET"
                " failures = CASE WHEN pin = excluded.pin THEN failures + 1 ELSE 1 END,"
                " last_failed_at = excluded.last_failed_at, pin = excluded.pin"
                " RETURNING failures",
                (staff_id, at.isoformat(), _fingerprint(verifier)),
            ).fetchone()
            # Made-up numbers must not push out what is locked.
            connection.execute(
                "DELETE FROM login_attempt WHERE failures < ? AND staff_id NOT IN (SELECT staff_id"
                " FROM login_attempt ORDER BY last_failed_at DESC LIMIT ?)",
                (self._locked_at, _MOST_ROWS),
            )
        return int(row[0])

    def succeeded(self, staff_id: str) -> None:
        """Forget the failures."""
        with self._file.writing() as connection:
            connection.execute("DELETE FROM login_attempt WHERE staff_id=?", (staff_id,))

    def unlock(self) -> tuple[str, ...]:
        """Forget the failures of everybody who is locked out; their numbers."""
        with self._file.writing() as connection:
            rows = connection.execute(
                "DELETE FROM login_attempt WHERE failures >= ? RETURNING staff_id",
                (self._locked_at,),
            ).fetchall()
        return tuple(sorted(row[0] for row in rows))


def _fingerprint(verifier: str) -> str:
    return hashlib.sha256(verifier.encode("utf-8")).hexdigest()[:16] if verifier else ""
