"""All keys on one sheet."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from pos_client.kit.choices import Chip
from pos_client.kit.labels import Label
from pos_client.kit.look import Look
from pos_client.kit.panels import Scroll
from pos_client.ports import Texts

GROUPS = {
    "sale": (
        ("/", "search"),
        ("*", "quantity"),
        ("+", "pay"),
        ("↑ ↓", "line"),
        ("Entf", "delete"),
        ("F3", "customer"),
        ("F4", "return"),
        ("F5", "value"),
        ("F6", "balance"),
        ("F7", "price"),
        ("F8", "park"),
        ("F9", "stock"),
        ("F10", "drawer"),
        ("F11", "why"),
        ("Esc", "back"),
    ),
    "pay": (
        ("0–9", "amount"),
        ("F5", "cash"),
        ("F6", "card"),
        ("F7", "gift_card"),
        ("F8", "voucher"),
        ("F9", "account"),
        ("Enter", "accept"),
        ("D", "print"),
        ("G", "gift"),
        ("Esc", "back"),
    ),
    "all": (
        ("F1", "sale"),
        ("F12", "shift"),
        ("Alt+R", "receipts"),
        ("Alt+D", "devices"),
        ("Alt+U", "user"),
        ("?", "help"),
    ),
}


class HelpSheet(QWidget):
    """What each key does, by screen."""

    def __init__(self, look: Look, words: Texts) -> None:
        super().__init__()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 8, 24, 24)
        scroll = Scroll(spacing=8)
        whole.addWidget(scroll)
        for group, keys in GROUPS.items():
            scroll.column.addSpacing(8)
            scroll.column.addWidget(
                Label(look, words.text(f"window.keys_{group}"), weight="semibold")
            )
            grid = QGridLayout()
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(4)
            for at, (key, name) in enumerate(keys):
                sign = words.text("window.key_sign_delete") if name == "delete" else key
                grid.addWidget(Chip(look, sign), at, 0)
                grid.addWidget(Label(look, words.text(f"window.key_{name}")), at, 1)
            grid.setColumnMinimumWidth(0, 88)
            grid.setColumnStretch(1, 1)
            scroll.column.addLayout(grid)
        scroll.column.addStretch(1)
