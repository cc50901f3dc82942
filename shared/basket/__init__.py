"""The open receipt: lines are added, changed, voided; totals and VAT follow. Immutable values, no storage."""

from shared.basket.basket import Basket, BasketTotals, value_of
from shared.basket.line import Line, LineDiscount, Origin, PriceSource, StockArea
from shared.basket.value import ValueKind, ValueSold

__all__ = [
    "Basket",
    "BasketTotals",
    "Line",
    "LineDiscount",
    "Origin",
    "PriceSource",
    "StockArea",
    "ValueKind",
    "ValueSold",
    "value_of",
]
