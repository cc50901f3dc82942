"""What the status bar says: sent and unsent, contact, second copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pos_client.storage.journal import Journal
from pos_client.storage.second_copy import CopyState
from pos_client.storage.upload_state import UploadStore


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """`unsent` events wait, `unsent_receipts` of them receipts, the oldest event since `oldest_unsent`.

    `offline_reason` and `stopped` are error codes or empty; `second_copy` is `none`, `ok` or `missing`.
    """

    unsent: int
    unsent_receipts: int
    oldest_unsent: datetime | None
    processed_through: int
    last_contact: datetime | None
    offline_reason: str
    stopped: str
    second_copy: str


class Outbox:
    """Reads the state that the sync process keeps, beside the own journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._uploads = UploadStore(journal.file)

    def unsent(self) -> int:
        """Events that the centre has not acknowledged."""
        return max(self._journal.head.seq - self._uploads.load().acked_seq, 0)

    def stopped(self) -> str:
        """The code for which uploading stopped; empty if it did not."""
        return self._uploads.load().stopped

    def attach_second_copy(self) -> None:
        """Look for the second copy again, and complete it."""
        self._journal.attach_second()

    def status(self) -> SyncStatus:
        """All of it."""
        state = self._uploads.load()
        second = self._journal.second
        return SyncStatus(
            unsent=max(self._journal.head.seq - state.acked_seq, 0),
            unsent_receipts=self._journal.receipts_after(state.acked_seq),
            oldest_unsent=self._journal.oldest_after(state.acked_seq),
            processed_through=state.processed_through,
            last_contact=state.last_contact_at,
            offline_reason=state.offline_reason,
            stopped=state.stopped,
            second_copy=str(second.state if second else CopyState.NONE),
        )
