"""What the basket screen shows, ready to show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line; `detail` is size and colour, `marks` what is special about it (return, price by hand)."""

    number: int
    name: str
    detail: str
    sku: str
    quantity: str
    unit_price: str
    total: str
    marks: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class BasketState:
    """The open receipt; no lines and `open` False between customers. `last` is the line that just changed."""

    open: bool = False
    lines: tuple[LineRow, ...] = ()
    pieces: str = "0"
    total: str = ""
    training: str = ""
    note: str = ""
    notice: str = ""
    last: LineRow | None = None


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """A receipt laid aside."""

    basket_id: str
    label: str
    parked_at: str
    lines: int
