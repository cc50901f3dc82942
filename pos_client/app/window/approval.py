"""Somebody who leads decides, where they stand: what was asked, and who says so."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_client.kit.buttons import Button
from pos_client.kit.fields import Field
from pos_client.kit.labels import Label
from pos_client.kit.look import Look
from pos_client.ports import Texts


class Decision(QWidget):
    """Was money moved, or not? With `asks_who` a number and a PIN vouch for the answer. `given` gives all three.

    `yes` and `no` are the answers; without a `no` there is only one. `hint` says where to look before answering.
    """

    given = Signal(bool, str, str)

    def __init__(
        self,
        look: Look,
        words: Texts,
        *,
        question: str,
        yes: str,
        no: str = "",
        asks_who: bool,
        hint: str = "",
    ) -> None:
        super().__init__()
        self._answered = False
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(16)
        column.addWidget(Label(look, question, weight="medium", wrap=True))
        hint = hint or words.text("step.decide_hint")
        column.addWidget(Label(look, hint, size="small", tone="muted", wrap=True))
        self.staff = Field(
            look, words.text("step.decide_who"), caption=words.text("step.decide_who")
        )
        self.pin = Field(
            look, words.text("step.decide_pin"), caption=words.text("step.decide_pin"), secret=True
        )
        for field in (self.staff, self.pin):
            column.addWidget(field)
            field.setVisible(asks_who)
        self.message = Label(look, "", size="small", tone="danger", wrap=True)
        self.message.setVisible(False)
        column.addWidget(self.message)
        column.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.not_paid = Button(look, no, large=True)
        self.paid = Button(look, yes, large=True)
        for button, paid in ((self.not_paid, False), (self.paid, True)):
            button.font_size = "body"
            button.clicked.connect(lambda _on=False, paid=paid: self._give(paid=paid))
            row.addWidget(button, 1)
        self.not_paid.setVisible(bool(no))
        column.addLayout(row)
        self.setFocusProxy(self.staff.edit if asks_who else self.paid)

    def complain(self, sentence: str) -> None:
        """Say what is wrong, and take another answer."""
        self._answered = False
        self.message.say(sentence)
        self.message.setVisible(bool(sentence))
        self.pin.clear()

    def _give(self, *, paid: bool) -> None:
        if not self._answered:
            self._answered = True
            self.given.emit(paid, self.staff.text(), self.pin.text())
