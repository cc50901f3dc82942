"""What this till sold last, from its own receipts."""

from __future__ import annotations

from pos_client.storage.receipt_archive import ReceiptArchive

_RECEIPTS = 50


class SoldArticles:
    """Looks through the last receipts."""

    def __init__(self, archive: ReceiptArchive) -> None:
        self._archive = archive

    def last_sold(self, limit: int) -> tuple[str, ...]:
        """The skus of the last receipts, the newest first, each once; what came back was not sold."""
        skus = (
            line.sku
            for filed in self._archive.recent(_RECEIPTS)
            for line in reversed(filed.receipt.lines)
            if not line.is_return and line.is_goods
        )
        return tuple(dict.fromkeys(skus))[:limit]
