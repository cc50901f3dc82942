"""The print queue in `journal.db`, as the print worker sees it through a connection of its own.

A job waits, is begun before the first byte goes out (on the disk first, so that a power cut cannot forget it), and is
gone when it is on paper. What was begun and not ended is held: nobody but a person at the printer knows how far it
came, so it is never printed again by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from pos_client.storage.journal_file import JournalFile

_SELECT = (
    "SELECT j.id, j.kind, e.type, e.event_id, e.body FROM print_job j"
    " JOIN journal_event e ON e.seq = j.seq"
)


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A job: `kind` is `receipt`, `copy`, `gift`, `slip`, `copy_slip` or `drawer`; the rest is the event that it
    prints.
    """

    job: int
    kind: str
    event_type: str
    event_id: UUID
    body: bytes


class PrintShare(StrEnum):
    """Which jobs a printer takes: all, or with two printers the slips on one and everything else on the other."""

    ALL = ""
    RECEIPTS = " AND kind NOT LIKE '%slip'"
    SLIPS = " AND kind LIKE '%slip'"


class PrintQueue:
    """The jobs in a journal file, or a share of them. Every method is one transaction; `EnvironmentProblem` as the
    file's.
    """

    def __init__(self, file: JournalFile, share: PrintShare = PrintShare.ALL) -> None:
        self._file = file
        self._share = share

    def hold_begun(self) -> bool:
        """What an earlier process began and did not end: held; a drawer is open or not, which everybody sees. Whether
        there was anything.
        """
        with self._file.writing() as connection:
            begun = f"state='printing'{self._share}"
            drawers = connection.execute(f"DELETE FROM print_job WHERE {begun} AND kind='drawer'")
            papers = connection.execute(f"UPDATE print_job SET state='held' WHERE {begun}")
        return drawers.rowcount + papers.rowcount > 0

    def next_waiting(self) -> PrintJob | None:
        """The job to print now: an open drawer first, then the oldest."""
        with self._file.reading() as connection:
            row = connection.execute(
                f"{_SELECT} WHERE j.state='waiting'{self._share}"
                " ORDER BY j.kind <> 'drawer', j.id LIMIT 1"
            ).fetchone()
        return _job(row) if row else None

    def held(self) -> tuple[PrintJob, ...]:
        """The jobs that a person decides about, oldest first."""
        with self._file.reading() as connection:
            rows = connection.execute(
                f"{_SELECT} WHERE j.state='held'{self._share} ORDER BY j.id"
            ).fetchall()
        return tuple(_job(row) for row in rows)

    def waiting(self) -> int:
        """How many jobs wait or are begun."""
        with self._file.reading() as connection:
            row = connection.execute(
                f"SELECT count(*) FROM print_job WHERE state<>'held'{self._share}"
            ).fetchone()
        return int(row[0])

    def event(self, event_id: UUID) -> tuple[str, bytes] | None:
        """Type and body of another event: the original of a copy."""
        with self._file.reading() as connection:
            row = connection.execute(
                "SELECT type, body FROM journal_event WHERE event_id=?", (event_id.bytes,)
            ).fetchone()
        return (str(row[0]), bytes(row[1])) if row else None

    def begin(self, job: int) -> None:
        """Bytes may go out from now on."""
        self._move(job, "printing")

    def release(self, job: int) -> None:
        """Not a byte went out: it waits again."""
        self._move(job, "waiting")

    def hold(self, job: int) -> None:
        """It broke off."""
        self._move(job, "held")

    def remove(self, job: int) -> None:
        """It is on paper, or nobody wants it any more."""
        with self._file.writing() as connection:
            connection.execute("DELETE FROM print_job WHERE id=?", (job,))

    def _move(self, job: int, state: str) -> None:
        with self._file.writing() as connection:
            connection.execute("UPDATE print_job SET state=? WHERE id=?", (state, job))


def _job(row: Sequence[Any]) -> PrintJob:
    return PrintJob(row[0], row[1], row[2], UUID(bytes=bytes(row[3])), bytes(row[4]))
