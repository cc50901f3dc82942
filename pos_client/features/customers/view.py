"""The sheets of customers: those who were found, and a new one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_client.features.customers.state import FinderState, NewCustomer
from pos_client.kit.buttons import Button
from pos_client.kit.fields import Field
from pos_client.kit.labels import Label
from pos_client.kit.look import Look
from pos_client.kit.panels import Scroll
from pos_client.ports import Texts

_ON, _OFF = "circle-check", "circle"
_FIELDS = ("name", "phone", "email", "card")


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


def _mark(button: Button, *, on: bool) -> None:
    button.chosen = on
    button.icon_name = _ON if on else _OFF
    button.update()
