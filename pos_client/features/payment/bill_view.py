"""The left column of the payment: the receipt's total, what has been given, and what is still due."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_client.features.payment.state import PaymentState, TenderRow
from pos_client.kit.buttons import Button
from pos_client.kit.labels import Label, Picture, Tone, rule
from pos_client.kit.look import Look
from pos_client.kit.panels import clear_layout
from pos_client.ports import Texts

ICONS = {
    "cash": "cash",
    "card": "credit-card",
    "gift_card": "gift-card",
    "voucher": "ticket",
    "points": "star",
    "wallet": "wallet",
    "cashback": "coins",
    "bonus": "gift",
    "store_credit": "receipt-refund",
    "invoice": "file-invoice",
    "account": "user",
    "change": "arrows-exchange",
    "debt": "alert-triangle",
}


class _Share(QWidget):
    """How much of the total is paid, as a bar; the amounts beside it say the same."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look, self._percent = look, 0
        self.setFixedHeight(8)
        look.changed.connect(self.update)

    def show_percent(self, percent: int) -> None:
        """Show a share; nothing is no bar."""
        self._percent = percent
        self.setVisible(percent > 0)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.color("surface_2"))
        painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        painter.setBrush(self._look.color("accent"))
        width = self.width() * min(self._percent, 100) / 100
        painter.drawRoundedRect(QRectF(0, 0, width, 8), 4, 4)


class Bill(QWidget):
    """`take_back` gives the place of a tender; `back` goes back to the receipt."""

    back = Signal()
    take_back = Signal(int)

    def __init__(self, look: Look, words: Texts) -> None:
        super().__init__()
        self._look, self._words = look, words
        self._ways_back: list[Button] = []
        self.may_take_back = True
        self.setProperty("surface", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(8)
        self.back_button = Button(
            look, words.text("window.back_to_receipt"), "quiet", icon="arrow-left", key="Esc"
        )
        self.back_button.clicked.connect(self.back)
        column.addWidget(self.back_button, 0, Qt.AlignmentFlag.AlignLeft)
        head = QHBoxLayout()
        self.title = Label(look, "", weight="semibold")
        self.pieces = Label(look, "", size="small", tone="muted")
        head.addWidget(self.title, 1)
        head.addWidget(self.pieces)
        column.addLayout(head)
        row = QHBoxLayout()
        self.total_caption = Label(look, "", tone="muted")
        row.addWidget(self.total_caption, 1)
        self.total = Label(look, "", size="title", weight="semibold")
        row.addWidget(self.total)
        column.addLayout(row)
        self.note = Label(look, "", size="small", weight="medium", tone="warning", wrap=True)
        column.addWidget(self.note)
        self.share = _Share(look)
        column.addSpacing(4)
        column.addWidget(self.share)
        column.addSpacing(8)
        self.given_title = Label(look, words.text("window.paid_already"), weight="semibold")
        column.addWidget(self.given_title)
        column.addWidget(rule())
        self.given = QVBoxLayout()
        self.given.setSpacing(0)
        column.addLayout(self.given)
        column.addStretch(1)
        foot = self._foot = QHBoxLayout()
        self.due_caption = Label(look, words.text("window.still_due"), size="large")
        self.due = Label(look, "", size="total", weight="semibold")
        foot.addWidget(self.due_caption, 1, Qt.AlignmentFlag.AlignBottom)
        foot.addWidget(self.due)
        column.addLayout(foot)

    def fit(self, *, narrow: bool) -> None:
        """In a narrow column what is due stands under its caption."""
        self._foot.setDirection(
            QHBoxLayout.Direction.TopToBottom if narrow else QHBoxLayout.Direction.LeftToRight
        )

    def show_state(self, state: PaymentState) -> None:
        done = bool(state.receipt_number)
        number = self._words.text("window.receipt_number", number=state.receipt_number)
        self.title.say(number if done else self._words.text("window.payment"))
        self.pieces.say(state.pieces_text)
        self.total_caption.say(
            self._words.text("window.to_refund" if state.refund else "window.to_pay")
        )
        self.total.say(state.total)
        self.note.say(state.note)
        self.note.set_tone("muted" if state.refund else "warning")
        self.note.setVisible(bool(state.note))
        self.given_title.say(
            self._words.text("window.paid_with" if done else "window.paid_already")
        )
        clear_layout(self.given)
        self._ways_back = []
        for tender in state.tenders:
            self.given.addWidget(self._line(tender))
            self.given.addWidget(rule())
        if not state.tenders:
            self.given.addWidget(
                Label(
                    self._look, self._words.text("window.nothing_paid"), size="small", tone="muted"
                )
            )
        self.back_button.setVisible(not done)
        self.share.show_percent(0 if done else state.paid_percent)
        self.due_caption.setVisible(not done)
        self.due.setVisible(not done)
        self.due_caption.say(
            self._words.text("payment.still_out" if state.refund else "window.still_due")
        )
        self.due.say(state.due)

    def _line(self, tender: TenderRow) -> QWidget:
        """One tender: what it is, which card, how much, and its own way back."""
        line = QWidget()
        line.setMinimumHeight(64 if tender.detail or tender.place >= 0 else 48)
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(Picture(self._look, ICONS[tender.kind], 20, "text_muted"))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(Label(self._look, tender.text, weight="medium"))
        if tender.detail:
            tone: Tone = "warning" if tender.tone == "warning" else "muted"
            words.addWidget(Label(self._look, tender.detail, size="small", tone=tone, wrap=True))
        words.addStretch(1)
        row.addLayout(words, 1)
        row.addWidget(Label(self._look, tender.amount, weight="semibold"))
        if tender.place >= 0:
            row.addWidget(self._way_back(tender))
        return line

    def _way_back(self, tender: TenderRow) -> Button:
        key = "window.take_back_at_terminal" if tender.at_terminal else "window.take_back_one"
        button = Button(
            self._look,
            "",
            "quiet",
            icon="arrow-back-up" if tender.at_terminal else "x",
            name=self._words.text(key, name=tender.text, amount=tender.amount),
        )
        button.clicked.connect(lambda _on=False, place=tender.place: self.take_back.emit(place))
        button.setEnabled(self.may_take_back)
        self._ways_back.append(button)
        return button

    def lock(self, *, on: bool) -> None:
        """While a terminal or the centre is asked nothing is taken back."""
        self.may_take_back = not on
        self.back_button.setEnabled(not on)
        for button in self._ways_back:
            button.setEnabled(not on)
