"""Choosing: segments, switches, chips, tiles."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from pos_client.kit.buttons import Press
from pos_client.kit.look import Look

CHIP_PAIRS = {
    "neutral": ("surface_2", "text"),
    "accent": ("accent_soft", "accent"),
    "saving": ("saving_soft", "saving"),
    "warning": ("warning_soft", "warning"),
    "danger": ("danger_soft", "danger"),
}


class _Segment(Press):
    def __init__(self, look: Look, text: str) -> None:
        super().__init__(look, text)
        self.setText(text)
        self.setCheckable(True)
        self.setFixedHeight(48)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        width = QFontMetrics(self.look.font("small", "semibold")).horizontalAdvance(self.text())
        return QSize(width + 32, 48)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        if on:
            painter.setBrush(self.look.color("surface"))
            painter.setPen(QPen(self.look.color("border_strong"), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.setFont(self.look.font("small", "semibold" if on else "medium"))
        painter.setPen(self.look.color("text" if on else "text_muted"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class Segments(QWidget):
    """Two to four choices side by side; `chosen` gives the key."""

    chosen = Signal(str)

    def __init__(self, look: Look, name: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._look = look
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._parts: dict[str, _Segment] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 4, 4, 4)
        row.setSpacing(4)
        for key, text in choices:
            part = _Segment(look, text)
            part.setAccessibleName(f"{name}: {text}")
            self._group.addButton(part)
            part.clicked.connect(lambda _on=False, key=key: self.chosen.emit(key))
            row.addWidget(part)
            self._parts[key] = part
        self.setFixedHeight(56)
        look.changed.connect(self.update)

    def choose(self, key: str) -> None:
        """Show a choice as made."""
        if key in self._parts:
            self._parts[key].setChecked(True)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.color("surface_2"))
        painter.drawRoundedRect(QRectF(self.rect()), 10, 10)


class Tab(Press):
    """A word above a line; the line is thick where one is."""

    def __init__(self, look: Look, text: str) -> None:
        super().__init__(look, text)
        self.setText(text)
        self.setCheckable(True)
        self.setFixedHeight(48)

    def sizeHint(self) -> QSize:
        return QSize(
            QFontMetrics(self.look.font("body", "semibold")).horizontalAdvance(self.text()) + 24, 48
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        on = self.isChecked()
        if self.hovered and not on:
            painter.fillRect(self.rect(), self.look.color("surface_2"))
        painter.setFont(self.look.font("body", "semibold" if on else "medium"))
        painter.setPen(self.look.color("accent" if on else "text_muted"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        height = 3 if on else 1
        painter.fillRect(
            0,
            self.height() - height,
            self.width(),
            height,
            self.look.color("accent" if on else "border"),
        )


class Tile(Press):
    """A category: drawing, name and count, at least 112 high."""

    def __init__(self, look: Look, name: str, count: str, drawing: str) -> None:
        super().__init__(look, f"{name}, {count}" if count else name)
        self.name, self.count, self.drawing = name, count, drawing
        self.compact = False
        self.setMinimumSize(104, 98)
        self.setMaximumHeight(168)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(160, 138)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pressed = self.isDown()
        ground = "accent_soft" if pressed else ("surface_2" if self.hovered else "surface")
        painter.setBrush(self.look.color(ground))
        painter.setPen(QPen(self.look.color("accent" if pressed else "border"), 1))
        radius = 10 if self.compact else 16
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        pad = 12 if self.compact else 16
        size = 44 if self.height() >= 132 else 36
        painter.drawPixmap(
            QPointF(pad, min(pad, (self.height() - 50 - size) / 2)),
            self.look.drawing(self.drawing, size),
        )
        painter.setFont(self.look.font("body", "semibold"))
        painter.setPen(self.look.color("text"))
        room = QRectF(pad, self.height() - pad - 46, self.width() - 2 * pad, 24)
        metrics = QFontMetrics(painter.font())
        name = metrics.elidedText(self.name, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)
        painter.setFont(self.look.font("small"))
        painter.setPen(self.look.color("text_muted"))
        painter.drawText(room.translated(0, 24), Qt.AlignmentFlag.AlignVCenter, self.count)


class Chip(QWidget):
    """A small word in a pill: information, never a button."""

    def __init__(self, look: Look, text: str = "", tone: str = "neutral") -> None:
        super().__init__()
        self._look, self._text, self._tone = look, text, tone
        self.setFixedHeight(28)
        look.changed.connect(self.update)
        self.say(text, tone)

    def say(self, text: str, tone: str = "neutral") -> None:
        """Other words; none hides it."""
        self._text, self._tone = text, tone
        self.setAccessibleName(text)
        width = QFontMetrics(self._look.font("small", "medium")).horizontalAdvance(text)
        self.setFixedWidth(width + 20)
        self.setVisible(bool(text))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, ink = CHIP_PAIRS[self._tone]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.color(ground))
        painter.drawRoundedRect(QRectF(self.rect()), 14, 14)
        painter.setFont(self._look.font("small", "medium"))
        painter.setPen(self._look.color(ink))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)


class RemovableChip(Press):
    """A word in a pill that goes when it is pressed; high enough for a finger, though the pill is as low as a chip."""

    def __init__(self, look: Look, text: str, name: str) -> None:
        super().__init__(look, name)
        self.setText(text)
        self.setToolTip(name)
        self.setFixedHeight(48)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As wide as its word and the cross."""
        width = QFontMetrics(self.look.font("small", "medium")).horizontalAdvance(self.text())
        return QSize(max(width + 48, 48), 48)

    def minimumSizeHint(self) -> QSize:
        """Room for the cross and some letters."""
        return QSize(min(self.sizeHint().width(), 72), 48)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, ink = CHIP_PAIRS["accent"]
        pill = QRectF(self.rect()).adjusted(0.5, 8.5, -0.5, -8.5)
        edge = ink if self.hovered or self.isDown() else ground
        painter.setPen(QPen(self.look.color(edge), 1))
        painter.setBrush(self.look.color(ground))
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        painter.setFont(self.look.font("small", "medium"))
        painter.setPen(self.look.color(ink))
        room = pill.adjusted(12, 0, -30, 0)
        text = QFontMetrics(painter.font()).elidedText(
            self.text(), Qt.TextElideMode.ElideRight, int(room.width()) + 1
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
        painter.drawPixmap(
            QPointF(pill.right() - 24, pill.center().y() - 8), self.look.pixmap("x", 16, ink)
        )
