"""One quiet line that can be pressed: a lamp, what is in reach, what it brings, and an arrow to more."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from pos_client.kit.buttons import Press
from pos_client.kit.look import Look

_ICON, _LEFT, _RIGHT, _GAP = 24, 24, 20, 10


class HintRow(Press):
    """Keeps its height whatever it says, so that nothing moves when a hint comes or goes."""

    def __init__(self, look: Look, text: str) -> None:
        super().__init__(look, text)
        self._detail = ""
        self._lit = False
        self.setText(text)
        self.setFixedHeight(52)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def say(self, text: str, detail: str = "", *, lit: bool = False) -> None:
        """Other words; `lit` for something that is worth saying."""
        self.setText(text)
        self._detail, self._lit = detail, lit
        name = f"{text}. {detail}" if detail else text
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(240, 52)

    def minimumSizeHint(self) -> QSize:
        """As narrow as its picture, its arrow and a word."""
        return QSize(160, 52)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw: on one line where both parts fit, else one below the other."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pressed = self.isDown()
        ground = "accent_soft" if pressed else "surface_2" if self.hovered else "background"
        painter.fillRect(self.rect(), self.look.color(ground))
        middle = self.height() / 2
        ink = "saving" if self._lit else "text_muted"
        lamp = self.look.pixmap("bulb", _ICON, ink)
        painter.drawPixmap(QPointF(_LEFT, middle - _ICON / 2), lamp)
        arrow = QPointF(self.width() - _RIGHT - 20, middle - 10)
        painter.drawPixmap(arrow, self.look.pixmap("chevron-right", 20, "accent"))
        left = _LEFT + _ICON + _GAP
        room = QRectF(left, 0, arrow.x() - left - _GAP, self.height())
        strong = self.look.font("small", "semibold" if self._lit else "medium")
        plain = self.look.font("small")
        dot = " · " if self._detail else ""
        width = QFontMetrics(strong).horizontalAdvance(self.text())
        rest = QFontMetrics(plain).horizontalAdvance(dot + self._detail)
        upper = lower = room
        if self._detail and width + rest > room.width():
            upper = QRectF(room.left(), 6, room.width(), 20)
            lower, dot, width = upper.translated(0, 20), "", 0
        middle_left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        elide = Qt.TextElideMode.ElideRight
        painter.setFont(strong)
        painter.setPen(self.look.color("text" if self._lit else "text_muted"))
        shown = QFontMetrics(strong).elidedText(self.text(), elide, int(room.width()) + 1)
        painter.drawText(upper, middle_left, shown)
        painter.setFont(plain)
        painter.setPen(self.look.color("text_muted"))
        lower = lower.adjusted(width, 0, 0, 0)
        shown = QFontMetrics(plain).elidedText(dot + self._detail, elide, int(lower.width()) + 1)
        painter.drawText(lower, middle_left, shown)
