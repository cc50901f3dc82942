"""A ring around what has the keyboard's focus: 3 px, 2 px outside, drawn over everything else."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QFocusFrame, QWidget

from pos_client.kit.buttons import Press
from pos_client.kit.look import Look


class FocusRing(QFocusFrame):
    """Follows the focus from button to button; fields and lists show theirs themselves."""

    def __init__(self, look: Look, app: QApplication) -> None:
        super().__init__()
        self._look = look
        app.focusChanged.connect(self._moved)
        look.changed.connect(self.update)

    def _moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        self.setWidget(now if isinstance(now, Press) else None)  # type: ignore[arg-type]

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._look.color("accent"), 3))
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.drawRoundedRect(box, 12, 12)
