"""The sheets of customers: those who were found, and a new one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from pos_client.features.customers.state import (
    FinderState,
    NewCustomer,
    SaidRow,
    SaidState,
    Statement,
)
from pos_client.kit.buttons import Button
from pos_client.kit.fields import Field
from pos_client.kit.labels import Label
from pos_client.kit.look import Look
from pos_client.kit.panels import Scroll
from pos_client.ports import Texts

_ON, _OFF, _BACK = "circle-check", "circle", "circle-x"
_FIELDS = ("name", "phone", "email", "card")
_SAID = ("note", "name", "phone", "email")
_ANSWERS = {
    None: "customers.nothing_said",
    True: "customers.agrees",
    False: "customers.takes_back",
}


class FinderPanel(QWidget):
    """`chosen` gives number and name of who was tapped, `ask` wants the centre asked, `newcomer` a new customer."""

    chosen = Signal(str, str)
    ask = Signal()
    newcomer = Signal()

    def __init__(self, look: Look, words: Texts, state: FinderState) -> None:
        super().__init__()
        self.state = state
        self.buttons: list[Button] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(12)
        asked = words.text("customers.asked", text=state.query)
        column.addWidget(Label(look, asked, size="large", weight="semibold", wrap=True))
        if state.notice:
            column.addWidget(Label(look, state.notice, tone="muted", wrap=True))
        rows = Scroll(spacing=8)
        for row in state.rows:
            button = Button(look, row.name, icon="user")
            button.detail = row.detail
            button.setAccessibleName(f"{row.name}, {row.detail}")
            button.align = Qt.AlignmentFlag.AlignLeft
            button.setFixedHeight(64)
            button.clicked.connect(
                lambda _on=False, row=row: self.chosen.emit(row.number, row.name)
            )
            rows.column.addWidget(button)
            self.buttons.append(button)
        rows.column.addStretch(1)
        column.addWidget(rows, 1)
        self.ask_button = Button(look, words.text("customers.ask_centre"), icon="user-search")
        self.ask_button.setVisible(state.asks)
        self.ask_button.clicked.connect(self.ask)
        column.addWidget(self.ask_button)
        self.new_button = Button(look, words.text("customers.new"), icon="user-plus")
        self.new_button.clicked.connect(self.newcomer)
        column.addWidget(self.new_button)
        first = self.buttons[0] if self.buttons else None
        self.setFocusProxy(first or (self.ask_button if state.asks else self.new_button))


class NewCustomerPanel(QWidget):
    """A form that `saved` gives once, and again after a complaint. A scan is the card."""

    saved = Signal(object)

    def __init__(self, look: Look, words: Texts, consents: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self._open = True
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 24, 16)
        column.setSpacing(8)
        form = Scroll(spacing=8)
        self.fields: dict[str, Field] = {}
        for key in _FIELDS:
            caption = words.text(f"customers.field_{key}")
            field = Field(look, caption, caption=caption, height=64)
            field.submitted.connect(lambda _text, key=key: self._next(key))
            form.column.addWidget(field)
            self.fields[key] = field
        form.column.addWidget(
            Label(look, words.text("customers.consents"), size="small", tone="muted", wrap=True)
        )
        self.consents: dict[str, Button] = {}
        for key, text in consents:
            button = Button(look, text, icon=_OFF)
            button.setCheckable(True)
            button.align = Qt.AlignmentFlag.AlignLeft
            button.toggled.connect(lambda on, button=button: _mark(button, on=on))
            form.column.addWidget(button)
            self.consents[key] = button
        form.column.addStretch(1)
        column.addWidget(form, 1)
        self.accept = Button(look, words.text("customers.save"), "primary", key="Enter", large=True)
        self.accept.clicked.connect(self._give)
        column.addWidget(self.accept)
        self.setFocusProxy(self.fields["name"].edit)

    def take_scan(self, code: str) -> bool:
        """A scan is the number of the card."""
        self.fields["card"].put(code)
        return True

    def complain(self, key: str, sentence: str) -> None:
        """Say what is wrong with a field, and take another answer."""
        self._open = True
        field = self.fields[key]
        field.complain(sentence)
        field.edit.setFocus()
        field.edit.selectAll()

    def _next(self, key: str) -> None:
        """Enter goes to the next field, from the last one on."""
        following = _FIELDS[_FIELDS.index(key) + 1 :]
        if following:
            self.fields[following[0]].edit.setFocus()
        else:
            self._give()

    def _give(self) -> None:
        if not self._open:
            return
        self._open = False
        texts = {key: field.text() for key, field in self.fields.items()}
        agreed = frozenset(key for key, button in self.consents.items() if button.isChecked())
        self.saved.emit(NewCustomer(**texts, consents=agreed))


class SaidPanel(QWidget):
    """What a customer says, heard line by line: `heard` gives a statement, `forgotten` the place of one that is taken
    out again, `kept` what is still typed when everything is to be kept.
    """

    heard = Signal(object)
    forgotten = Signal(int)
    kept = Signal(object)

    def __init__(
        self, look: Look, words: Texts, state: SaidState, consents: tuple[tuple[str, str], ...]
    ) -> None:
        super().__init__()
        self._look, self._words, self._state = look, words, state
        self._open = True
        self.undo: list[Button] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 24, 16)
        column.setSpacing(8)
        column.addWidget(Label(look, state.name, size="large", weight="semibold", wrap=True))
        form = Scroll(spacing=8)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        form.column.addLayout(self._rows)
        self.fields: dict[str, Field] = {}
        for key in _SAID:
            caption = words.text(f"customers.say_{key}")
            field = Field(look, caption, caption=caption, height=64)
            field.submitted.connect(lambda _text, key=key: self._hear(key))
            form.column.addWidget(field)
            self.fields[key] = field
        self.consents: dict[str, Button] = {}
        for key, text in consents:
            button = Button(look, text, icon=_OFF)
            button.align = Qt.AlignmentFlag.AlignLeft
            button.setFixedHeight(64)
            button.clicked.connect(lambda _on=False, key=key: self._next_answer(key))
            form.column.addWidget(button)
            self.consents[key] = button
        form.column.addStretch(1)
        column.addWidget(form, 1)
        keep = words.text("customers.keep")
        self.accept = Button(look, keep, "primary", large=True)
        self.accept.clicked.connect(self._keep)
        column.addWidget(self.accept)
        self.setFocusProxy(self.fields["note"].edit)
        self.show_state(state)

    def show_state(self, state: SaidState) -> None:
        """Show what was heard so far; what was typed of it is done with."""
        self._open = True
        for row in state.rows[len(self._state.rows) :]:
            field = self.fields.get(row.statement.kind)
            if field is not None:
                field.put("")
        self._state = state
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self.undo = [self._row(place, row) for place, row in enumerate(state.rows)]
        for key, button in self.consents.items():
            answer = state.consent(key)
            button.chosen = answer is not None
            button.icon_name = {None: _OFF, True: _ON, False: _BACK}[answer]
            button.detail = self._words.text(_ANSWERS[answer])
            button.setAccessibleName(f"{button.text()}, {button.detail}")
            button.update()

    def complain(self, key: str, sentence: str) -> None:
        """Say what is wrong with a field, and take another answer."""
        self._open = True
        field = self.fields[key]
        field.complain(sentence)
        field.edit.setFocus()
        field.edit.selectAll()

    def _row(self, place: int, row: SaidRow) -> Button:
        button = Button(self._look, row.text, icon="arrow-back-up")
        button.detail = row.detail
        take_out = self._words.text("customers.take_out")
        button.setAccessibleName(f"{take_out}: {row.text}, {row.detail}")
        button.align = Qt.AlignmentFlag.AlignLeft
        button.setFixedHeight(64)
        # A note may be long: it ends where the sheet ends.
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda _on=False: self.forgotten.emit(place))
        self._rows.addWidget(button)
        return button

    def _typed(self, key: str) -> Statement | None:
        text = self.fields[key].text().strip()
        return Statement(key, text) if text else None

    def _hear(self, key: str) -> None:
        said = self._typed(key)
        if said is not None and self._open:
            self._open = False
            self.heard.emit(said)

    def _next_answer(self, key: str) -> None:
        """Not said, then agreed, then taken back, then not said again."""
        answer = self._state.consent(key)
        if answer is False:
            abouts = [row.statement.about for row in self._state.rows]
            self.forgotten.emit(abouts.index(key))
        else:
            self.heard.emit(Statement("consent", purpose=key, given=answer is None))

    def _keep(self) -> None:
        if not self._open:
            return
        self._open = False
        typed = (self._typed(key) for key in _SAID)
        self.kept.emit(tuple(said for said in typed if said is not None))


def _mark(button: Button, *, on: bool) -> None:
    button.chosen = on
    button.icon_name = _ON if on else _OFF
    button.update()
