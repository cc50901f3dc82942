"""What the customer sees on a screen of their own: the lines at the left, what is to pay at the right. Shows states."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from pos_client.features.customer_display.state import CustomerLine, CustomerState
from pos_client.kit.look import Look

_PANEL, _NARROW_PANEL = 448, 360
_ROW = 80
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class CustomerScreen(QWidget):
    """Painted as one: nothing on it can be pressed."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._state = CustomerState()
        self.setMinimumSize(640, 400)
        look.changed.connect(self.update)

    def show_state(self, state: CustomerState) -> None:
        """Show a state, and say it to whoever has screens read to them."""
        self._state = state
        said = (state.caption, state.amount, state.thanks or state.greeting)
        self.setAccessibleName(" ".join(part for part in said if part))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._look.color("background"))
        if self._state.phase == "idle":
            self._paint_idle(painter)
            return
        wide = _PANEL if self.width() >= 1200 else _NARROW_PANEL
        lines = QRectF(48, 32, self.width() - wide - 88, self.height() - 72)
        self._paint_lines(painter, lines)
        self._paint_panel(painter, QRectF(self.width() - wide, 0, wide, self.height()))

    # --- parts ----------------------------------------------------------------------------------

    def _paint_idle(self, painter: QPainter) -> None:
        middle = QRectF(self.rect()).adjusted(48, 0, -48, 0)
        centre = Qt.AlignmentFlag.AlignHCenter
        painter.setPen(self._look.color("accent"))
        painter.setFont(self._sized(56, "semibold"))
        upper = middle.adjusted(0, 0, 0, -middle.height() / 2 - 8)
        painter.drawText(upper, centre | Qt.AlignmentFlag.AlignBottom, self._state.greeting)
        painter.setPen(self._look.color("text_muted"))
        painter.setFont(self._sized(28, "medium"))
        lower = middle.adjusted(0, middle.height() / 2 + 8, 0, 0)
        painter.drawText(lower, centre | Qt.AlignmentFlag.AlignTop, self._state.shop)

    def _paint_lines(self, painter: QPainter, room: QRectF) -> None:
        head = QRectF(room.left(), room.top(), room.width(), 48)
        greeting = self._state.greeting
        painter.setFont(self._look.font("large"))
        taken = QFontMetrics(painter.font()).horizontalAdvance(greeting) + 24 if greeting else 0
        painter.setPen(self._look.color("text_muted"))
        painter.drawText(head, _RIGHT, greeting)
        painter.setFont(self._look.font("title", "semibold"))
        painter.setPen(self._look.color("text"))
        self._write(painter, head.adjusted(0, 0, -taken, 0), self._state.shop, _LEFT)
        fits = max(int((room.height() - 56) // _ROW), 1)
        top = head.bottom() + 8
        # The newest are seen; the customer watches the one that was just rung up.
        for at, line in enumerate(self._state.lines[-fits:]):
            box = QRectF(room.left(), top + at * _ROW, room.width(), _ROW)
            if at:
                painter.setPen(QPen(self._look.color("border"), 1))
                painter.drawLine(box.topLeft(), box.topRight())
            self._paint_line(painter, box, line)

    def _paint_line(self, painter: QPainter, box: QRectF, line: CustomerLine) -> None:
        upper = QRectF(box.left(), box.top() + 12, box.width(), 28)
        lower = QRectF(box.left(), box.top() + 42, box.width(), 22)
        painter.setFont(self._look.font("large", "semibold"))
        painter.setPen(self._look.color("text"))
        painter.drawText(upper, _RIGHT, line.amount)
        taken = QFontMetrics(painter.font()).horizontalAdvance(line.amount) + 16
        if line.before:
            taken += self._paint_before(painter, upper.adjusted(0, 0, 4 - taken, 0), line.before)
        painter.setFont(self._look.font("large", "medium"))
        painter.setPen(self._look.color("text"))
        self._write(painter, upper.adjusted(0, 0, -taken, 0), line.name, _LEFT)
        painter.setFont(self._look.font("body", "medium"))
        painter.setPen(self._look.color("saving"))
        deal = QRectF(lower.left() + lower.width() * 0.35, lower.top(), lower.width() * 0.65, 22)
        self._write(painter, deal, line.deal, _RIGHT)
        painter.setFont(self._look.font("body"))
        painter.setPen(self._look.color("text_muted"))
        wide = lower.width() * (0.33 if line.deal else 1)
        self._write(painter, QRectF(lower.left(), lower.top(), wide, 22), line.detail, _LEFT)

    def _paint_before(self, painter: QPainter, box: QRectF, text: str) -> int:
        """The price that no longer holds, struck through; how wide it is."""
        font = QFont(self._look.font("body"))
        font.setStrikeOut(True)
        painter.setFont(font)
        painter.setPen(self._look.color("text_muted"))
        painter.drawText(box, _RIGHT, text)
        return QFontMetrics(font).horizontalAdvance(text) + 16

    def _paint_panel(self, painter: QPainter, panel: QRectF) -> None:
        state = self._state
        painter.fillRect(panel, self._look.color("accent"))
        ink = self._look.color("accent_text")
        room = panel.adjusted(40, 40, -40, -40)
        painter.setPen(ink)
        painter.setFont(self._look.font("large", "medium"))
        painter.drawText(QRectF(room.left(), room.top(), room.width(), 28), _LEFT, state.caption)
        painter.setFont(self._fitting(state.amount, 72, int(room.width())))
        amount = QRectF(room.left(), room.top() + 32, room.width(), 84)
        painter.drawText(amount, _LEFT, state.amount)
        painter.setFont(self._look.font("body"))
        below = " · ".join(part for part in (state.pieces, state.vat) if part)
        self._write(
            painter, QRectF(room.left(), amount.bottom() + 4, room.width(), 24), below, _LEFT
        )
        pills = [
            (state.saved_caption, state.saved),
            (state.total_caption, state.total),
            (state.given_caption, state.given),
        ]
        top = amount.bottom() + 48
        for caption, value in pills:
            if value:
                self._pill(painter, QRectF(room.left(), top, room.width(), 56), caption, value)
                top += 64
        below = state.thanks or state.notice
        if below:
            painter.setPen(ink)
            painter.setFont(self._sized(32, "semibold"))
            where = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
            painter.drawText(room, where | Qt.TextFlag.TextWordWrap, below)

    def _pill(self, painter: QPainter, box: QRectF, caption: str, value: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.color("accent_pressed"))
        painter.drawRoundedRect(box, 10, 10)
        painter.setPen(self._look.color("accent_text"))
        painter.setFont(self._look.font("large", "medium"))
        inner = box.adjusted(20, 0, -20, 0)
        painter.drawText(inner, _LEFT, caption)
        painter.setFont(self._look.font("large", "semibold"))
        painter.drawText(inner, _RIGHT, value)

    # --- letters --------------------------------------------------------------------------------

    def _sized(self, pixels: int, weight: str) -> QFont:
        font = QFont(self._look.font("title", weight))
        font.setPixelSize(pixels)
        return font

    def _fitting(self, text: str, pixels: int, room: int) -> QFont:
        """As large as the room allows, so that no digit of an amount is ever cut."""
        font = self._sized(pixels, "semibold")
        while pixels > 24 and QFontMetrics(font).horizontalAdvance(text) > room:
            pixels -= 4
            font.setPixelSize(pixels)
        return font

    def _write(self, painter: QPainter, box: QRectF, text: str, where: Qt.AlignmentFlag) -> None:
        metrics = QFontMetrics(painter.font())
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(box, where, shown)
