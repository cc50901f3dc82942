"""What the receipts screen shows, ready to show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """One receipt in the list."""

    number: str
    kind: str
    finished_at: str
    total: str
    reference: str


@dataclass(frozen=True, slots=True)
class ReceiptsState:
    """The list, or the one receipt `text` in 42 columns."""

    rows: tuple[ReceiptRow, ...] = ()
    number: str = ""
    text: str = ""
    notice: str = ""
