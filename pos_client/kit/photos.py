"""Photos of goods that are in memory. Whoever paints one that is not asks for it, and paints again once it has come.

Knows no disk and no network: somebody else listens to `wanted` and hands in what was found.
"""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPixmap

MOST = 300


class Photos(QObject):
    """The photos that were shown last, by their keys."""

    wanted = Signal(str)
    arrived = Signal()

    def __init__(self, parent: QObject | None = None, most: int = MOST) -> None:
        super().__init__(parent)
        self._most = most
        self._held: OrderedDict[str, QPixmap] = OrderedDict()

    def get(self, key: str) -> QPixmap | None:
        """The photo under a key; None if there is none, or none yet."""
        if not key:
            return None
        found = self._held.get(key)
        if found is None:
            self.wanted.emit(key)
            return None
        self._held.move_to_end(key)
        return found

    def put(self, key: str, image: QImage) -> None:
        """A photo has come."""
        self._held[key] = QPixmap.fromImage(image)
        self._held.move_to_end(key)
        while len(self._held) > self._most:
            self._held.popitem(last=False)
        self.arrived.emit()

    def forget(self) -> None:
        """Let go of all of them."""
        self._held.clear()


def paint_photo(painter: QPainter, box: QRectF, photo: QPixmap, radius: float = 10) -> None:
    """Fill a box with round corners: what does not fit is cut off at both sides, nothing is stretched."""
    side = min(photo.width() / box.width(), photo.height() / box.height())
    width, height = box.width() * side, box.height() * side
    source = QRectF((photo.width() - width) / 2, (photo.height() - height) / 2, width, height)
    path = QPainterPath()
    path.addRoundedRect(box, radius, radius)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
    painter.drawPixmap(box, photo, source)
    painter.restore()
