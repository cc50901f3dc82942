"""Who is on shift, and the PIN. Shows states, emits intents; a PIN leaves the screen with the intent."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos_client.features.login.state import LoginState, StaffTile
from pos_client.kit.buttons import Press
from pos_client.kit.labels import Initials, Label, paint_initials
from pos_client.kit.look import Look
from pos_client.kit.numpad import NumPad
from pos_client.kit.panels import Banner, EmptyState, Scroll, Toast
from pos_client.ports import Texts

PIN_LENGTH = 6
_LONGEST_PIN = 12
_JUDGE_MS = 60
_ANY = 16_777_215


class PersonTile(Press):
    """A person: initials, name, role; `chosen` who is about to log in."""

    def __init__(self, look: Look, tile: StaffTile) -> None:
        super().__init__(look, f"{tile.name}, {tile.role}")
        self.tile = tile
        self.setCheckable(True)
        self.setFixedHeight(88)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(360, 88)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked() or self.isDown()
        ground = "accent_soft" if on else ("surface_2" if self.hovered else "surface")
        width = 2 if on else 1
        painter.setBrush(self.look.color(ground))
        painter.setPen(QPen(self.look.color("accent" if on else "border"), width))
        half = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), 16, 16)
        paint_initials(painter, self.look, QRectF(16, 20, 48, 48), self.tile.initials, strong=on)
        room = QRectF(80, 20, self.width() - 128, 24)
        for text, size, weight, ink in (
            (self.tile.name, "body", "semibold", "text"),
            (self.tile.role, "small", "regular", "text_muted"),
        ):
            font = self.look.font(size, weight)
            painter.setFont(font)
            painter.setPen(self.look.color(ink))
            shown = QFontMetrics(font).elidedText(
                text, Qt.TextElideMode.ElideRight, int(room.width())
            )
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
            room.translate(0, 24)
        if on:
            check = self.look.pixmap("circle-check", 24, "accent")
            painter.drawPixmap(self.width() - 40, 32, check)


class PinDots(QWidget):
    """How many digits were typed, never which."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.typed = 0
        self.setFixedSize(240, 24)
        look.changed.connect(self.update)

    def show_count(self, typed: int) -> None:
        """So many were typed."""
        self.typed = typed
        self.setAccessibleName(str(typed))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        count = max(PIN_LENGTH, self.typed)
        left = (self.width() - count * 16 - (count - 1) * 16) / 2
        for at in range(count):
            full = at < self.typed
            painter.setPen(QPen(self._look.color("accent" if full else "border_strong"), 1.5))
            painter.setBrush(self._look.color("accent" if full else "surface"))
            painter.drawEllipse(QRectF(left + at * 32, 4, 15, 15))


class PinPanel(QWidget):
    """A name, dots and the pad. `entered` gives the PIN as soon as it has its usual length, or on Enter."""

    entered = Signal(str)
    left = Signal()

    def __init__(self, look: Look, words: Texts) -> None:
        super().__init__()
        self._words = words
        self._pin = ""
        # A scanner types on: six digits of a barcode are no PIN, and must not count as a wrong one.
        self._judge = QTimer(self)
        self._judge.setSingleShot(True)
        self._judge.setInterval(_JUDGE_MS)
        self._judge.timeout.connect(self._give)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 40, 24, 24)
        column.setSpacing(8)
        self.face = Initials(look, "", 64)
        column.addWidget(self.face, 0, Qt.AlignmentFlag.AlignHCenter)
        self.name = Label(look, "", size="title", weight="semibold")
        self.hint = Label(look, words.text("window.pin_enter"), tone="muted", wrap=True)
        for label in (self.name, self.hint):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        self.dots = PinDots(look)
        column.addWidget(self.dots, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        self.pad = NumPad(
            look,
            top="123",
            left=words.text("window.clear"),
            left_clears=True,
            erase_name=words.text("window.erase"),
            key_height=72,
        )
        self.pad.setMaximumWidth(375)
        self.pad.typed.connect(self.type)
        self.pad.erased.connect(lambda: self._set(self._pin[:-1]))
        self.pad.cleared.connect(lambda: self._set(""))
        pad_row = QHBoxLayout()
        pad_row.addStretch(1)
        pad_row.addWidget(self.pad, 10)
        pad_row.addStretch(1)
        column.addLayout(pad_row)
        column.addStretch(1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def ask(self, tile: StaffTile) -> None:
        """Ask this person."""
        self.face.say(tile.initials)
        self.name.say(tile.name)
        self.say("")
        self._set("")

    def say(self, sentence: str) -> None:
        """Say why the last one was refused; nothing takes it back."""
        self.hint.say(sentence or self._words.text("window.pin_enter"))
        self.hint.set_tone("danger" if sentence else "muted")
        self._set("")

    def type(self, digit: str) -> None:
        """One more digit."""
        if len(self._pin) < _LONGEST_PIN:
            self._set(self._pin + digit)
        if len(self._pin) == PIN_LENGTH:
            self._judge.start()

    def keep_typed(self) -> Callable[[], None]:
        """How to undo what a scanner types from now on."""
        pin = self._pin
        return lambda: self._set(pin)

    def _set(self, pin: str) -> None:
        self._judge.stop()
        self._pin = pin
        self.dots.show_count(len(pin))

    def _give(self) -> None:
        pin = self._pin
        self._set("")
        self.entered.emit(pin)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().isdigit() and len(event.text()) == 1:
            self.type(event.text())
        elif event.key() == Qt.Key.Key_Backspace:
            self._set(self._pin[:-1])
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._pin:
            self._give()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            event.ignore()


class LoginView(QWidget):
    """Implements the presenter's `LoginView`. `login` gives staff number and PIN."""

    login = Signal(str, str)

    def __init__(self, look: Look, words: Texts) -> None:
        super().__init__()
        self.setObjectName("page")
        self._look, self._words = look, words
        self.tiles: list[PersonTile] = []
        self._chosen: StaffTile | None = None
        self._wished: tuple[str, ...] = ()
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        left = QVBoxLayout()
        left.setContentsMargins(48, 40, 48, 32)
        left.setSpacing(8)
        head = QHBoxLayout()
        self.greeting = Label(look, words.text("window.welcome"), size="display", weight="semibold")
        self.clock = Label(look, "", size="display")
        head.addWidget(self.greeting, 1)
        head.addWidget(self.clock)
        left.addLayout(head)
        self.day = Label(look, "", tone="muted")
        left.addWidget(self.day)
        left.addSpacing(24)
        self.heading = Label(look, words.text("window.who"), weight="semibold")
        left.addWidget(self.heading)
        self.people = Scroll()
        self.grid = QGridLayout()
        self.grid.setSpacing(12)
        self.grid.setContentsMargins(2, 2, 2, 2)
        self.people.column.addLayout(self.grid)
        self.people.column.addStretch(1)
        left.addWidget(self.people, 1)
        self.empty = EmptyState(
            look, "users", words.text("window.nobody"), words.text("window.nobody_text")
        )
        self.empty.setVisible(False)
        left.addWidget(self.empty, 1)
        self.banner = Banner(look)
        left.addWidget(self.banner)
        row.addLayout(left, 1)
        panel = QWidget()
        panel.setProperty("surface", True)
        panel.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        panel.setFixedWidth(520)
        self._panel = panel
        inner = QVBoxLayout(panel)
        inner.setContentsMargins(0, 0, 0, 0)
        self.pin = PinPanel(look, words)
        inner.addWidget(self.pin)
        row.addWidget(panel)
        self.toast = Toast(look, self)
        self.pin.entered.connect(self._entered)
        self.setFocusProxy(self.pin)

    def begin(self) -> None:
        """The page is shown: nothing is typed yet, and nothing was refused."""
        if self._chosen is not None:
            self.pin.ask(self._chosen)

    def show_state(self, state: LoginState) -> None:
        """Show who may log in; the first person is chosen."""
        for tile in self.tiles:
            tile.hide()
            tile.deleteLater()
        self.tiles = []
        for row in state.staff:
            tile = PersonTile(self._look, row)
            tile.clicked.connect(lambda _on=False, row=row: self._choose(row))
            self.tiles.append(tile)
        self._lay()
        self.people.setVisible(bool(state.staff))
        self.empty.setVisible(not state.staff)
        chosen = self._chosen.staff_id if self._chosen else ""
        again = [row for row in state.staff if row.staff_id == chosen]
        if again:
            # The same person: what was typed of the PIN meanwhile stays.
            self._mark(again[0])
        elif state.staff:
            self._choose(state.staff[0])
        if state.staff:
            self.choose(self._wished)

    def choose(self, numbers: Collection[str]) -> bool:
        """Choose the person with one of these numbers, now or as soon as people are shown; whether they are here. A
        card names somebody; the PIN is asked all the same.
        """
        self._wished = () if self.tiles else tuple(numbers)
        for tile in self.tiles:
            if tile.tile.staff_id in numbers:
                self._choose(tile.tile)
                return True
        return False

    def refuse(self, sentence: str) -> None:
        """The PIN was refused, and why."""
        self.pin.say(sentence)

    def show_time(self, day: str, clock: str) -> None:
        """The clock."""
        self.day.say(day)
        self.clock.say(clock)

    def _choose(self, row: StaffTile) -> None:
        self._mark(row)
        self.pin.ask(row)
        self.pin.setFocus()

    def _mark(self, row: StaffTile) -> None:
        self._chosen = row
        for tile in self.tiles:
            tile.setChecked(tile.tile == row)

    def _entered(self, pin: str) -> None:
        if self._chosen is not None:
            self.login.emit(self._chosen.staff_id, pin)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        portrait = self.height() > self.width()
        self._row.setDirection(
            QHBoxLayout.Direction.TopToBottom if portrait else QHBoxLayout.Direction.LeftToRight
        )
        if portrait:
            self._panel.setMinimumWidth(0)
            self._panel.setMaximumWidth(_ANY)
        else:
            self._panel.setFixedWidth(520 if self.width() >= 1200 else 408)
        self._lay()

    def _lay(self) -> None:
        portrait = self.height() > self.width()
        columns = 2 if portrait or self.width() - self._panel.width() > 720 else 1
        for at, tile in enumerate(self.tiles):
            self.grid.addWidget(tile, at // columns, at % columns)
