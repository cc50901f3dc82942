"""What was found as a list model, and how a hit is painted: its photo, or as long as there is none a drawing."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QWidget

from pos_client.features.stock_lookup.state import FoundRow
from pos_client.kit.photos import paint_photo
from pos_client.kit.rows import RowDelegate, RowListModel

_PICTURE = 44


def found_model(parent: QWidget) -> RowListModel[FoundRow]:
    """The hits by their key."""
    return RowListModel(
        lambda row: row.key,
        lambda row: ", ".join(part for part in (row.name, row.detail, row.price) if part),
        parent,
    )


class FoundDelegate(RowDelegate[FoundRow]):
    """Picture, name over variant, price on the right; an article with several variants shows that it opens."""

    height = 64

    def paint_row(self, painter: QPainter, box: QRect, row: FoundRow, *, selected: bool) -> None:
        left = box.left() + 12
        ground = QRectF(left, box.top() + 10, _PICTURE, _PICTURE)
        photo = self.look.photos.get(row.image)
        if photo is not None:
            paint_photo(painter, ground, photo)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.look.color("surface" if selected else "thumb"))
            painter.drawRoundedRect(ground, 10, 10)
            drawing = self.look.drawing(row.drawing, 32)
            painter.drawPixmap(QPointF(left + 6, box.top() + 16), drawing)
        right = box.right() - 16
        if not row.sku:
            painter.drawPixmap(
                QPointF(right - 20, box.center().y() - 9),
                self.look.pixmap("chevron-right", 20, "text_muted"),
            )
            right -= 28
        price_font = self.look.font("body", "semibold")
        painter.setFont(price_font)
        painter.setPen(self.look.color("text"))
        width = QFontMetrics(price_font).horizontalAdvance(row.price)
        painter.drawText(
            QRectF(right - width - 2, box.top(), width + 2, box.height()),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            row.price,
        )
        x = left + _PICTURE + 12
        room = QRectF(x, box.top() + 9, right - width - 16 - x, 24)
        for text, size, weight, ink in (
            (row.name, "body", "medium", "text"),
            (row.detail, "small", "regular", "text_muted"),
        ):
            font = self.look.font(size, weight)
            painter.setFont(font)
            painter.setPen(self.look.color(ink))
            shown = QFontMetrics(font).elidedText(
                text, Qt.TextElideMode.ElideRight, max(int(room.width()), 0)
            )
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
            room.translate(0, 22)
