"""The open receipt: lines are added, changed, voided; totals and VAT follow. Immutable values, no storage."""

from shared.basket.basket import Basket, BasketTotals
from shared.basket.line import Line, LineDiscount, Origin, PriceSource

__all__ = ["Basket", "BasketTotals", "Line", "LineDiscount", "Origin", "PriceSource"]
