"""The pad of digits: 7-8-9 on top for amounts and counts, 1-2-3 on top for a PIN."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from pos_client.kit.buttons import Button
from pos_client.kit.look import Look


class NumPad(QWidget):
    """`typed` gives a digit or the decimal sign, `erased` the last one back, `cleared` all of them.

    `left` is the key at the lower left: the decimal sign, a word for clearing, or nothing.
    """

    typed = Signal(str)
    erased = Signal()
    cleared = Signal()

    def __init__(
        self,
        look: Look,
        *,
        top: Literal["789", "123"] = "789",
        left: str = "",
        left_clears: bool = False,
        erase_name: str,
        key_height: int = 64,
    ) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(look.tokens.sizes.gap)
        rows = ("789", "456", "123") if top == "789" else ("123", "456", "789")
        self.keys: dict[str, Button] = {}
        for y, row in enumerate(rows):
            for x, digit in enumerate(row):
                self._key(look, grid, y, x, digit, key_height)
        self._key(look, grid, 3, 1, "0", key_height)
        if left and left_clears:
            clear = self._special(look, grid, 0, left, "", key_height)
            clear.clicked.connect(self.cleared)
        elif left:
            self._key(look, grid, 3, 0, left, key_height)
        erase = self._special(look, grid, 2, "", "backspace", key_height)
        erase.setAccessibleName(erase_name)
        erase.setToolTip(erase_name)
        erase.setAutoRepeat(True)
        erase.repeats = True
        erase.clicked.connect(self.erased)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def fit(self, key_height: int) -> None:
        """Keys of this height, where a page has more or less room."""
        for key in self.findChildren(Button):
            key.setFixedHeight(key_height)

    def _key(self, look: Look, grid: QGridLayout, y: int, x: int, sign: str, height: int) -> None:
        key = Button(look, sign, "key")
        key.font_size = "title"
        key.repeats = True
        self._place(key, grid, y, x, height)
        key.clicked.connect(lambda: self.typed.emit(sign))
        self.keys[sign] = key

    def _special(
        self, look: Look, grid: QGridLayout, x: int, text: str, icon: str, height: int
    ) -> Button:
        key = Button(look, text, "key_soft", icon=icon)
        self._place(key, grid, 3, x, height)
        return key

    @staticmethod
    def _place(key: Button, grid: QGridLayout, y: int, x: int, height: int) -> None:
        key.setFixedHeight(height)
        key.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        grid.addWidget(key, y, x)
        grid.setColumnStretch(x, 1)
