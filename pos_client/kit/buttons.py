"""Everything one presses: painted from the tokens, at least 48 px, with its key beside it where a keyboard is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from pos_client.kit.look import Look

Kind = Literal["primary", "soft", "outlined", "quiet", "danger", "key", "key_soft"]


@dataclass(frozen=True, slots=True)
class _Paint:
    ground: str
    edge: str
    text: str


_NORMAL: dict[Kind, _Paint] = {
    "primary": _Paint("accent", "accent", "accent_text"),
    "soft": _Paint("accent_soft", "accent_soft", "accent"),
    "outlined": _Paint("surface", "border_strong", "text"),
    "quiet": _Paint("", "", "accent"),
    "danger": _Paint("surface", "danger", "danger"),
    "key": _Paint("surface", "border", "text"),
    "key_soft": _Paint("surface_2", "border", "text_muted"),
}
_DISABLED = _Paint("surface_2", "border", "text_disabled")
_PRESSED = _Paint("accent_soft", "accent", "accent")


class Press(QAbstractButton):
    """What all buttons share: look, hover, focus by keyboard only, and an accessible name that is never empty.

    The second of two quick presses on one spot does nothing, whatever lies there by then: nobody books cash twice, or
    takes the next page's button for this one's. `repeats` is for keys of a pad, which are meant to be pressed quickly.
    """

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self.look = look
        self.repeats = False
        self.hovered = False
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        look.changed.connect(self._look_changed)

    def enterEvent(self, event: QEnterEvent) -> None:
        """The mouse is over it."""
        super().enterEvent(event)
        self.hovered = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse is gone."""
        super().leaveEvent(event)
        self.hovered = False
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second press of a quick pair."""
        if self.repeats:
            super().mouseDoubleClickEvent(event)
        else:
            event.accept()

    def _look_changed(self) -> None:
        self.updateGeometry()
        self.update()

    def box(self, painter: QPainter, paint: _Paint, radius: int, width: float = 1) -> None:
        """Ground and edge of the whole widget."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        half = width / 2
        painter.setBrush(self.look.color(paint.ground) if paint.ground else Qt.BrushStyle.NoBrush)
        painter.setPen(
            QPen(self.look.color(paint.edge), width) if paint.edge else Qt.PenStyle.NoPen
        )
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(half, half, -half, -half), radius, radius
        )


class Button(Press):
    """A button with words, an icon or both. `key` is shown in a frame beside the words, if the look shows keys."""

    def __init__(
        self,
        look: Look,
        text: str = "",
        kind: Kind = "outlined",
        *,
        icon: str = "",
        key: str = "",
        large: bool = False,
        name: str = "",
    ) -> None:
        super().__init__(look, name or text)
        self.kind: Kind = kind
        self.icon_name = icon
        self.icon_size = 20
        self.key = key
        self.large = large
        self.busy = False
        self.chosen = False
        # A second line under the words, quieter than they are; on buttons that are aligned left.
        self.detail = ""
        self.align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignHCenter
        self.font_size = "large" if large else "body"
        self.setText(text)
        if name:
            self.setToolTip(name)
        height = look.tokens.sizes.touch_primary if large else look.tokens.sizes.touch_min
        self.setMinimumHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def say(self, text: str) -> None:
        """Other words on it."""
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()

    def _weight(self) -> str:
        strong = self.kind in {"primary", "soft"} or self.chosen
        return "semibold" if strong else "medium"

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(self.look.font(self.font_size, self._weight()))

    def _key_width(self) -> int:
        if not (self.key and self.look.keycaps):
            return 0
        return (
            max(QFontMetrics(self.look.font("caption", "medium")).horizontalAdvance(self.key), 8)
            + 14
        )

    def sizeHint(self) -> QSize:
        """Words, icon and key with their padding."""
        padding = 8 if not self.text() else (24 if self.large else 16)
        width = 2 * padding + self._metrics().horizontalAdvance(self.text())
        if self.icon_name:
            width += self.icon_size + (8 if self.text() else 0)
        key = self._key_width()
        if key:
            width += key + 8
        return QSize(max(width, self.minimumHeight()), self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        """As small as it may get."""
        return self.sizeHint()

    def paint_now(self) -> _Paint:
        """Colours for the state it is in."""
        if not self.isEnabled():
            return _Paint("", "", "text_disabled") if self.kind == "quiet" else _DISABLED
        if self.kind == "primary":
            ground = "accent"
            if self.isDown():
                ground = "accent_pressed"
            elif self.hovered:
                ground = "accent_hover"
            return _Paint(ground, ground, "accent_text")
        if self.isDown() or self.chosen:
            return _PRESSED
        normal = _NORMAL[self.kind]
        if self.hovered and self.kind != "soft":
            return _Paint("surface_2", normal.edge, normal.text)
        return normal

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw."""
        painter = QPainter(self)
        paint = self.paint_now()
        self.box(painter, paint, self.look.tokens.sizes.radius["medium"], 2 if self.chosen else 1)
        parts = self._metrics().horizontalAdvance(self.text())
        icon = self.icon_size if self.icon_name else 0
        key = self._key_width()
        whole = parts + icon + key + 8 * (bool(icon and parts) + bool(key and (parts or icon)))
        x = (self.width() - whole) / 2
        if self.align == Qt.AlignmentFlag.AlignLeft:
            x = 16
        middle = self.height() / 2
        if icon:
            pixmap = self.look.pixmap(self.icon_name, icon, paint.text)
            painter.drawPixmap(QPointF(x, middle - icon / 2), pixmap)
            x += icon + 8
        if self.text():
            painter.setFont(self.look.font(self.font_size, self._weight()))
            painter.setPen(self.look.color(paint.text))
            room = self.width() - x - (key + 16 if key else 8)
            text = self._metrics().elidedText(
                self.text(), Qt.TextElideMode.ElideRight, max(int(min(parts + 1, room)) + 1, 1)
            )
            lift = 10 if self.detail else 0
            painter.drawText(
                QRectF(x, -lift, parts + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, text
            )
            if self.detail:
                self._paint_detail(painter, paint, QRectF(x, 12, room, self.height()))
            x += parts + 8
        if key:
            if self.align == Qt.AlignmentFlag.AlignLeft:
                x = self.width() - key - 16
            paint_key(painter, self.look, QRectF(x, middle - 11, key, 22), self.key, paint.text)

    def _paint_detail(self, painter: QPainter, paint: _Paint, room: QRectF) -> None:
        painter.setFont(self.look.font("small"))
        if paint.text == "text":
            painter.setPen(self.look.color("text_muted"))
        metrics = QFontMetrics(painter.font())
        text = metrics.elidedText(self.detail, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
        painter.setPen(self.look.color(paint.text))


class FunctionKey(Press):
    """A key of the bottom row: icon and key cap above, words below; 72 high."""

    def __init__(self, look: Look, text: str, icon: str, key: str = "") -> None:
        super().__init__(look, text)
        self.setText(text)
        self.icon_name, self.key = icon, key
        self.setFixedHeight(72)
        self.setMinimumWidth(64)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """All share the row."""
        return QSize(116, 72)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw."""
        painter = QPainter(self)
        if not self.isEnabled():
            paint = _DISABLED
        elif self.isDown():
            paint = _PRESSED
        else:
            paint = _Paint("surface_2" if self.hovered else "surface", "border", "text")
        self.box(painter, paint, self.look.tokens.sizes.radius["medium"])
        muted = paint.text if paint.text != "text" else "text_muted"
        painter.drawPixmap(QPointF(12, 12), self.look.pixmap(self.icon_name, 20, muted))
        if self.key and self.look.keycaps:
            width = (
                QFontMetrics(self.look.font("caption", "medium")).horizontalAdvance(self.key) + 14
            )
            paint_key(
                painter,
                self.look,
                QRectF(self.width() - width - 10, 10, width, 22),
                self.key,
                muted,
            )
        painter.setFont(self.look.font("small", "medium"))
        painter.setPen(self.look.color(paint.text))
        room = QRectF(12, 38, self.width() - 20, 24)
        text = QFontMetrics(painter.font()).elidedText(
            self.text(), Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)


class RailItem(Press):
    """A place in the navigation: icon above its word; `chosen` is where one is."""

    def __init__(self, look: Look, text: str, icon: str) -> None:
        super().__init__(look, text)
        self.setText(text)
        self.icon_name = icon
        self.setCheckable(True)
        self.setFixedHeight(68)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As wide as the rail."""
        return QSize(72, 68)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw."""
        painter = QPainter(self)
        on = self.isChecked() or self.isDown()
        ground = "accent_soft" if on else ("surface_2" if self.hovered else "")
        colour = "accent" if on else "text_muted"
        if not self.isEnabled():
            ground, colour = "", "text_disabled"
        self.box(painter, _Paint(ground, "", colour), self.look.tokens.sizes.radius["medium"])
        painter.drawPixmap(
            QPointF((self.width() - 24) / 2, 12), self.look.pixmap(self.icon_name, 24, colour)
        )
        painter.setFont(self.look.font("caption", "semibold" if on else "medium"))
        painter.setPen(self.look.color(colour))
        room = QRectF(2, 40, self.width() - 4, 18)
        text = QFontMetrics(painter.font()).elidedText(
            self.text(), Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)


def paint_key(painter: QPainter, look: Look, box: QRectF, text: str, colour: str) -> None:
    """A key cap: small words in a thin frame."""
    edge = QColor(look.color(colour))
    edge.setAlphaF(0.45)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(edge, 1))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
    painter.setFont(look.font("caption", "medium"))
    painter.setPen(look.color(colour))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
