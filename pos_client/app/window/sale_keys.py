"""Which key stands for which function of the sale."""

from __future__ import annotations

from PySide6.QtCore import Qt

FUNCTION_KEYS = {
    Qt.Key.Key_F3: "customer",
    Qt.Key.Key_F4: "return",
    Qt.Key.Key_F5: "value",
    Qt.Key.Key_F6: "balance",
    Qt.Key.Key_F7: "price",
    Qt.Key.Key_F8: "park",
    Qt.Key.Key_F9: "stock",
    Qt.Key.Key_F10: "drawer",
    Qt.Key.Key_F11: "why",
    Qt.Key.Key_Question: "help",
}
