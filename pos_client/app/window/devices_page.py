"""Devices, upload and settings: what is connected, how it is, a test for each, and how the till looks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_client.app.window.device_rows import DeviceRow
from pos_client.features.settings.view import SettingsView
from pos_client.kit.buttons import Button
from pos_client.kit.choices import Chip, Tab
from pos_client.kit.labels import Label, Picture, rule
from pos_client.kit.look import Look
from pos_client.kit.panels import Banner, Card, Scroll, clear_layout
from pos_client.ports import Texts

SECTIONS = ("devices", "settings", "about")
_TONES = {"ok": "saving", "warning": "warning", "danger": "danger", "muted": "neutral"}


class DevicesPage(QWidget):
    """`acted` gives the key of the row whose button was pressed."""

    acted = Signal(str)

    def __init__(self, look: Look, words: Texts) -> None:
        super().__init__()
        self.setObjectName("page")
        self._look, self._words = look, words
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
        devices = Scroll()
        devices.column.addWidget(self.card)
        devices.column.addStretch(1)
        self.stack.addWidget(devices)
        self.settings = SettingsView(look, words)
        scroll = Scroll((4, 4, 4, 4))
        scroll.column.addWidget(self.settings)
        self.stack.addWidget(scroll)
        self.about = Scroll((4, 4, 4, 4))
        self.stack.addWidget(self.about)
        column.addWidget(self.stack, 1)

    def show_section(self, name: str) -> None:
        """Open one of the sections."""
        self.tabs[name].setChecked(True)
        self.stack.setCurrentIndex(SECTIONS.index(name))

    def show_devices(self, rows: Sequence[DeviceRow]) -> None:
        """Show the devices; the worst of them is said above."""
        clear_layout(self.card.column)
        for at, row in enumerate(rows):
            if at:
                self.card.column.addWidget(rule())
            self.card.column.addWidget(self._row(row))
        worst = next((row for row in rows if row.tone == "danger"), None)
        self.banner.say(f"{worst.name}: {worst.detail}" if worst else "", "danger")

    def _row(self, row: DeviceRow) -> QWidget:
        line = QWidget()
        line.setMinimumHeight(72)
        layout = QHBoxLayout(line)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(16)
        layout.addWidget(
            Picture(
                self._look,
                row.icon,
                24,
                "text_muted",
                ground="surface_2",
                ground_size=44,
                round_ground=False,
            )
        )
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(Label(self._look, row.name, weight="semibold"))
        names.addWidget(Label(self._look, row.detail, size="small", tone="muted", wrap=True))
        layout.addLayout(names, 1)
        layout.addWidget(Chip(self._look, row.state, _TONES[row.tone]))
        button = Button(self._look, row.action or " ")
        button.setMinimumWidth(152)
        button.clicked.connect(lambda: self.acted.emit(row.key))
        button.setVisible(bool(row.action))
        layout.addWidget(button)
        return line

    def show_about(self, facts: Sequence[tuple[str, str]]) -> None:
        """Version, till, store, licences."""
        clear_layout(self.about.column)
        for name, value in facts:
            self.about.column.addWidget(Label(self._look, name, size="small", tone="muted"))
            self.about.column.addWidget(Label(self._look, value, wrap=True))
        self.about.column.addStretch(1)
