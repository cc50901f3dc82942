"""Joining a centre: address and one-time code, then steps with their progress. Shows states, emits intents."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_client.features.joining.state import JoiningState
from pos_client.kit.buttons import Button
from pos_client.kit.fields import Field
from pos_client.kit.labels import Label, Picture
from pos_client.kit.look import Look
from pos_client.kit.panels import Banner, Card, clear_layout
from pos_client.ports import Texts

_ICONS = {
    "waiting": ("circle-dashed", "text_muted"),
    "running": ("refresh", "accent"),
    "done": ("circle-check", "saving"),
    "failed": ("circle-x", "danger"),
}


class ProgressLine(QWidget):
    """How much of the whole is there."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self.percent = 0
        self.setFixedHeight(8)
        self.setAccessibleName(name)
        look.changed.connect(self.update)

    def show_percent(self, percent: int) -> None:
        """So much."""
        self.percent = percent
        self.setAccessibleDescription(f"{percent} %")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.color("surface_2"))
        painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        painter.setBrush(self._look.color("accent"))
        painter.drawRoundedRect(QRectF(0, 0, self.width() * self.percent / 100, 8), 4, 4)


class JoiningView(QWidget):
    """Implements the presenter's `JoiningView`. `join` gives address and code as typed."""

    join = Signal(str, str)
    begin = Signal()

    def __init__(self, look: Look, words: Texts) -> None:
        super().__init__()
        self.setObjectName("page")
        self._look = look
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        row = QHBoxLayout()
        row.addStretch(1)
        card = Card(margin=32)
        card.setFixedWidth(560)
        column = card.column
        column.setSpacing(12)
        column.addWidget(
            Label(look, words.text("window.join_title"), size="title", weight="semibold")
        )
        column.addWidget(Label(look, words.text("window.join_text"), tone="muted", wrap=True))
        self.address = Field(
            look,
            words.text("window.join_address"),
            caption=words.text("window.join_address"),
            height=72,
        )
        self.code = Field(
            look, words.text("window.join_code"), caption=words.text("window.join_code"), height=72
        )
        column.addWidget(self.address)
        column.addWidget(self.code)
        self.banner = Banner(look)
        column.addWidget(self.banner)
        self.progress = ProgressLine(look, words.text("window.join_progress"))
        self.steps = QVBoxLayout()
        self.steps.setSpacing(4)
        column.addLayout(self.steps)
        column.addWidget(self.progress)
        self.button = Button(look, words.text("window.join"), "primary", large=True, key="Enter")
        self.button.clicked.connect(lambda: self.join.emit(self.address.text(), self.code.text()))
        self.start = Button(
            look, words.text("window.join_start"), "primary", large=True, key="Enter"
        )
        self.start.clicked.connect(self.begin)
        column.addWidget(self.button)
        column.addWidget(self.start)
        row.addWidget(card)
        row.addStretch(1)
        outer.addLayout(row)
        outer.addStretch(2)
        self.address.submitted.connect(lambda _text: self.code.edit.setFocus())
        self.code.submitted.connect(lambda _text: self.button.click())
        self.setFocusProxy(self.address)
        self.show_state(JoiningState())

    def show_state(self, state: JoiningState) -> None:
        """Show a state."""
        self.address.complain(state.address_error)
        self.code.complain(state.code_error)
        self.address.setEnabled(not state.running and not state.ready)
        self.code.setEnabled(not state.running and not state.ready)
        self.banner.say(f"{state.error} {state.error_next}".strip(), "danger")
        clear_layout(self.steps)
        if state.running or state.ready or any(step.status == "failed" for step in state.steps):
            for step in state.steps:
                self.steps.addWidget(self._step(step.text, step.status, step.detail))
        self.progress.setVisible(state.running)
        self.progress.show_percent(state.percent)
        self.button.setVisible(not state.ready)
        self.button.setEnabled(not state.running)
        self.start.setVisible(state.ready)
        if state.ready:
            self.start.setFocus()

    def _step(self, text: str, status: str, detail: str) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(12)
        icon, colour = _ICONS[status]
        row.addWidget(Picture(self._look, icon, 20, colour))
        row.addWidget(Label(self._look, text, tone="muted" if status == "waiting" else "text"), 1)
        row.addWidget(Label(self._look, detail, size="small", tone="muted"))
        return line
