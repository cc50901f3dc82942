"""Settings as segments under each other, each in effect at once and undone in one step. Shows states, emits intents."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_client.features.settings.state import SettingsState
from pos_client.kit.buttons import Button
from pos_client.kit.choices import Segments
from pos_client.kit.labels import Label
from pos_client.kit.look import Look
from pos_client.ports import Texts


class SettingsView(QWidget):
    """Implements the presenter's `SettingsView`."""

    changed = Signal(str, str)
    undo = Signal()

    def __init__(self, look: Look, words: Texts) -> None:
        super().__init__()
        self._look, self._words = look, words
        self._segments: dict[str, Segments] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(16)
        self.undo_button = Button(
            look, words.text("window.undo_setting"), "quiet", icon="arrow-back-up"
        )
        self.undo_button.clicked.connect(self.undo)
        self._column.addWidget(self.undo_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch(1)

    def show_state(self, state: SettingsState) -> None:
        """Show what holds."""
        for at, row in enumerate(state.rows):
            segments = self._segments.get(row.setting)
            if segments is None:
                segments = Segments(self._look, row.text, [(c.value, c.text) for c in row.choices])
                segments.setMaximumWidth(640)
                segments.chosen.connect(
                    lambda value, name=row.setting: self.changed.emit(name, value)
                )
                self._segments[row.setting] = segments
                block = QVBoxLayout()
                block.setSpacing(6)
                block.addWidget(Label(self._look, row.text, weight="semibold"))
                line = QHBoxLayout()
                line.addWidget(segments, 1)
                line.addStretch(0)
                block.addLayout(line)
                self._column.insertLayout(at, block)
            segments.choose(row.value)
        self.undo_button.setVisible(state.can_undo)
