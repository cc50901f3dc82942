"""The lines of the open receipt as a list model, and how a line is painted."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QWidget

from pos_client.features.basket.state import LineRow
from pos_client.kit.look import Look
from pos_client.kit.rows import RowDelegate, RowListModel

CLOSED, BUTTONS = 60, 64
_DEAL = 20
_QUANTITY_WIDTH = 44
_LEFT, _RIGHT = 24, 24


def line_model(parent: QWidget) -> RowListModel[LineRow]:
    """The lines by their number; a reader hears quantity, name, variant, amount and what is special."""
    return RowListModel(
        lambda row: (row.number, row.voided),
        lambda row: ", ".join(
            part
            for part in (
                row.quantity,
                row.name,
                row.detail,
                row.total,
                row.deal,
                *row.marks,
                row.age,
                row.note,
            )
            if part
        ),
        parent,
    )


class LineDelegate(RowDelegate[LineRow]):
    """Quantity, name and amount; below the variant; below that the promotions and what they save. The chosen line opens
    for its buttons.
    """

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        self.open_number = 0

    def row_height(self, row: LineRow, *, selected: bool) -> int:  # noqa: ARG002 - see RowDelegate
        opened = row.number == self.open_number and not row.voided
        return closed_height(row) + (BUTTONS if opened else 0)

    def paint_row(self, painter: QPainter, box: QRect, row: LineRow, *, selected: bool) -> None:  # noqa: ARG002
        upper = QRectF(box.left() + _LEFT, box.top() + 7, box.width() - _LEFT - _RIGHT, 24)
        lower = upper.translated(0, 22)
        ink = "text_disabled" if row.voided else "text"
        many = row.quantity != "1"
        quantity = f"{row.quantity} ×" if many else row.quantity
        painter.setFont(self.look.font("body", "semibold" if many else "regular"))
        painter.setPen(self.look.color(ink if many else "text_muted"))
        room = QRectF(upper.left(), box.top(), _QUANTITY_WIDTH + 8, closed_height(row))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, quantity)
        left = upper.left() + max(
            _QUANTITY_WIDTH, QFontMetrics(painter.font()).horizontalAdvance(quantity) + 12
        )
        used = self._amount(painter, upper, row, ink)
        font = self.look.font("body", "medium")
        font.setStrikeOut(row.voided)
        self._left(
            painter,
            QRectF(left, upper.top(), upper.right() - left - used - 12, 24),
            row.name,
            font,
            ink,
        )
        used = self._special(painter, lower, row)
        small = self.look.font("small")
        room = QRectF(left, lower.top(), lower.right() - left - used - 12, 22)
        self._left(painter, room, _variant(row), small, "text_muted")
        if row.deal:
            self._deal(
                painter,
                lower if closed_height(row) == CLOSED else lower.translated(0, _DEAL),
                left,
                row,
            )

    def _deal(self, painter: QPainter, line: QRectF, left: float, row: LineRow) -> None:
        """What promotions took off, and which ones; or why less goes back than was paid."""
        ink = "text_disabled" if row.voided else "warning" if row.is_return else "saving"
        used = self._at_the_end(painter, line, row.saving, "medium", ink)
        room = QRectF(left, line.top(), line.right() - left - used - 12, line.height())
        self._left(painter, room, row.deal, self.look.font("small"), ink)

    def _amount(self, painter: QPainter, line: QRectF, row: LineRow, ink: str) -> float:
        font = self.look.font("body", "semibold")
        font.setStrikeOut(row.voided)
        painter.setFont(font)
        painter.setPen(self.look.color(ink))
        painter.drawText(
            line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, row.total
        )
        used = QFontMetrics(font).horizontalAdvance(row.total)
        if not row.list_price:
            return used
        old = self.look.font("small")
        old.setStrikeOut(True)
        painter.setFont(old)
        painter.setPen(self.look.color("text_muted"))
        painter.drawText(
            line.adjusted(0, 0, -used - 8, 0),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            row.list_price,
        )
        return used + 8 + QFontMetrics(old).horizontalAdvance(row.list_price)

    def _special(self, painter: QPainter, line: QRectF, row: LineRow) -> float:
        """What stands under the amount: the saving in green, else marks, else the price of one of several."""
        if row.saving and not row.deal:
            text, ink, weight = row.saving, "saving", "medium"
        elif row.marks:
            text, ink, weight = " · ".join(row.marks), "warning", "medium"
        elif _several(row):
            text, ink, weight = f"à {row.unit_price}", "text_muted", "regular"
        else:
            return 0
        return self._at_the_end(painter, line, text, weight, "text_disabled" if row.voided else ink)

    def _at_the_end(
        self, painter: QPainter, line: QRectF, text: str, weight: str, ink: str
    ) -> float:
        font = self.look.font("small", weight)
        painter.setFont(font)
        painter.setPen(self.look.color(ink))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        return QFontMetrics(font).horizontalAdvance(text)

    def _left(self, painter: QPainter, room: QRectF, text: str, font: QFont, ink: str) -> None:
        painter.setFont(font)
        painter.setPen(self.look.color(ink))
        shown = QFontMetrics(font).elidedText(
            text, Qt.TextElideMode.ElideRight, max(int(room.width()), 0)
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)


def closed_height(row: LineRow) -> int:
    """How high a line is without its buttons: promotions have a row of their own where the second one is taken."""
    taken = _variant(row) or row.marks or _several(row)
    return CLOSED + _DEAL if row.deal and taken else CLOSED


def _variant(row: LineRow) -> str:
    return " · ".join(part for part in (row.age, row.detail, row.note) if part)


def _several(row: LineRow) -> bool:
    return row.quantity.lstrip("−") != "1"
