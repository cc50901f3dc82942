"""What receipts need besides the till's own ports."""

from __future__ import annotations

from typing import Protocol

from pos_client.features.receipts.state import ReceiptsState
from pos_client.ports import FiledReceipt, ReceiptQuery
from shared.receipt import Party


class Archive(Protocol):
    """The receipts of this till's journal."""

    def find(self, text: str) -> FiledReceipt:
        """By printed number (`1-42`), bare number, full id or foreign number; `DomainError('receipt_unknown')`."""

    def recent(self, limit: int) -> tuple[FiledReceipt, ...]:
        """The last ones, newest first."""


class Finder(Protocol):
    """Receipts by what one remembers of them."""

    def search(
        self, query: ReceiptQuery, before: int | None, limit: int
    ) -> tuple[tuple[int, FiledReceipt], ...]:
        """Receipts that fit any part of the query, newest first, each with its place; those older than `before`."""


class SellerBook(Protocol):
    """Who sells."""

    def seller(self) -> Party:
        """The seller as receipts name it."""


class ReceiptsView(Protocol):
    """The screen."""

    def render(self, state: ReceiptsState) -> None:
        """Show a state."""
