"""The receipt as a document: what was sold, taxed and paid, independent of paper, screen or PDF."""

from shared.receipt.document import Party, Receipt, ReceiptId, RecordedMode

__all__ = ["Party", "Receipt", "ReceiptId", "RecordedMode"]
