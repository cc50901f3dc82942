"""Where the upload of the journal stands, and what the sync process has to say, in one row of `journal.db`.

Written by the sync process only; the till reads it for its status bar.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pos_client.storage.journal_file import JournalFile


@dataclass(frozen=True, slots=True)
class UploadState:
    """`acked_seq`: stored at the centre for good; `processed_through`: booked there; `server_receipt`: the centre's
    latest signed receipt as JSON; `offline_reason`: code of the last failure, empty while all is well; `stopped`:
    code for which uploading stopped until a person acts.
    """

    acked_seq: int
    processed_through: int
    server_receipt: str
    last_contact_at: datetime | None
    offline_reason: str
    stopped: str
    clock_offset_ms: int


class UploadStore:
    """The row, read and written."""

    def __init__(self, file: JournalFile) -> None:
        self._file = file

    def load(self) -> UploadState:
        """The state as it stands."""
        with self._file.reading() as connection:
            row = connection.execute(
                "SELECT acked_seq, processed_through, server_receipt, last_contact_at,"
                " offline_reason, stopped, clock_offset_ms FROM upload_state"
            ).fetchone()
        contact = datetime.fromisoformat(row[3]) if row[3] else None
        return UploadState(row[0], row[1], row[2], contact, row[4], row[5], row[6])

    def acknowledged(
        self, acked_seq: int, processed_through: int, receipt: str, at: datetime
    ) -> None:
        """The centre has everything up to `acked_seq`, and signed for it."""
        self._set(
            acked_seq=acked_seq,
            processed_through=processed_through,
            server_receipt=receipt,
            last_contact_at=at.isoformat(),
            offline_reason="",
            stopped="",
        )

    def rewound(self, acked_seq: int) -> None:
        """The centre expects the event after `acked_seq` next."""
        self._set(acked_seq=acked_seq)

    def contacted(self, at: datetime, processed_through: int, clock_offset_ms: int) -> None:
        """The centre answered."""
        self._set(
            last_contact_at=at.isoformat(),
            processed_through=processed_through,
            clock_offset_ms=clock_offset_ms,
            offline_reason="",
        )

    def offline(self, reason: str) -> None:
        """The centre cannot be reached, or refuses; `reason` is an error code."""
        self._set(offline_reason=reason)

    def stop(self, reason: str) -> None:
        """Uploading stops until a person acts; an empty reason takes that back."""
        self._set(stopped=reason)

    def _set(self, **values: object) -> None:
        assignments = ", ".join(f"{name}=?" for name in values)
        with self._file.writing() as connection:
            connection.execute(f"UPDATE upload_state SET {assignments}", tuple(values.values()))
