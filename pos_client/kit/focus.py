"""A ring around what has the keyboard's focus: 3 px wide, 2 px outside, drawn over everything else."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget
from shiboken6 import isValid

from pos_client.kit.buttons import Press
from pos_client.kit.look import Look

_GAP, _WIDTH = 2, 3
_MOVES = frozenset((QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide))


class FocusRing(QWidget):
    """Follows the focus from button to button of a window; fields and lists show theirs themselves.

    It lies in the window and not beside the button: whatever holds the button ends closer to it than the ring.
    """

    def __init__(self, look: Look, window: QWidget) -> None:
        super().__init__(window)
        self._look = look
        # The button and what it is in, up to the window: when one of them moves, so does the ring.
        self._chain: list[QWidget] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._moved)
        look.changed.connect(self.update)

    def _moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        for widget in self._chain:
            if isValid(widget):
                widget.removeEventFilter(self)
        self._chain = []
        self.hide()
        if not isinstance(now, Press) or now.window() is not self.window():
            return
        inside: QWidget | None = now
        while inside is not None:
            self._chain.append(inside)
            inside.installEventFilter(self)
            inside = None if inside.isWindow() else inside.parentWidget()
        self._place()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in _MOVES:
            self._place()
        return False

    def _place(self) -> None:
        button = self._chain[0] if self._chain else None
        if button is None or not isValid(button):
            return
        out = _GAP + _WIDTH
        corner = button.mapTo(button.window(), QPoint(-out, -out))
        self.setGeometry(
            corner.x(), corner.y(), button.width() + 2 * out, button.height() + 2 * out
        )
        self.setVisible(button.isVisible())
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        out, half = _GAP + _WIDTH, _WIDTH / 2
        for inner, outer in zip(self._chain, self._chain[1:], strict=False):
            if isinstance(outer, QAbstractScrollArea) and inner is outer.viewport():
                # What is scrolled out of sight has no ring there.
                corner = inner.mapTo(self.window(), QPoint(0, 0)) - self.pos()
                room = inner.rect().translated(corner).adjusted(-out, -out, out, out)
                painter.setClipRect(room, Qt.ClipOperation.IntersectClip)
        painter.setPen(QPen(self._look.color("accent"), _WIDTH))
        radius = self._look.tokens.sizes.radius["medium"] + _GAP + half
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(half, half, -half, -half), radius, radius
        )
