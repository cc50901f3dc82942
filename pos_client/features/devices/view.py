"""Setting one device up, in a sheet: where it hangs, which one it is, what it speaks, a test, and keeping it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from pos_client.features.devices.state import FoundRow, OptionRow, SetupState
from pos_client.kit.buttons import Button
from pos_client.kit.choices import Segments
from pos_client.kit.fields import Field
from pos_client.kit.labels import Label, Picture, rule
from pos_client.kit.look import Look
from pos_client.kit.panels import Scroll, clear_layout
from pos_client.ports import Texts

WAYS = (("serial", "plug"), ("usb", "plug"), ("network", "link"))
# More values than these are no segments any more, but a list.
_MOST_SEGMENTS = 3
_MOST_FOUND = 8
_MARKS = {"ok": ("circle-check", "saving"), "danger": ("circle-x", "danger")}


class SetupSheet(QWidget):
    """Shows a `SetupState`. `looked_for` gives a way to look, `chosen` an address, `option` a name and its value."""

    looked_for = Signal(str)
    chosen = Signal(str)
    option = Signal(str, str)
    tried = Signal()
    kept = Signal()
    removed = Signal()

    def __init__(self, look: Look, words: Texts, state: SetupState) -> None:
        super().__init__()
        self._look, self._words = look, words
        self.state = state
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        scroll = Scroll((24, 16, 24, 16), 16)
        column.addWidget(scroll, 1)
        body = scroll.column
        self.hint = Label(look, state.hint, tone="muted", wrap=True)
        body.addWidget(self.hint)
        self.finding = QWidget()
        self._lay_finding(self.finding)
        body.addWidget(self.finding)
        self.field = Field(
            look,
            words.text("device.address"),
            caption=words.text("device.address"),
            hint=words.text("device.address_hint"),
        )
        self.field.submitted.connect(self.chosen)
        self.field.edit.editingFinished.connect(self._typed)
        body.addWidget(self.field)
        self.options = QVBoxLayout()
        self.options.setSpacing(12)
        body.addLayout(self.options)
        body.addStretch(1)
        column.addWidget(rule())
        column.addWidget(self._foot())
        self.setFocusProxy(self.field.edit)
        self.show_state(state)

    def _lay_finding(self, holder: QWidget) -> None:
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(Label(self._look, self._words.text("device.where"), weight="semibold"))
        row = QHBoxLayout()
        row.setSpacing(8)
        self.ways: dict[str, Button] = {}
        for way, icon in WAYS:
            button = Button(self._look, self._words.text(f"device.find.{way}"), icon=icon)
            button.clicked.connect(lambda _on=False, way=way: self._look_for(way))
            row.addWidget(button, 1)
            self.ways[way] = button
        column.addLayout(row)
        self.found_text = Label(self._look, "", size="small", tone="muted", wrap=True)
        column.addWidget(self.found_text)
        self.found = QVBoxLayout()
        self.found.setSpacing(8)
        column.addLayout(self.found)

    def _foot(self) -> QWidget:
        foot = QWidget()
        column = QVBoxLayout(foot)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(12)
        said = QHBoxLayout()
        said.setSpacing(8)
        self.mark = Picture(self._look, "circle-check", 24, "saving")
        self.result = Label(self._look, "", size="small", wrap=True)
        said.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.result, 1)
        column.addLayout(said)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.remove = Button(self._look, self._words.text("device.remove"), "danger", icon="trash")
        self.remove.clicked.connect(self.removed)
        self.test = Button(self._look, self._words.text("device.try"), large=True)
        self.test.clicked.connect(self._try)
        self.keep = Button(self._look, self._words.text("device.keep"), "primary", large=True)
        self.keep.clicked.connect(self.kept)
        row.addWidget(self.remove)
        row.addStretch(1)
        row.addWidget(self.test)
        row.addWidget(self.keep)
        column.addLayout(row)
        return foot

    # --- states ---------------------------------------------------------------------------------

    def show_state(self, state: SetupState) -> None:
        """Show a step."""
        self.state = state
        by_level = state.kind == "drawer_sensor"
        self.finding.setVisible(not by_level)
        self.field.setVisible(not by_level)
        if self.field.text() != state.address:
            self.field.put(state.address)
        self.found_text.say(state.found_text)
        self.found_text.setVisible(bool(state.found_text))
        for button in self.ways.values():
            button.setEnabled(True)
        clear_layout(self.found)
        for row in state.found[:_MOST_FOUND]:
            self.found.addWidget(self._found(row))
        _clear(self.options)
        for option in state.options:
            self.options.addLayout(self._option(option))
        self.say(state.result, state.tone)
        self.test.setEnabled(bool(state.address))
        self.keep.setEnabled(
            (bool(state.address) and state.address != state.present) or state.tested
        )
        self.remove.setVisible(bool(state.present))

    def say(self, text: str, tone: str = "muted") -> None:
        """What came of a step, or what is under way."""
        icon, colour = _MARKS.get(tone, ("clock", "text_muted"))
        self.mark.show_as(icon, colour)
        self.mark.setVisible(bool(text))
        self.result.say(text)
        self.result.setVisible(bool(text))

    def _found(self, row: FoundRow) -> Button:
        button = Button(self._look, f"{row.name}   {row.detail}")
        button.setAccessibleName(f"{row.name}, {row.detail}")
        button.font_size = "small"
        button.align = Qt.AlignmentFlag.AlignLeft
        button.chosen = self.state.address.partition("?")[0] == row.address
        if row.guess:
            button.icon_name = "star"
        button.clicked.connect(lambda: self.chosen.emit(row.address))
        return button

    def _option(self, row: OptionRow) -> QLayout:
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(Label(self._look, row.text, weight="semibold"))
        choices = [(choice.value, choice.text) for choice in row.choices]
        if len(choices) <= _MOST_SEGMENTS:
            segments = Segments(self._look, row.text, choices)
            segments.choose(row.value)
            segments.chosen.connect(lambda value: self.option.emit(row.name, value))
            column.addWidget(segments)
            return column
        narrow = all(len(text) <= 8 for _value, text in choices)
        across = 3 if narrow else 2
        line = QHBoxLayout()
        for at, (value, text) in enumerate(choices):
            if at % across == 0:
                line = QHBoxLayout()
                line.setSpacing(8)
                column.addLayout(line)
            button = Button(self._look, text)
            button.setAccessibleName(f"{row.text}: {text}")
            button.font_size = "small"
            if not narrow:
                button.align = Qt.AlignmentFlag.AlignLeft
            button.chosen = value == row.value
            button.clicked.connect(lambda _on=False, value=value: self.option.emit(row.name, value))
            line.addWidget(button, 1)
        return column

    # --- intents --------------------------------------------------------------------------------

    def _typed(self) -> None:
        if self.field.text().strip() != self.state.address:
            self.chosen.emit(self.field.text())

    def _look_for(self, way: str) -> None:
        self.found_text.say(self._words.text("device.looking", way=self.ways[way].text()))
        self.found_text.setVisible(True)
        for button in self.ways.values():
            button.setEnabled(False)
        self.looked_for.emit(way)

    def _try(self) -> None:
        self.test.setEnabled(False)
        waits = self.state.kind in {"scanner", "card_reader", "tag_reader"}
        self.say(self._words.text("device.trying_read" if waits else "device.trying"))
        self.tried.emit()


def _clear(layout: QVBoxLayout) -> None:
    """Take rows of rows out of a layout."""
    while layout.count():
        item = layout.takeAt(0)
        inner = item.layout() if item is not None else None
        if inner is not None:
            _empty(inner)
            inner.deleteLater()


def _empty(layout: QLayout) -> None:
    while layout.count():
        item = layout.takeAt(0)
        if item is None:
            continue
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            _empty(inner)
