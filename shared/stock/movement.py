"""Stock movements are deltas, so they commute: the order in which tills report never matters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from shared.basket.line import Line, StockArea


class MovementKind(StrEnum):
    """Why goods moved."""

    SALE = "sale"
    RETURN = "return"
    RECEIPT = "receipt"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    CORRECTION = "correction"
    OPENING = "opening"


@dataclass(frozen=True, slots=True)
class StockMovement:
    """`delta` units of `sku` more (positive) or fewer at a location; `part` tells movements of one event apart.

    `area` is where in the shop: what is sold comes from the sales area.
    """

    part: str
    sku: str
    delta: Decimal
    kind: MovementKind
    area: StockArea = StockArea.SALE


def movements_of_lines(lines: Iterable[Line]) -> tuple[StockMovement, ...]:
    """What the lines of a completed receipt take from the shop's stock: a sold piece leaves, a returned one comes."""
    return tuple(
        StockMovement(
            part=f"stock:{line.number}",
            sku=line.sku,
            delta=-line.quantity,
            kind=MovementKind.RETURN if line.quantity < 0 else MovementKind.SALE,
            area=line.area if line.quantity < 0 else StockArea.SALE,
        )
        for line in lines
        if line.quantity and line.is_goods
    )


def count_correction(counted: Decimal, booked: Decimal) -> Decimal:
    """The delta that makes a booked level equal to what was counted."""
    return counted - booked
