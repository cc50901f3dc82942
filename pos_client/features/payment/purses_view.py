"""What a customer has, without a sale: one row for each purse, and the ways on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_client.features.payment.bill_view import ICONS
from pos_client.features.payment.state import PursesState, TenderRow
from pos_client.kit.buttons import Button
from pos_client.kit.labels import Label, Picture, rule
from pos_client.kit.look import Look
from pos_client.kit.panels import Scroll


class PursesPanel(QWidget):
    """`acted` gives the key of the button that was pressed."""

    acted = Signal(str)

    def __init__(self, look: Look, state: PursesState) -> None:
        super().__init__()
        self._look = look
        self.state = state
        self.buttons: dict[str, Button] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 8, 24, 24)
        column.setSpacing(8)
        column.addWidget(Label(look, state.title, size="title", weight="semibold", wrap=True))
        column.addWidget(Label(look, state.number, tone="muted"))
        rows = Scroll(spacing=0)
        for row in state.rows:
            rows.column.addWidget(rule())
            rows.column.addWidget(self._row(row))
        if not state.rows:
            rows.column.addWidget(Label(look, state.empty_text, tone="muted", wrap=True))
        rows.column.addStretch(1)
        column.addWidget(rows, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for action in state.actions:
            button = Button(look, action.text, action.kind, key=action.sign, large=True)
            button.font_size = "body"
            button.clicked.connect(lambda _on=False, key=action.key: self.acted.emit(key))
            foot.addWidget(button, 1)
            self.buttons[action.key] = button
        column.addLayout(foot)
        last = next(reversed(self.buttons.values()), None)
        if last is not None:
            self.setFocusProxy(last)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the way on that is meant."""
        meant = next((each.key for each in self.state.actions if each.sign == "Enter"), "")
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and meant:
            self.buttons[meant].click()
            return
        super().keyPressEvent(event)

    def _row(self, row: TenderRow) -> QWidget:
        line = QWidget()
        line.setMinimumHeight(64)
        across = QHBoxLayout(line)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(12)
        across.addWidget(Picture(self._look, ICONS[row.kind], 20, "text_muted"))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(Label(self._look, row.text, weight="medium"))
        if row.detail:
            words.addWidget(Label(self._look, row.detail, size="small", tone="muted", wrap=True))
        words.addStretch(1)
        across.addLayout(words, 1)
        across.addWidget(Label(self._look, row.amount, size="large", weight="semibold"))
        return line
