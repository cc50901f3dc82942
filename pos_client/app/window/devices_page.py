"""Devices, upload and settings: what is connected, how it is, a test for each, and how the till looks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from pos_client.features.devices.state import DeviceRow, DevicesState
from pos_client.features.settings.view import SettingsView
from pos_client.kit.buttons import Button
from pos_client.kit.choices import Tab
from pos_client.kit.labels import Label, Picture, Tone, rule
from pos_client.kit.look import Look
from pos_client.kit.panels import Banner, Card, Ground, Scroll, clear_layout
from pos_client.ports import Texts

SECTIONS = ("devices", "settings", "about")
# How a state looks: icon, its colour, and the tone of its words.
_MARKS: dict[str, tuple[str, str, Tone]] = {
    "ok": ("circle-check", "saving", "text"),
    "warning": ("alert-triangle", "warning", "warning"),
    "danger": ("circle-x", "danger", "danger"),
    "muted": ("circle-dashed", "text_muted", "muted"),
}
_ACROSS = 3
_STATE, _BUTTON = 176, 168
_BUTTONS = 16 + _BUTTON + 8 + 48


class DevicesPage(QWidget):
    """`acted` gives the key of the row whose button was pressed, `set_up` the kind of device to set up; `trace`
    switches the recording for support, `export` writes it down.
    """

    acted = Signal(str)
    set_up = Signal(str)
    trace = Signal(bool)
    export = Signal()

    def __init__(self, look: Look, words: Texts) -> None:
        super().__init__()
        self.setObjectName("page")
        self._look, self._words = look, words
        self._tracing = True
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 24)
        column.setSpacing(12)
        column.addWidget(
            Label(look, words.text("window.page_devices"), size="title", weight="semibold")
        )
        self.stack = QStackedWidget()
        tabs = QHBoxLayout()
        tabs.setSpacing(4)
        self._group = QButtonGroup(self)
        self.tabs: dict[str, Tab] = {}
        for at, name in enumerate(SECTIONS):
            tab = Tab(look, words.text(f"window.section_{name}"))
            tab.clicked.connect(lambda _on=False, at=at: self.stack.setCurrentIndex(at))
            self._group.addButton(tab)
            self.tabs[name] = tab
            tabs.addWidget(tab)
        tabs.addStretch(1)
        self.tabs["devices"].setChecked(True)
        column.addLayout(tabs)
        self.banner = Banner(look)
        column.addWidget(self.banner)
        self.card = Card(margin=1)
        self.card.column.setSpacing(0)
        devices = Scroll(spacing=16)
        devices.column.addWidget(self.card)
        self.more = self._missing_card(devices)
        devices.column.addWidget(self._support_card())
        devices.column.addStretch(1)
        self.stack.addWidget(devices)
        self.settings = SettingsView(look, words)
        scroll = Scroll((4, 4, 4, 4))
        scroll.column.addWidget(self.settings)
        self.stack.addWidget(scroll)
        self.about = Scroll((4, 4, 4, 4))
        self.stack.addWidget(self.about)
        column.addWidget(self.stack, 1)

    def _missing_card(self, scroll: Scroll) -> QGridLayout:
        self._missing = Card()
        self._missing.column.addWidget(
            Label(self._look, self._words.text("device.more"), weight="semibold")
        )
        grid = QGridLayout()
        grid.setSpacing(8)
        self._missing.column.addLayout(grid)
        scroll.column.addWidget(self._missing)
        return grid

    def _support_card(self) -> Card:
        card = Card()
        card.column.addWidget(
            Label(self._look, self._words.text("device.trace"), weight="semibold")
        )
        self.trace_text = Label(self._look, "", size="small", tone="muted", wrap=True)
        card.column.addWidget(self.trace_text)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.trace_button = Button(self._look, self._words.text("device.trace_stop"))
        self.trace_button.clicked.connect(lambda: self.trace.emit(not self._tracing))
        self.export_button = Button(
            self._look, self._words.text("device.export"), icon="device-floppy"
        )
        self.export_button.clicked.connect(self.export)
        row.addWidget(self.trace_button)
        row.addWidget(self.export_button)
        row.addStretch(1)
        card.column.addLayout(row)
        return card

    def show_section(self, name: str) -> None:
        """Open one of the sections."""
        self.tabs[name].setChecked(True)
        self.stack.setCurrentIndex(SECTIONS.index(name))

    def show_devices(self, state: DevicesState, missing: Sequence[DeviceRow] = ()) -> None:
        """Show the devices; the worst of them is said above, what is not set up stands below."""
        clear_layout(self.card.column)
        for at, row in enumerate(state.rows):
            if at:
                self.card.column.addWidget(rule())
            self.card.column.addWidget(self._row(row))
        tone: Tone = "danger" if state.banner_tone == "danger" else "warning"
        self.banner.say(state.banner, tone)
        self._show_missing(missing)
        self._tracing = state.tracing
        self.trace_text.say(state.trace)
        key = "device.trace_stop" if state.tracing else "device.trace_start"
        self.trace_button.say(self._words.text(key))

    def _show_missing(self, rows: Sequence[DeviceRow]) -> None:
        self._missing.setVisible(bool(rows))
        while self.more.count():
            item = self.more.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for at, row in enumerate(rows):
            button = Button(self._look, row.name, icon="plus")
            button.setAccessibleName(self._words.text("device.set_up_one", name=row.name))
            button.align = Qt.AlignmentFlag.AlignLeft
            button.font_size = "small"
            button.clicked.connect(lambda _on=False, key=row.key: self.set_up.emit(key))
            self.more.addWidget(button, at // _ACROSS, at % _ACROSS)

    def _row(self, row: DeviceRow) -> QWidget:
        bad = row.tone == "danger"
        line = Ground(self._look, "danger_soft" if bad else "surface", 14)
        line.setMinimumHeight(72)
        layout = QHBoxLayout(line)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(16)
        layout.addWidget(
            Picture(
                self._look,
                row.icon,
                24,
                "danger" if bad else "text_muted",
                ground="surface" if bad else "surface_2",
                ground_size=44,
                round_ground=False,
            )
        )
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(Label(self._look, row.name, weight="semibold"))
        tone: Tone = "text" if bad else "muted"
        names.addWidget(Label(self._look, row.detail, size="small", tone=tone, wrap=True))
        layout.addLayout(names, 1)
        layout.addWidget(self._state(row))
        if not row.action:
            return line
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        button = Button(self._look, row.action or " ")
        button.setAccessibleName(f"{row.action}: {row.name}")
        button.setFixedWidth(_BUTTON)
        button.clicked.connect(lambda: self.acted.emit(row.key))
        buttons.addWidget(button)
        if row.set_up:
            name = self._words.text("device.set_up_one", name=row.name)
            setting = Button(self._look, "", "quiet", icon="settings", name=name)
            setting.icon_size = 24
            setting.clicked.connect(lambda: self.set_up.emit(row.key))
            buttons.addWidget(setting)
        layout.addLayout(buttons)
        return line

    def _state(self, row: DeviceRow) -> QWidget:
        icon, colour, tone = _MARKS[row.tone]
        holder = QWidget()
        # Without buttons the words have their room, too.
        holder.setFixedWidth(_STATE if row.action else _STATE + _BUTTONS)
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        if row.state:
            line.addWidget(Picture(self._look, icon, 20, colour))
        line.addWidget(Label(self._look, row.state, size="small", weight="medium", tone=tone), 1)
        return holder

    def show_about(self, facts: Sequence[tuple[str, str]]) -> None:
        """Version, till, store, licences."""
        clear_layout(self.about.column)
        for name, value in facts:
            self.about.column.addWidget(Label(self._look, name, size="small", tone="muted"))
            self.about.column.addWidget(Label(self._look, value, wrap=True))
        self.about.column.addStretch(1)
