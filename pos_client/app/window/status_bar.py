"""The bar at the top: where one is, whether everything is sent, what is wrong, the time, and who is logged in."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLayout, QSizePolicy, QWidget

from pos_client.features.devices.state import DeviceStatus
from pos_client.features.status.state import StatusState
from pos_client.kit.buttons import Press
from pos_client.kit.labels import Label, paint_initials, rule
from pos_client.kit.look import Look
from pos_client.kit.panels import Ground

_TONES = {"ok": "saving", "warning": "warning", "danger": "danger", "muted": "text_muted"}
_NARROW = 1200
_PLACE_LEAST = 120


class _Brand(QWidget):
    """The sign and the word; `compact` without the word."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.set_compact(on=False)
        look.changed.connect(self.update)

    def set_compact(self, *, on: bool) -> None:
        """Leave out the word, or not."""
        self.setFixedSize(28 if on else 96, 32)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.color("accent"))
        painter.drawRoundedRect(QRectF(0, 2, 28, 28), 7, 7)
        pen = QPen(self._look.color("accent_text"), 3)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawLine(QPointF(6.5, 12), QPointF(21.5, 12))
        painter.drawLine(QPointF(14, 12), QPointF(14, 23.5))
        painter.setFont(self._look.font("body", "semibold"))
        painter.setPen(self._look.color("text"))
        painter.drawText(QRectF(38, 0, 60, 32), Qt.AlignmentFlag.AlignVCenter, "Tresen")


def _words(painter: QPainter, room: QRectF, text: str) -> None:
    """Words in a room that may be too narrow: then they end with an ellipsis; a reader hears all of them."""
    metrics = QFontMetrics(painter.font())
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()) + 1)
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)


class StatusItem(Press):
    """An icon and words in a tone; pressing opens the page for it."""

    def __init__(self, look: Look, icon: str) -> None:
        super().__init__(look, "…")
        self._icon, self._tone = icon, "muted"
        self.setFixedHeight(48)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def say(self, text: str, tone: str, icon: str) -> None:
        """Show words; none hides it."""
        self._icon, self._tone = icon, tone
        self.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = QFontMetrics(self.look.font("small")).horizontalAdvance(self.text())
        return QSize(max(width + 18 + 6 + 12, 48), 48)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hovered or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.look.color("surface_2"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0, 4, 0, -4), 10, 10)
        ink = _TONES[self._tone]
        painter.drawPixmap(QPointF(6, 15), self.look.pixmap(self._icon, 18, ink))
        painter.setFont(self.look.font("small", "regular" if self._tone == "ok" else "medium"))
        painter.setPen(self.look.color("text_muted" if self._tone == "ok" else ink))
        _words(painter, QRectF(30, 0, self.width() - 30, 48), self.text())


class _User(Press):
    def __init__(self, look: Look) -> None:
        super().__init__(look, "")
        self._initials = ""
        self.compact = False
        self.setFixedHeight(48)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def say(self, name: str, initials: str) -> None:
        self._initials = initials
        self.setText(name)
        self.setAccessibleName(name or "–")
        self.setVisible(bool(name))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        if self.compact:
            return QSize(48, 48)
        width = QFontMetrics(self.look.font("small", "medium")).horizontalAdvance(self.text())
        return QSize(width + 32 + 8 + 16, 48)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hovered or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.look.color("surface_2"))
            painter.drawRoundedRect(QRectF(self.rect()), 10, 10)
        paint_initials(painter, self.look, QRectF(8, 8, 32, 32), self._initials)
        painter.setFont(self.look.font("small", "medium"))
        painter.setPen(self.look.color("text"))
        if not self.compact:
            _words(painter, QRectF(48, 0, self.width() - 48, 48), self.text())


class StatusBar(Ground):
    """Shows a `StatusState`. `user` asks for another person, `asked` for the page about a part."""

    user = Signal()
    asked = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__(look, "surface")
        self._state: StatusState | None = None
        self._devices = DeviceStatus()
        self._width = 0
        self.setFixedHeight(56)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 4, 16, 4)
        row.setSpacing(12)
        self.brand, self.brand_rule = _Brand(look), rule("v", 24)
        row.addWidget(self.brand)
        row.addWidget(self.brand_rule)
        self.place = Label(look, "", size="small", tone="muted")
        row.addWidget(self.place, 1)
        self.items = {
            "sync": StatusItem(look, "cloud-check"),
            "fiscal": StatusItem(look, "shield-check"),
            "copy": StatusItem(look, "copy"),
            "devices": StatusItem(look, "plug"),
        }
        for key, item in self.items.items():
            item.clicked.connect(lambda _on=False, key=key: self.asked.emit(key))
            item.say("", "muted", "cloud")
            row.addWidget(item)
        row.addWidget(rule("v", 24))
        self.date = Label(look, "", size="small")
        self.time = Label(look, "", size="small", weight="semibold")
        row.addWidget(self.date)
        row.addWidget(self.time)
        self.user_rule = rule("v", 24)
        row.addWidget(self.user_rule)
        self.user_button = _User(look)
        self.user_button.clicked.connect(self.user)
        row.addWidget(self.user_button)
        self.user_button.say("", "")

    def fit(self, width: int) -> None:
        """The window is this wide: leave out what there is no room for."""
        if width != self._width:
            self._width = width
            if self._state is not None:
                self.show_state(self._state)

    def show_state(self, state: StatusState) -> None:
        """Show a state: sync and signing always, everything else only where it is wrong."""
        self._state = state
        narrow = self._width < _NARROW
        self.place.say(state.place)
        self.time.setMinimumWidth(44)
        icon = {"ok": "cloud-check", "warning": "refresh", "danger": "cloud-off"}
        self.items["sync"].say(state.sync_text, state.sync_tone, icon.get(state.sync_tone, "cloud"))
        fiscal = "" if narrow and state.fiscal_tone in {"ok", "muted"} else state.fiscal_text
        self.items["fiscal"].say(fiscal, state.fiscal_tone, "shield-check")
        wrong = state.copy_tone in {"warning", "danger"}
        self.items["copy"].say(state.copy_text if wrong else "", state.copy_tone, "copy")
        self.date.say(state.date_text)
        self.time.say(state.time_text)
        self.user_rule.setVisible(bool(state.operator))
        self.user_button.say(state.operator, state.initials)
        self._make_room()

    def _make_room(self) -> None:
        """What is wrong is read whole: the place gives way to it, then the date, then the name beside the initials, and
        the word beside the sign, and last the name of the device beside its picture.
        """
        layout = self.layout()
        if layout is None:
            return
        self.user_button.compact = False
        self._say_devices(self._devices.text)
        self._show_brand(whole=True)
        self.date.setVisible(True)
        if self._taken(layout) + _PLACE_LEAST <= self._width:
            return
        self.place.say("")
        self.date.setVisible(self._taken(layout) <= self._width)
        if self._taken(layout) > self._width:
            self.user_button.compact = True
            self.user_button.updateGeometry()
        if self._taken(layout) > self._width:
            self._show_brand(whole=False)
            self.user_rule.setVisible(False)
        if self._taken(layout) > self._width:
            self._say_devices(self._devices.short)

    def _show_brand(self, *, whole: bool) -> None:
        self.brand.set_compact(on=not whole)
        self.brand_rule.setVisible(whole)
        self.place.setVisible(whole)

    def _taken(self, layout: QLayout) -> int:
        """How wide everything but the place is."""
        layout.invalidate()
        place = 0 if self.place.isHidden() else self.place.sizeHint().width()
        return layout.sizeHint().width() - place

    def render_devices(self, status: DeviceStatus) -> None:
        """Show the devices, if something is wrong with one of them: a word or two, and the whole sentence for whoever
        stays over it or hears it read.
        """
        if status != self._devices:
            self._devices = status
            self._say_devices(status.text)
            if self._state is not None:
                self.show_state(self._state)

    def _say_devices(self, text: str) -> None:
        """Show the devices by these words; who hears them read always hears all."""
        item, status = self.items["devices"], self._devices
        item.say(text, status.tone, status.icon)
        item.setAccessibleName(status.text)
        item.setToolTip(status.sentence)
        item.setAccessibleDescription(status.sentence)
