"""A sheet that is pulled up from below and stays while one works in it: the receipt, in a window on end."""

from __future__ import annotations

from PySide6.QtCore import (
    QEasingCurve,
    QEvent,
    QObject,
    QPoint,
    QPropertyAnimation,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_client.kit.buttons import Button
from pos_client.kit.look import Look
from pos_client.kit.panels import Ground

_UP_MS, _DOWN_MS = 180, 120
_HIGH = 0.85
_RADIUS = 16
# So far it is a shaky finger; from a quarter of the sheet on it was meant.
_STILL, _MEANT = 8, 0.25


class _Grip(QWidget):
    """The short bar by which it is pulled, and in words the way back for who cannot pull."""

    def __init__(self, look: Look, button: Button) -> None:
        super().__init__()
        self._look = look
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 16, 0, 0)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        look.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.color("border_strong"))
        painter.drawRoundedRect(QRectF(self.width() / 2 - 20, 8, 40, 4), 2, 2)


class PullUp(QWidget):
    """Covers `parent`. `moved` says that a person pulled it up, or pushed it down, tapped beside it or pressed Esc;
    `show_up` follows. What is added to `body` stays in it.
    """

    moved = Signal(bool)

    def __init__(self, look: Look, parent: QWidget, way_back: str) -> None:
        super().__init__(parent)
        self._look, self._over = look, parent
        self._up = False
        self._from: float | None = None
        self.panel = Ground(look, "surface", _RADIUS)
        self.panel.setParent(self)
        self.body = QVBoxLayout(self.panel)
        self.body.setContentsMargins(0, 0, 0, _RADIUS)
        self.body.setSpacing(0)
        self.back = Button(look, way_back, "quiet", icon="chevron-down")
        self.back.clicked.connect(lambda: self.moved.emit(False))
        grip = _Grip(look, self.back)
        self.add_handle(grip)
        self.body.addWidget(grip)
        self._slide = QPropertyAnimation(self.panel, b"pos", self)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._slide.finished.connect(self._slid)
        self.hide()

    def show_up(self, *, up: bool) -> None:
        """Pull it up, or push it down; as it is for a parent of another size."""
        if up and not self._up:
            self.back.setFocus()
        self._up = up
        if not up and self.isHidden():
            return
        resized = self.isVisible() and self.size() != self._over.size()
        self._place()
        self._slide.stop()
        if self._look.reduced_motion or resized:
            self.panel.move(self._end())
            self._slid()
            return
        self._slide.setDuration(_UP_MS if up else _DOWN_MS)
        self._slide.setStartValue(self.panel.pos())
        self._slide.setEndValue(self._end())
        self._slide.start()

    def _place(self) -> None:
        self.setGeometry(self._over.rect())
        # The lower corners, which are round as well, lie below the edge.
        self.panel.resize(self.width(), self._high() + _RADIUS)
        if self.isHidden():
            self.panel.move(0, self.height())
            self.show()
        self.raise_()

    def _high(self) -> int:
        return int(self.height() * _HIGH)

    def _end(self) -> QPoint:
        return QPoint(0, self.height() - (self._high() if self._up else 0))

    def _slid(self) -> None:
        self.setVisible(self._up)

    # --- pulling ------------------------------------------------------------------------------

    def add_handle(self, handle: QWidget) -> None:
        """Pulling this up or down moves the sheet."""
        handle.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QMouseEvent):
            return False
        y = event.globalPosition().y()
        if event.type() == QEvent.Type.MouseButtonPress:
            self._from = y
        elif self._from is None:
            return False
        elif event.type() == QEvent.Type.MouseMove:
            self._pull(y - self._from)
        elif event.type() == QEvent.Type.MouseButtonRelease:
            self._let_go(y - self._from)
        return True

    def _pull(self, by: float) -> None:
        if abs(by) < _STILL:
            return
        self._place()
        top = self.height() - self._high()
        self.panel.move(0, min(max(self._end().y() + int(by), top), self.height()))

    def _let_go(self, by: float) -> None:
        self._from = None
        if abs(by) < _STILL:
            self.moved.emit(not self._up)
        elif abs(by) > _MEANT * self._high():
            self.moved.emit(by < 0)
        else:
            self.moved.emit(self._up)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.panel.geometry().contains(event.position().toPoint()):
            self.moved.emit(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.moved.emit(False)
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._look.color("scrim"))
