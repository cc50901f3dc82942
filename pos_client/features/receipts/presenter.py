"""Finished receipts: found, shown, printed again. A reprint is an event, and the paper says that it is a copy."""

from __future__ import annotations

from datetime import date, timedelta

from pos_client.features.receipts.asking import read_query
from pos_client.features.receipts.ports import Archive, Finder, ReceiptsView, SellerBook
from pos_client.features.receipts.receipt_text import gift_text, receipt_text
from pos_client.features.receipts.state import ReceiptRow, ReceiptsState
from pos_client.ports import FiledReceipt, Place, Recording, Texts
from shared.errors import DomainError
from shared.money import currency

PAGE = 50


class ReceiptsPresenter:
    """Needs nobody logged in to look, somebody to print again."""

    def __init__(
        self,
        archive: Archive,
        sellers: SellerBook,
        recording: Recording,
        texts: Texts,
        view: ReceiptsView,
        finder: Finder,
        place: Place,
    ) -> None:
        self._archive = archive
        self._sellers = sellers
        self._recording = recording
        self._texts = texts
        self._view = view
        self._finder = finder
        self._place = place

    def on_recent(self, limit: int = 20) -> ReceiptsState:
        """The last receipts."""
        today = self._recording.moment().business_date
        found = self._archive.recent(min(max(limit, 1), 200))
        rows = tuple(self._row(filed, today) for filed in found)
        return self._render(ReceiptsState(rows=rows))

    def on_search(self, text: str, after: str = "") -> ReceiptsState:
        """Receipts by number, day, amount or what is on them, newest first; all of them without a text.

        A page of 50; `after` is the `more` of the page before.
        """
        today = self._recording.moment().business_date
        places = currency(self._place.currency).exponent
        query = read_query(text, self._texts.language, places, today)
        if after and not after.isdecimal():
            raise DomainError("receipt_page_unknown")
        found = self._finder.search(query, int(after) if after else None, PAGE + 1)
        rows = tuple(self._row(filed, today) for _, filed in found[:PAGE])
        return self._render(
            ReceiptsState(
                rows=rows,
                notice="" if rows else self._texts.text("receipts.none"),
                query=text,
                more=str(found[PAGE - 1][0]) if len(found) > PAGE else "",
            )
        )

    def on_find(self, text: str) -> ReceiptsState:
        """One receipt as it was printed."""
        filed = self._archive.find(text.strip())
        return self._render(self._page(filed))

    def on_reprint(self, text: str) -> ReceiptsState:
        """Print a receipt again, marked as a copy."""
        filed = self._record_reprint(text, "copy")
        return self._render(self._page(filed, copy=True))

    def on_gift(self, text: str) -> ReceiptsState:
        """Print a receipt without amounts, for whoever gets the goods as a present.

        `DomainError('gift_nothing_sold')` where no goods were sold.
        """
        filed = self._record_reprint(text, "gift")
        number = filed.receipt.receipt_id.printed_number
        paper = gift_text(filed.receipt, self._sellers.seller(), self._texts)
        return self._render(ReceiptsState(number=number, text=paper))

    def _record_reprint(self, text: str, print_kind: str) -> FiledReceipt:
        self._recording.require_operator()
        filed = self._archive.find(text.strip())
        receipt = filed.receipt
        if print_kind == "gift" and all(line.is_return for line in receipt.lines):
            raise DomainError("gift_nothing_sold")
        facts = {
            "receipt_event_id": str(receipt.event_id),
            "receipt": str(receipt.receipt_id),
        }
        self._recording.record_printed("receipt.reprinted", facts, print_kind)
        return filed

    def _page(self, filed: FiledReceipt, *, copy: bool = False) -> ReceiptsState:
        text = receipt_text(
            filed.receipt, filed.kind, self._sellers.seller(), self._texts, copy=copy
        )
        return ReceiptsState(number=filed.receipt.receipt_id.printed_number, text=text)

    def _row(self, filed: FiledReceipt, today: date) -> ReceiptRow:
        receipt = filed.receipt
        tone = "danger" if receipt.total < 0 else "text" if receipt.total else "muted"
        return ReceiptRow(
            number=receipt.receipt_id.printed_number,
            kind=self._texts.text(f"kind.{filed.kind}"),
            finished_at=self._texts.moment(receipt.finished_at),
            total=self._texts.money(receipt.total, receipt.currency),
            reference=receipt.external_ref,
            amount_tone=tone,
            day=self._day(receipt.business_date, today),
        )

    def _day(self, day: date, today: date) -> str:
        if day == today:
            return self._texts.text("receipts.today")
        if day == today - timedelta(days=1):
            return self._texts.text("receipts.yesterday")
        return self._texts.day(day)

    def _render(self, state: ReceiptsState) -> ReceiptsState:
        self._view.render(state)
        return state
