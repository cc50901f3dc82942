"""The sale: search and tiles beside the receipt, function keys below; in portrait the receipt is pulled up."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_client.features.basket.view import BasketView
from pos_client.features.stock_lookup.view import LookupView
from pos_client.kit.buttons import Button, FunctionKey
from pos_client.kit.hint import HintRow
from pos_client.kit.labels import Label, rule
from pos_client.kit.look import Look
from pos_client.kit.panels import Ground
from pos_client.kit.pull_up import PullUp
from pos_client.ports import Texts

FUNCTIONS = (
    ("return", "receipt-refund", "F4"),
    ("price", "percentage", "F7"),
    ("park", "player-pause", "F8"),
    ("stock", "building-warehouse", "F9"),
    ("drawer", "cash", "F10"),
    ("value", "gift-card", "F5"),
    ("help", "keyboard", "?"),
)
_NARROW_FUNCTIONS = 5
_ANY = 16_777_215


class SalePage(QWidget):
    """`function` gives the name of the function key that was pressed."""

    function = Signal(str)

    def __init__(self, look: Look, words: Texts) -> None:
        super().__init__()
        self.setObjectName("page")
        self._look, self._words = look, words
        self._hints = False
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self.left = QWidget()
        column = self._column = QVBoxLayout(self.left)
        column.setContentsMargins(24, 20, 24, 24)
        column.setSpacing(16)
        self.lookup = LookupView(look, words)
        column.addWidget(self.lookup, 1)
        self.functions = self._function_row(FUNCTIONS)
        column.addWidget(self.functions)
        self.basket = BasketView(look, words)
        self.edge = rule("v")
        self._row.addWidget(self.left, 1)
        self._row.addWidget(self.edge)
        self._row.addWidget(self.basket)
        self.receipt_shown = False
        self.strip_hint = HintRow(look, words.text("window.why"))
        self.strip_hint.setVisible(False)
        self.strip_hint.clicked.connect(self.basket.why)
        self.basket.hinted.connect(
            lambda text, detail, lit: self.strip_hint.say(text, detail, lit=lit)
        )
        self.basket.show_hint("", "")
        column.addWidget(self.strip_hint)
        self.strip = self._portrait_strip()
        column.addWidget(self.strip)
        self.pull = PullUp(look, self, words.text("window.back_to_articles"))
        self.pull.add_handle(self.strip)
        self.pull.moved.connect(lambda up: self.show_receipt(on=up))
        look.changed.connect(self._lay)
        self._lay()

    def _function_row(self, functions: Sequence[tuple[str, str, str]]) -> QWidget:
        row_widget = QWidget()
        row = QHBoxLayout(row_widget)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.keys: dict[str, FunctionKey] = {}
        for name, icon, key in functions:
            button = FunctionKey(self._look, self._words.text(f"window.function_{name}"), icon, key)
            button.clicked.connect(lambda _on=False, name=name: self.function.emit(name))
            row.addWidget(button)
            self.keys[name] = button
        return row_widget

    def _portrait_strip(self) -> QWidget:
        """In portrait: pieces and total, opening the receipt, and paying."""
        strip = Ground(self._look, "surface", 16)
        row = QHBoxLayout(strip)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(12)
        self.strip_total = Label(self._look, "", size="display", weight="semibold")
        self.strip_open = Button(self._look, "", icon="receipt")
        self.strip_pay = Button(self._look, self._words.text("window.pay"), "primary", large=True)
        row.addWidget(self.strip_total, 1)
        row.addWidget(self.strip_open)
        row.addWidget(self.strip_pay)
        self.strip_open.clicked.connect(lambda: self.function.emit("receipt"))
        self.strip_pay.clicked.connect(self.basket.pay)
        return strip

    @property
    def portrait(self) -> bool:
        """Whether the page is higher than wide."""
        return self.height() > self.width()

    @property
    def covered(self) -> bool:
        """Whether the receipt lies over the tiles."""
        return self.portrait and self.receipt_shown

    def show_receipt(self, *, on: bool) -> None:
        """In portrait: pull the receipt up over the tiles, or push it down again."""
        self.receipt_shown = on
        self.pull.show_up(up=self.covered)

    def show_strip(
        self, total: str, pieces: str, *, can_pay: bool, hints: bool, refund: bool = False
    ) -> None:
        """Keep the portrait strip up with the receipt; `hints`: promotions may have something to say about it;
        `refund`: money goes out.
        """
        self._hints = hints
        self.strip_hint.setVisible(self.portrait and hints)
        self.strip_total.say(total)
        self.strip_open.say(pieces or self._words.text("window.receipt_none"))
        self.strip_pay.setEnabled(can_pay)
        self.strip_pay.say(self._words.text("window.refund" if refund else "window.pay"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay()

    def _lay(self) -> None:
        portrait, wide = self.portrait, self.width() >= 1200
        self.strip.setVisible(portrait)
        self.strip_hint.setVisible(portrait and self._hints)
        self.edge.setVisible(not portrait)
        for at, button in enumerate(self.keys.values()):
            button.setVisible(portrait or wide or at < _NARROW_FUNCTIONS)
        held = self.pull.body if portrait else self._row
        if held.indexOf(self.basket) < 0:
            held.addWidget(self.basket, 1 if portrait else 0)
        self.pull.show_up(up=self.covered)
        if portrait:
            self.basket.setMinimumWidth(0)
            self.basket.setMaximumWidth(_ANY)
            return
        self.basket.setFixedWidth(496 if wide else max(392, min(440, int(self.width() * 0.4))))
        self._row.setDirection(
            QHBoxLayout.Direction.RightToLeft
            if self._look.left_handed
            else QHBoxLayout.Direction.LeftToRight
        )
        side = 24 if wide else 20
        self._column.setContentsMargins(side, 20, side, 24 if wide else 20)
