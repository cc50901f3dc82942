"""What the look-up screen shows, ready to show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One article; `price` is empty where the lists have none."""

    sku: str
    name: str
    detail: str
    price: str


@dataclass(frozen=True, slots=True)
class StockRow:
    """What is there of one variant, at one location."""

    sku: str
    detail: str
    location: str
    quantity: str
    own: bool


@dataclass(frozen=True, slots=True)
class LookupState:
    """Either what was found, or the stock of one article's variants."""

    found: tuple[FoundRow, ...] = ()
    stock: tuple[StockRow, ...] = ()
    notice: str = ""
