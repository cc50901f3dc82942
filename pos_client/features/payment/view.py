"""Paying: what is due on the left, means, and the amount; then the change, large. Shows states, emits intents."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from pos_client.features.payment.bill_view import ICONS, Bill
from pos_client.features.payment.state import (
    MeansRow,
    PaymentPreview,
    PaymentState,
    StepState,
)
from pos_client.features.payment.step_view import StepPanel
from pos_client.kit.buttons import Button
from pos_client.kit.choices import Chip
from pos_client.kit.fields import Field
from pos_client.kit.labels import Label, Picture, rule
from pos_client.kit.look import Look
from pos_client.kit.numpad import NumPad
from pos_client.kit.panels import clear_layout
from pos_client.ports import Texts

_QUICK_COLUMNS = 3
_KEYS = tuple(f"F{number}" for number in range(5, 12))
_UPRIGHT_COLUMNS = 3
# So many ways to pay have room for large buttons one below the other.
_ROOMY, _HEIGHT, _TIGHT = 7, 64, 52
_WIDE = 1200
_HIGH_KEYS, _LOW_KEYS = 64, 52
_ANY = 16_777_215


class _Means(QWidget):
    """The ways to pay, one of them chosen; below each what it costs less by it. Which are offered changes with what is
    known of the customer; the keys go to them in their order. Beside each other where the page is upright.
    """

    chosen = Signal(str)

    def __init__(self, look: Look, words: Texts) -> None:
        super().__init__()
        self._look, self._words = look, words
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)
        self._upright = False
        self._locked = False
        self._offered: tuple[str, ...] = ()
        self._cells: dict[str, QWidget] = {}
        self.buttons: dict[str, Button] = {}
        self.savings: dict[str, Label] = {}
        self.split = Label(
            look, words.text("window.split_hint"), size="small", tone="muted", wrap=True
        )

    def _cell(self, row: MeansRow) -> QWidget:
        cell = QWidget()
        button = Button(self._look, row.text, icon=ICONS[row.kind])
        button.align = Qt.AlignmentFlag.AlignLeft
        button.setMinimumWidth(216)
        button.clicked.connect(lambda _on=False, kind=row.kind: self.chosen.emit(kind))
        button.setEnabled(not self._locked)
        saving = Label(self._look, "", size="small", weight="medium", tone="saving")
        one = QVBoxLayout(cell)
        one.setContentsMargins(0, 0, 0, 0)
        one.setSpacing(2)
        one.addWidget(button)
        one.addWidget(saving)
        # Beside each other the buttons stay in line, whatever stands below one of them.
        one.addStretch()
        self.buttons[row.kind], self.savings[row.kind] = button, saving
        return cell

    def show_rows(self, rows: tuple[MeansRow, ...]) -> None:
        kinds = tuple(row.kind for row in rows)
        for row in rows:
            if row.kind not in self._cells:
                self._cells[row.kind] = self._cell(row)
        if kinds != self._offered:
            self._offered = kinds
            self._lay_out()
        for at, row in enumerate(rows):
            self._show_row(row, _KEYS[at] if at < len(_KEYS) else "")

    def _show_row(self, row: MeansRow, key: str) -> None:
        button, saving = self.buttons[row.kind], self.savings[row.kind]
        button.chosen = row.chosen
        button.key = key
        said = (row.text, row.saving, row.detail)
        button.setAccessibleName(". ".join(part for part in said if part))
        button.detail = row.detail
        button.update()
        saving.say(row.saving)
        saving.setVisible(bool(row.saving))

    def kind_of(self, key: str) -> str:
        """The way to pay that a key stands for now; empty for none."""
        return next((kind for kind in self._offered if self.buttons[kind].key == key), "")

    def lock(self, *, on: bool) -> None:
        """While a terminal or the centre is asked no other means can be chosen."""
        self._locked = on
        for button in self.buttons.values():
            button.setEnabled(not on)

    @property
    def tall(self) -> bool:
        """Whether they stand beside each other in more rows than leave the pad its room."""
        return self._upright and len(self._offered) > 2 * _UPRIGHT_COLUMNS

    def fit(self, *, upright: bool) -> None:
        if upright != self._upright:
            self._upright = upright
            self._lay_out()

    def _lay_out(self) -> None:
        while self._grid.count():
            self._grid.takeAt(0)
        columns = _UPRIGHT_COLUMNS if self._upright else 1
        roomy = not self.tall if self._upright else len(self._offered) <= _ROOMY
        height = _HEIGHT if roomy else _TIGHT
        for kind, cell in self._cells.items():
            cell.setVisible(kind in self._offered)
        for at, kind in enumerate(self._offered):
            self.buttons[kind].setFixedHeight(height)
            self._grid.addWidget(self._cells[kind], at // columns, at % columns)
        last = -(-len(self._offered) // columns)
        for row in range(self._grid.rowCount() + 1):
            self._grid.setRowStretch(row, 0)
        if not self._upright:
            self._grid.setRowStretch(last, 1)
            self._grid.addWidget(self.split, last + 1, 0)
        self.split.setVisible(not self._upright)


class _Entry(QWidget):
    """The amount: quick ones, the pad, what comes back, and taking it."""

    typed = Signal(str)
    accepted = Signal(str)

    def __init__(self, look: Look, words: Texts, sign: str) -> None:
        super().__init__()
        self._look, self._words = look, words
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        self.field = Field(
            look,
            words.text("payment.amount_cash"),
            caption=words.text("payment.amount_cash"),
            suffix=sign,
            height=72,
        )
        self.field.edit.setFont(look.font("title", "semibold"))
        self._settled = False
        column.addWidget(self.field)
        self.quick = QGridLayout()
        self.quick.setSpacing(8)
        column.addLayout(self.quick)
        point = words.text("window.decimal_point")
        self.pad = NumPad(look, left=point, erase_name=words.text("window.erase"))
        column.addWidget(self.pad)
        column.addStretch(1)
        self.change_row = QWidget()
        row = QHBoxLayout(self.change_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(Picture(look, "arrows-exchange", 20, "text_muted"))
        self.change_caption = Label(look, words.text("window.change"), tone="muted")
        row.addWidget(self.change_caption, 1)
        self.change = Label(look, "", size="large", weight="semibold")
        row.addWidget(self.change)
        column.addWidget(self.change_row)
        self.accept = Button(look, "", "primary", key="Enter", large=True)
        column.addWidget(self.accept)
        self.field.edited.connect(self.typed)
        self.field.submitted.connect(lambda _text: self._take())
        self.pad.typed.connect(self._pad)
        self.pad.erased.connect(lambda: self._put(self.field.text()[:-1]))
        self.accept.clicked.connect(self._take)

    def _pad(self, sign: str) -> None:
        if self.field.edit.selectedText() == self.field.text():
            self._put(sign)
        else:
            self._put(self.field.text() + sign)

    def _put(self, text: str) -> None:
        self.field.put(text)
        self.field.complain("")
        self.field.edit.setFocus()
        self.typed.emit(text)

    def _take(self) -> None:
        # Not the button's state: it may be a preview behind quick fingers, and the presenter refuses what is wrong.
        if self.field.text().strip() or self._settled:
            self.accepted.emit(self.field.text())

    def show_state(self, state: PaymentState) -> None:
        self._settled = state.settled
        self.field.show_suffix(on=not state.asks_number)
        if state.amount_caption:
            self.field.name(state.amount_caption)
        while self.quick.count():
            item = self.quick.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for at, amount in enumerate(state.quick):
            text = amount.text
            button = Button(self._look, text, "key", large=True)
            button.setAccessibleName(self._words.text("window.quick", amount=text))
            button.clicked.connect(lambda _on=False, value=amount.value: self._put(value))
            self.quick.addWidget(button, at // _QUICK_COLUMNS, at % _QUICK_COLUMNS)
        for column in range(_QUICK_COLUMNS):
            self.quick.setColumnStretch(column, 1)

    def finish_only(self, change: str) -> None:
        """Everything is paid, and the receipt is not complete: that is what is left to do, and what comes back."""
        self._show_change(self._words.text("window.change"), change)
        self.accept.say(self._words.text("window.finish_receipt"))
        self.accept.setEnabled(True)

    def preview(self, preview: PaymentPreview) -> None:
        """What accepting would mean."""
        self.accept.say(preview.accept_text)
        self.accept.setEnabled(preview.ok)
        self._show_change(
            self._words.text("window.still_due" if preview.short else "window.change"),
            preview.short or preview.change,
        )
        self.change.set_tone("warning" if preview.short else "text")

    def _show_change(self, caption: str, amount: str) -> None:
        """What comes back or stays due; nothing is no line at all."""
        self.change_caption.say(caption)
        self.change.say(amount)
        self.change.set_tone("text")
        self.change_row.setVisible(bool(amount))


class _Done(QWidget):
    """Paid: the change as large as it gets, the coins that make it up, the receipt, and the next one."""

    reprint = Signal()
    gift = Signal()
    next_receipt = Signal()

    def __init__(self, look: Look, words: Texts) -> None:
        super().__init__()
        self._look, self._words = look, words
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 8, 24, 0)
        column.setSpacing(12)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Picture(look, "check", 24, "saving", ground="saving_soft", ground_size=40))
        head.addWidget(Label(look, words.text("window.paid"), size="large", weight="semibold"))
        self.notice = Label(look, "", tone="muted")
        head.addWidget(self.notice, 1)
        column.addLayout(head)
        column.addSpacing(24)
        self.caption = Label(look, "", size="large", tone="muted")
        column.addWidget(self.caption)
        self.change = Label(look, "", size="change_due", weight="semibold")
        column.addWidget(self.change)
        self.parts = QHBoxLayout()
        self.parts.setSpacing(8)
        column.addLayout(self.parts)
        column.addSpacing(24)
        column.addWidget(Label(look, words.text("window.receipt"), weight="semibold"))
        ways = QHBoxLayout()
        ways.setSpacing(12)
        self.print_button = Button(look, words.text("window.print_again"), icon="printer", key="D")
        self.print_button.clicked.connect(self.reprint)
        self.gift_button = Button(look, words.text("window.gift_receipt"), icon="gift", key="G")
        self.gift_button.clicked.connect(self.gift)
        ways.addWidget(self.print_button)
        ways.addWidget(self.gift_button)
        ways.addStretch(1)
        column.addLayout(ways)
        column.addStretch(1)
        foot = QHBoxLayout()
        foot.addWidget(
            Label(look, words.text("window.next_hint"), size="small", tone="muted", wrap=True), 1
        )
        self.next_button = Button(
            look, words.text("window.next_receipt"), "primary", key="Enter", large=True
        )
        self.next_button.setMinimumWidth(240)
        self.next_button.clicked.connect(self.next_receipt)
        foot.addWidget(self.next_button)
        column.addLayout(foot)

    def show_state(self, state: PaymentState) -> None:
        self.notice.say(state.notice)
        self.caption.say(self._words.text("window.pay_out" if state.refund else "window.change"))
        self.change.say(state.total.lstrip("−-") if state.refund else state.change)
        clear_layout(self.parts)
        for part in state.change_parts:
            text = f"{part.count} × {part.text}" if part.count > 1 else part.text
            self.parts.addWidget(Chip(self._look, text, "neutral" if part.note else "accent"))
        self.parts.addStretch(1)


class PaymentView(QWidget):
    """Implements the presenter's `PaymentView`; the whole page, with the rail away: one task, Esc goes back.

    `sign` is the currency's.
    """

    back = Signal()
    typed = Signal(str)
    pay = Signal(str)
    means = Signal(str)
    take_back = Signal(int)
    reprint = Signal()
    gift = Signal()
    next_receipt = Signal()
    step = Signal(str)

    def __init__(self, look: Look, words: Texts, sign: str) -> None:
        super().__init__()
        self._state = PaymentState()
        self.setObjectName("page")
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.bill = Bill(look, words)
        self.bill.setFixedWidth(440)
        row.addWidget(self.bill)
        row.addWidget(rule("v"))
        self.steps = QStackedWidget()
        self.entry_page = QWidget()
        inner = self._inner = QBoxLayout(QBoxLayout.Direction.LeftToRight, self.entry_page)
        inner.setContentsMargins(24, 24, 24, 24)
        inner.setSpacing(24)
        self.ways = _Means(look, words)
        self.entry = _Entry(look, words, sign)
        inner.addWidget(self.ways, 1)
        self.step_panel = StepPanel(look)
        self.taking = QStackedWidget()
        self.taking.addWidget(self.entry)
        self.taking.addWidget(self.step_panel)
        inner.addWidget(self.taking, 3)
        self.done = _Done(look, words)
        done_page = QWidget()
        outer = QVBoxLayout(done_page)
        outer.setContentsMargins(24, 24, 24, 24)
        outer.addWidget(self.done)
        self.steps.addWidget(self.entry_page)
        self.steps.addWidget(done_page)
        row.addWidget(self.steps, 1)
        self.bill.back.connect(self.back)
        self.bill.take_back.connect(self.take_back)
        self.step_panel.acted.connect(self.step)
        self.entry.typed.connect(self.typed)
        self.entry.accepted.connect(self.pay)
        self.ways.chosen.connect(self.means)
        self.entry.field.escaped.connect(self.back)
        self.done.reprint.connect(self.reprint)
        self.done.gift.connect(self.gift)
        self.done.next_receipt.connect(self.next_receipt)

    @property
    def is_done(self) -> bool:
        """Whether the receipt is complete."""
        return self.steps.currentIndex() == 1

    @property
    def state(self) -> PaymentState:
        """What is shown."""
        return self._state

    @property
    def is_refund(self) -> bool:
        """Whether money goes out."""
        return self._state.refund

    @property
    def is_empty(self) -> bool:
        """Whether no receipt is open at all."""
        return self._state.empty

    @property
    def asks_number(self) -> bool:
        """Whether the number of a card, voucher or customer is to be typed."""
        return self._state.asks_number

    @property
    def chosen(self) -> str:
        """The means that is chosen; empty before anything is shown."""
        return next((row.kind for row in self._state.means if row.chosen), "")

    @property
    def shows_step(self) -> bool:
        """Whether a terminal or the centre has the word, in the place of the amount."""
        return self.taking.currentIndex() == 1

    def show_step(self, step: StepState | None) -> None:
        """Show what a terminal or the centre does about a payment; None: amounts are typed again."""
        before = self.shows_step
        self.taking.setCurrentIndex(1 if step is not None else 0)
        waits = step is not None and step.waits
        self.bill.lock(on=waits)
        self.ways.lock(on=waits)
        if step is not None:
            self.step_panel.show_step(step)
        if before != self.shows_step:
            self._focus()

    def _focus(self) -> None:
        """Keys go to the amount, or to the ways on of a step."""
        if self.shows_step:
            self.step_panel.take_focus()
            return
        self.entry.field.edit.selectAll()
        self.entry.field.edit.setFocus()

    def begin(self) -> None:
        """A new payment is being opened: nothing of the last one may be seen, or answered by its keys."""
        self.steps.setCurrentIndex(0)
        self.show_step(None)
        self.show_state(PaymentState())
        self.entry.accept.setEnabled(False)

    def show_state(self, state: PaymentState) -> None:
        """Show a state: entering while money is due, then the change."""
        self._state = state
        self.bill.show_state(state)
        done = bool(state.receipt_number)
        self.steps.setCurrentIndex(1 if done else 0)
        if done:
            self.done.show_state(state)
            self.done.next_button.setFocus()
            return
        self.ways.show_rows(state.means)
        self._fit_pad()
        self.entry.show_state(state)
        self.entry.field.put(state.quick[0].value if state.quick else "")
        self._focus()
        self.typed.emit(self.entry.field.text())
        if state.settled:
            self.entry.finish_only(state.change)

    def show_ways(self, state: PaymentState) -> None:
        """More ways to pay became known; what is being typed stays."""
        self._state = state
        self.ways.show_rows(state.means)
        self._fit_pad()

    def _fit_pad(self) -> None:
        self.entry.pad.fit(_LOW_KEYS if self.ways.tall else _HIGH_KEYS)

    def resizeEvent(self, event: object) -> None:
        """Narrow windows give the bill less room."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        portrait = self.height() > self.width()
        self._row.setDirection(
            QHBoxLayout.Direction.TopToBottom if portrait else QHBoxLayout.Direction.LeftToRight
        )
        directions = QBoxLayout.Direction
        self._inner.setDirection(directions.TopToBottom if portrait else directions.LeftToRight)
        self._inner.setStretch(0, 0 if portrait else 1)
        self.ways.fit(upright=portrait)
        self._fit_pad()
        self.bill.fit(narrow=self.width() < _WIDE and not portrait)
        if portrait:
            self.bill.setMinimumWidth(0)
            self.bill.setMaximumWidth(_ANY)
        else:
            self.bill.setFixedWidth(440 if self.width() >= _WIDE else 320)
