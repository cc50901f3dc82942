"""Stock: the kinds of movement, and the movements that a sale or a count causes."""

from shared.stock.movement import MovementKind, StockMovement, count_correction, movements_of_lines

__all__ = ["MovementKind", "StockMovement", "count_correction", "movements_of_lines"]
