"""The binding must not lose references to None: a till that runs for a day calls Qt millions of times.

PySide6 6.12.0 on Python 3.11 gave one away with every call that returns nothing, and the process died when none
were left.
"""

import sys

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QVBoxLayout, QWidget

CALLS = 1_000


def test_calls_that_return_nothing_lose_no_reference_to_none(qapp):
    pixmap = QPixmap(10, 10)
    widget = QWidget()
    layout = QVBoxLayout(widget)
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        painter = QPainter(pixmap)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(QRectF(0, 0, 4, 4), 2, 2)
        painter.end()
        widget.setToolTip("")
        layout.addSpacing(1)
        layout.takeAt(0)
    assert sys.getrefcount(None) > before - CALLS // 10
