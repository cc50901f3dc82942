"""The finished receipts of this till, read back from the journal."""

from __future__ import annotations

import re

from pos_client.ports import FiledReceipt
from pos_client.storage.journal import Journal
from shared.errors import DomainError
from shared.journal import ChainedEvent, parse_body, receipt_from_body

_NUMBER = re.compile(r"(?:.*-)?(\d{1,12})-(\d{1,12})|(\d{1,12})")


class ReceiptArchive:
    """Looks receipts up by any of their numbers."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def find(self, text: str) -> FiledReceipt:
        """By printed number (`1-42`), bare number, full id or foreign number; raises as `event` does."""
        return _read(self.event(text))

    def event(self, text: str) -> ChainedEvent:
        """The event of the receipt with this number, as `find` looks for it.

        `DomainError('receipt_unknown')` if this journal has none; the number of another till or of an earlier
        incarnation is unknown here.
        """
        event = self._journal.receipt_with_ref(text) if text else None
        if event is None:
            event = self._by_number(text)
        if event is None:
            raise DomainError("receipt_unknown", {"number": text[:60]}, http_status=404)
        return event

    def recent(self, limit: int) -> tuple[FiledReceipt, ...]:
        """The last ones, newest first."""
        return tuple(_read(event) for event in self._journal.recent_receipts(limit))

    def _by_number(self, text: str) -> ChainedEvent | None:
        match = _NUMBER.fullmatch(text)
        if match is None:
            return None
        file = self._journal.file
        if match[3] is not None:
            return self._journal.receipt(int(match[3]))
        till = text.rpartition(f"-{match[1]}-{match[2]}")[0]
        if int(match[1]) != file.incarnation or till not in {"", file.till_id}:
            return None
        return self._journal.receipt(int(match[2]))


def _read(event: ChainedEvent) -> FiledReceipt:
    return FiledReceipt(event.type, receipt_from_body(event.event_id, parse_body(event.body)))
