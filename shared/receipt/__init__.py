"""The receipt as a document: what was sold, taxed and paid; its layout for paper; what the law wants to see on it."""

from shared.receipt.document import (
    Party,
    PromotionUse,
    Receipt,
    ReceiptId,
    RecordedMode,
    VoucherGiven,
)

__all__ = ["Party", "PromotionUse", "Receipt", "ReceiptId", "RecordedMode", "VoucherGiven"]
