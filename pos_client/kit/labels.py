"""Text, rules, pictures and spaces: the quiet parts of a screen."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from pos_client.kit.look import Look
from pos_client.kit.photos import paint_photo

Tone = Literal["text", "muted", "disabled", "accent", "saving", "warning", "danger", "toast"]


class Label(QLabel):
    """Text in a size, weight and tone by name; what does not fit on its line ends with an ellipsis unless it wraps."""

    def __init__(
        self,
        look: Look,
        text: str = "",
        *,
        size: str = "body",
        weight: str = "regular",
        tone: Tone = "text",
        wrap: bool = False,
    ) -> None:
        super().__init__()
        self._full = text
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(look.font(size, weight))
        self.setWordWrap(wrap)
        self.setProperty("tone", tone)
        if not wrap:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setText(text)
        self.setAccessibleName(text)

    def say(self, text: str) -> None:
        """Show another text."""
        self._full = text
        self.setAccessibleName(text)
        self._fit()
        self.updateGeometry()

    def set_tone(self, tone: Tone) -> None:
        """Show it in another tone."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            repolish(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut what does not fit."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """A line can be narrower than its text."""
        hint = super().minimumSizeHint()
        return hint if self.wordWrap() else QSize(min(hint.width(), 24), hint.height())

    def sizeHint(self) -> QSize:
        """As wide as the whole text."""
        hint = super().sizeHint()
        if self.wordWrap():
            return hint
        width = QFontMetrics(self.font()).horizontalAdvance(self._full)
        margins = self.contentsMargins()
        return QSize(width + 1 + margins.left() + margins.right(), hint.height())

    def _fit(self) -> None:
        if self.wordWrap():
            self.setText(self._full)
            return
        room = self.contentsRect().width()
        text = QFontMetrics(self.font()).elidedText(self._full, Qt.TextElideMode.ElideRight, room)
        if self.text() != text:
            self.setText(text)
        self.setToolTip(self._full if text != self._full else "")


class Picture(QWidget):
    """An icon, or a drawing of `goods`, if wanted on a round or square ground; over it the photo under the key
    `photo`, once it is there.
    """

    def __init__(
        self,
        look: Look,
        name: str,
        size: int = 24,
        colour: str = "text",
        *,
        ground: str = "",
        ground_size: int = 0,
        round_ground: bool = True,
        goods: bool = False,
        photo: str = "",
    ) -> None:
        super().__init__()
        self._look = look
        self._goods = goods
        self._photo = photo
        if photo:
            look.photos.arrived.connect(self.update)
        self.name, self.colour, self.ground = name, colour, ground
        self._size = size
        self._round = round_ground
        side = max(size, ground_size)
        self.setFixedSize(side, side)
        look.changed.connect(self.update)

    def show_as(self, name: str, colour: str, ground: str = "") -> None:
        """Another picture."""
        self.name, self.colour, self.ground = name, colour, ground
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        photo = self._look.photos.get(self._photo)
        if photo is not None:
            paint_photo(painter, QRectF(self.rect()), photo)
            return
        if self.ground:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._look.color(self.ground))
            radius = self.width() / 2 if self._round else 10
            painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        if self.name:
            at = (self.width() - self._size) // 2
            if self._goods:
                pixmap = self._look.drawing(self.name, self._size)
            else:
                pixmap = self._look.pixmap(self.name, self._size, self.colour)
            painter.drawPixmap(at, at, pixmap)


class Initials(QWidget):
    """A person's initials on a disc."""

    def __init__(self, look: Look, text: str = "", size: int = 32) -> None:
        super().__init__()
        self._look = look
        self._text = text
        self.strong = False
        self.setFixedSize(size, size)
        look.changed.connect(self.update)

    def say(self, text: str) -> None:
        """Another person."""
        self._text = text
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_initials(painter, self._look, QRectF(self.rect()), self._text, strong=self.strong)


def paint_initials(
    painter: QPainter, look: Look, box: QRectF, text: str, *, strong: bool = False
) -> None:
    """Initials on a disc that fills the box."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color("accent" if strong else "accent_soft"))
    painter.drawEllipse(box)
    size = {True: "caption", False: "small"}[box.width() <= 32]
    painter.setFont(look.font("large" if box.width() >= 64 else size, "semibold"))
    painter.setPen(look.color("accent_text" if strong else "accent"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def rule(direction: Literal["h", "v"] = "h", length: int = 0) -> QFrame:
    """A thin line."""
    line = QFrame()
    line.setProperty("rule", direction)
    if length:
        line.setFixedHeight(length) if direction == "v" else line.setFixedWidth(length)
    return line


def repolish(widget: QWidget) -> None:
    """Let the style sheet look at the widget's properties again."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()
