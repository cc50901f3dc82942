"""What the receipts screen shows, ready to show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """One receipt in the list; `amount_tone` is `text`, `danger` for money paid out, `muted` without an amount.

    `day` is the heading under which it stands.
    """

    number: str
    kind: str
    finished_at: str
    total: str
    reference: str
    amount_tone: str = "text"
    day: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptsState:
    """The list, or the one receipt `text` in 42 columns.

    `more` is what to hand in as `after` for older receipts, empty when there are none.
    """

    rows: tuple[ReceiptRow, ...] = ()
    number: str = ""
    text: str = ""
    notice: str = ""
    query: str = ""
    more: str = ""
