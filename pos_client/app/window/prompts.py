"""Small questions in a sheet: a quantity, a price with its reason, a note, a reason from a list, yes or no."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_client.kit.buttons import Button
from pos_client.kit.fields import Field
from pos_client.kit.labels import Label, Picture
from pos_client.kit.look import Look
from pos_client.kit.numpad import NumPad
from pos_client.ports import Texts


class Asking(QWidget):
    """Gives one answer, and another one only after a complaint: two quick presses are one answer."""

    field: Field

    def __init__(self) -> None:
        super().__init__()
        self._answered = False

    def take_scan(self, _code: str) -> bool:
        """Whether a scan is an answer to this question."""
        return False

    def complain(self, sentence: str) -> None:
        """Say what is wrong with it, and take another answer."""
        self._answered = False
        self.field.complain(sentence)
        self.field.edit.setFocus()
        self.field.edit.selectAll()

    def _first(self) -> bool:
        first, self._answered = not self._answered, True
        return first


class NumberPrompt(Asking):
    """A number with its pad, and where wanted a reason. `given` gives both as typed; the sheet stays open."""

    given = Signal(str, str)

    def __init__(
        self,
        look: Look,
        words: Texts,
        *,
        caption: str,
        value: str = "",
        suffix: str = "",
        reasons: Sequence[str] = (),
        decimals: bool = True,
        accept: str = "",
    ) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(16)
        self.field = Field(look, caption, caption=caption, suffix=suffix, height=72)
        self.field.edit.setFont(look.font("title", "semibold"))
        self.field.put(value)
        self.field.edit.selectAll()
        column.addWidget(self.field)
        self.reason: Field | None = None
        if reasons:
            row = QHBoxLayout()
            row.setSpacing(8)
            for text in reasons:
                button = Button(look, text)
                button.font_size = "small"
                button.clicked.connect(lambda _on=False, text=text: self._reason(text))
                row.addWidget(button)
            row.addStretch(1)
            column.addLayout(row)
            self.reason = Field(
                look, words.text("window.reason"), hint=words.text("window.reason_hint"), height=56
            )
            column.addWidget(self.reason)
            self.reason.submitted.connect(lambda _text: self._give())
        left = words.text("window.decimal_point") if decimals else ""
        self.pad = NumPad(look, left=left, erase_name=words.text("window.erase"))
        column.addWidget(self.pad)
        column.addStretch(1)
        self.accept = Button(
            look, accept or words.text("window.take_over"), "primary", key="Enter", large=True
        )
        self.accept.clicked.connect(self._give)
        column.addWidget(self.accept)
        self.pad.typed.connect(self._type)
        self.pad.erased.connect(lambda: self._put(self.field.text()[:-1]))
        self.field.submitted.connect(lambda _text: self._give())
        self.setFocusProxy(self.field.edit)

    def _type(self, sign: str) -> None:
        chosen = bool(self.field.edit.selectedText())
        self._put(sign if chosen else self.field.text() + sign)

    def _put(self, text: str) -> None:
        self.field.put(text)
        self.field.complain("")
        self.field.edit.setFocus()

    def _reason(self, text: str) -> None:
        if self.reason is not None:
            self.reason.put(text)

    def _give(self) -> None:
        if self._first():
            self.given.emit(self.field.text(), self.reason.text() if self.reason else "")


class WeighPrompt(NumberPrompt):
    """A weight, typed or from a scale; `hint` says what to do or what the scale says."""

    def __init__(self, look: Look, words: Texts, name: str, hint: str) -> None:
        super().__init__(look, words, caption=words.text("window.weight_kg"), suffix="kg")
        self.name = Label(look, name, size="large", weight="semibold", wrap=True)
        self.hint = Label(look, hint, tone="muted", wrap=True)
        layout = self.layout()
        if isinstance(layout, QVBoxLayout):
            layout.insertWidget(0, self.name)
            layout.insertWidget(1, self.hint)

    @property
    def is_typed(self) -> bool:
        """Whether somebody types a weight: then the scale's does not come in between."""
        return bool(self.field.text())


class DrawerPrompt(QWidget):
    """The drawer stands open: nothing to answer, it goes when the drawer is shut. `waived` goes on without."""

    waived = Signal()

    def __init__(self, look: Look, words: Texts) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(16)
        column.addStretch(1)
        column.addWidget(
            Picture(look, "cash", 32, "warning", ground="warning_soft", ground_size=96),
            0,
            Qt.AlignmentFlag.AlignHCenter,
        )
        text = Label(look, words.text("drawer.wait_text"), tone="muted", wrap=True)
        text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(text)
        column.addStretch(1)
        self.button = Button(look, words.text("drawer.waive"))
        self.button.clicked.connect(self.waived)
        column.addWidget(self.button)
        self.setFocusProxy(self.button)


class TextPrompt(Asking):
    """A line of text, with proposals to tap. With `scans` a scan is an answer too."""

    given = Signal(str)

    def __init__(
        self,
        look: Look,
        words: Texts,
        *,
        caption: str,
        value: str = "",
        proposals: Sequence[str] = (),
        accept: str = "",
        scans: bool = False,
    ) -> None:
        super().__init__()
        self._scans = scans
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(12)
        self.field = Field(look, caption, hint=caption)
        self.field.put(value)
        column.addWidget(self.field)
        for text in proposals:
            button = Button(look, text)
            button.align = Qt.AlignmentFlag.AlignLeft
            button.clicked.connect(lambda _on=False, text=text: self._give(text))
            column.addWidget(button)
        column.addStretch(1)
        self.accept = Button(
            look, accept or words.text("window.take_over"), "primary", key="Enter", large=True
        )
        self.accept.clicked.connect(lambda: self._give(self.field.text()))
        column.addWidget(self.accept)
        self.field.submitted.connect(self._give)
        self.setFocusProxy(self.field.edit)

    def take_scan(self, code: str) -> bool:
        if self._scans:
            self.field.put(code)
            self._give(code)
        return self._scans

    def _give(self, text: str) -> None:
        if self._first():
            self.given.emit(text)


class Confirm(QWidget):
    """A question with one way on, and closing the sheet as the way back."""

    def __init__(
        self, look: Look, text: str, accept: str, act: Callable[[], None], *, danger: bool = False
    ) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(16)
        column.addWidget(Label(look, text, wrap=True))
        column.addStretch(1)
        self.button = Button(look, accept, "danger" if danger else "primary", large=True)
        self._act: Callable[[], None] | None = act
        self.button.clicked.connect(self._once)
        column.addWidget(self.button)
        self.setFocusProxy(self.button)

    def _once(self) -> None:
        act, self._act = self._act, None
        if act is not None:
            act()


class ChoiceList(QWidget):
    """One of several, each with a second line; chosen once."""

    chosen = Signal(str)

    def __init__(self, look: Look, choices: Sequence[tuple[str, str, str]], icon: str) -> None:
        super().__init__()
        self._open = True
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(12)
        first: Button | None = None
        for key, title, text in choices:
            button = Button(look, f"{title}   {text}", icon=icon)
            button.setAccessibleName(f"{title}, {text}")
            button.align = Qt.AlignmentFlag.AlignLeft
            button.setFixedHeight(64)
            button.clicked.connect(lambda _on=False, key=key: self._choose(key))
            column.addWidget(button)
            first = first or button
        column.addStretch(1)
        if first is not None:
            self.setFocusProxy(first)

    def _choose(self, key: str) -> None:
        if self._open:
            self._open = False
            self.chosen.emit(key)
