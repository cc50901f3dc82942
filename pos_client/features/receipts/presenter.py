"""Finished receipts: found, shown, printed again. A reprint is an event, and the paper says that it is a copy."""

from __future__ import annotations

from pos_client.features.receipts.ports import Archive, ReceiptsView, SellerBook
from pos_client.features.receipts.receipt_text import receipt_text
from pos_client.features.receipts.state import ReceiptRow, ReceiptsState
from pos_client.ports import FiledReceipt, Recording, Texts


class ReceiptsPresenter:
    """Needs nobody logged in to look, somebody to print again."""

    def __init__(
        self,
        archive: Archive,
        sellers: SellerBook,
        recording: Recording,
        texts: Texts,
        view: ReceiptsView,
    ) -> None:
        self._archive = archive
        self._sellers = sellers
        self._recording = recording
        self._texts = texts
        self._view = view

    def on_recent(self, limit: int = 20) -> ReceiptsState:
        """The last receipts."""
        rows = tuple(self._row(filed) for filed in self._archive.recent(min(max(limit, 1), 200)))
        return self._render(ReceiptsState(rows=rows))

    def on_find(self, text: str) -> ReceiptsState:
        """One receipt as it was printed."""
        filed = self._archive.find(text.strip())
        return self._render(self._page(filed))

    def on_reprint(self, text: str) -> ReceiptsState:
        """Print a receipt again, marked as a copy."""
        self._recording.require_operator()
        filed = self._archive.find(text.strip())
        receipt = filed.receipt
        facts = {
            "receipt_event_id": str(receipt.event_id),
            "receipt": str(receipt.receipt_id),
        }
        self._recording.record_printed("receipt.reprinted", facts, "copy")
        return self._render(self._page(filed, copy=True))

    def _page(self, filed: FiledReceipt, *, copy: bool = False) -> ReceiptsState:
        text = receipt_text(
            filed.receipt, filed.kind, self._sellers.seller(), self._texts, copy=copy
        )
        return ReceiptsState(number=filed.receipt.receipt_id.printed_number, text=text)

    def _row(self, filed: FiledReceipt) -> ReceiptRow:
        receipt = filed.receipt
        return ReceiptRow(
            number=receipt.receipt_id.printed_number,
            kind=self._texts.text(f"kind.{filed.kind}"),
            finished_at=self._texts.moment(receipt.finished_at),
            total=self._texts.money(receipt.total, receipt.currency),
            reference=receipt.external_ref,
        )

    def _render(self, state: ReceiptsState) -> ReceiptsState:
        self._view.render(state)
        return state
