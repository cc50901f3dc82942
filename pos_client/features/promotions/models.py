"""The promotions of the sheet as a list model, and how one is painted."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QWidget

from pos_client.features.promotions.state import WhyRow
from pos_client.kit.choices import CHIP_PAIRS
from pos_client.kit.look import Look
from pos_client.kit.rows import RowDelegate, RowListModel

_SIDE, _TOP, _NAME, _CHIP = 24, 12, 26, 26
_WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft


def why_model(parent: QWidget) -> RowListModel[WhyRow]:
    """The promotions by their id; a reader hears name, state and reason."""
    return RowListModel(
        lambda row: row.promotion, lambda row: f"{row.name}, {row.state}. {row.text}", parent
    )


class WhyDelegate(RowDelegate[WhyRow]):
    """The name with its state in a pill; below the reason, on as many lines as it takes."""

    def __init__(self, look: Look, parent: QListView) -> None:
        super().__init__(look, parent)
        self._view = parent

    def row_height(self, row: WhyRow, *, selected: bool) -> int:  # noqa: ARG002 - see RowDelegate
        width = max(self._view.viewport().width() - 2 * _SIDE, 120)
        metrics = QFontMetrics(self.look.font("small"))
        text = metrics.boundingRect(QRect(0, 0, width, 1_000), int(_WRAP), row.text)
        return max(_TOP + _NAME + text.height() + _TOP, 60)

    def paint_row(self, painter: QPainter, box: QRect, row: WhyRow, *, selected: bool) -> None:  # noqa: ARG002
        room = QRectF(box).adjusted(_SIDE, _TOP, -_SIDE, -_TOP)
        used = self._chip(painter, room, row)
        font = self.look.font("body", "semibold")
        painter.setFont(font)
        painter.setPen(self.look.color("text"))
        name = QRectF(room.left(), room.top() - 2, room.width() - used - 12, _NAME)
        shown = QFontMetrics(font).elidedText(
            row.name, Qt.TextElideMode.ElideRight, max(int(name.width()), 0)
        )
        painter.drawText(name, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setFont(self.look.font("small"))
        painter.setPen(self.look.color("text_muted"))
        painter.drawText(room.adjusted(0, _NAME, 0, 4), int(_WRAP), row.text)

    def _chip(self, painter: QPainter, room: QRectF, row: WhyRow) -> float:
        ground, ink = CHIP_PAIRS[row.tone]
        font = self.look.font("small", "medium")
        width = QFontMetrics(font).horizontalAdvance(row.state) + 20
        pill = QRectF(room.right() - width, room.top() - 2, width, _CHIP)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.look.color(ground))
        painter.drawRoundedRect(pill, _CHIP / 2, _CHIP / 2)
        painter.setFont(font)
        painter.setPen(self.look.color(ink))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, row.state)
        return width
