"""The receipt as a document: what was sold, taxed and paid; its layout for paper; what the law wants to see on it."""

from shared.receipt.document import (
    Owed,
    Party,
    PromotionUse,
    Receipt,
    ReceiptId,
    RecordedMode,
    VoucherGiven,
)

__all__ = ["Owed", "Party", "PromotionUse", "Receipt", "ReceiptId", "RecordedMode", "VoucherGiven"]
