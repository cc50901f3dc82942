"""The open receipt on the right of the sale: head, lines, sums, and the way to pay. Shows states, emits intents."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_client.features.basket.models import LineDelegate, closed_height, line_model
from pos_client.features.basket.state import BasketState, LineRow
from pos_client.kit.buttons import Button
from pos_client.kit.choices import Chip, RemovableChip
from pos_client.kit.hint import HintRow
from pos_client.kit.labels import Initials, Label, rule
from pos_client.kit.look import Look
from pos_client.kit.panels import Banner, EmptyState, clear_layout
from pos_client.kit.rows import RowList
from pos_client.ports import Texts, initials

# Below this the total stands above the button: it keeps its width first.
_NARROW = 480


class LineButtons(QWidget):
    """What can be done with the line that is open; `above` is the height of the line itself."""

    minus = Signal()
    plus = Signal()
    quantity = Signal()
    price = Signal()
    note = Signal()
    delete = Signal()

    def __init__(self, look: Look, words: Texts, parent: QWidget, above: int) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, above + 4, 16, 12)
        row = QHBoxLayout()
        row.setSpacing(8)
        column.addLayout(row)
        for signal, icon, key in (
            (self.minus, "minus", "window.line_less"),
            (self.plus, "plus", "window.line_more"),
        ):
            button = Button(look, "", icon=icon, name=words.text(key))
            button.clicked.connect(signal)
            row.addWidget(button)
        for signal, key in (
            (self.quantity, "window.line_quantity"),
            (self.price, "window.line_price"),
            (self.note, "window.line_note"),
        ):
            button = Button(look, words.text(key))
            button.font_size = "small"
            button.clicked.connect(signal)
            row.addWidget(button)
        row.addStretch(1)
        button = Button(look, "", "danger", icon="trash", name=words.text("window.line_delete"))
        button.clicked.connect(self.delete)
        row.addWidget(button)


class BasketView(QWidget):
    """Implements the presenter's `BasketView`. Intents carry the line's number."""

    pay = Signal()
    less = Signal(int)
    more = Signal(int)
    ask_quantity = Signal(int)
    ask_price = Signal(int)
    ask_note = Signal(int)
    void = Signal(int)
    undo = Signal()
    park = Signal()
    recall = Signal()
    cancel = Signal()
    ask_customer = Signal()
    no_customer = Signal()
    no_code = Signal(str)
    why = Signal()
    # The hint, for whoever shows it where the receipt itself is not to be seen: text, what it brings, whether lit.
    hinted = Signal(str, str, bool)

    def __init__(self, look: Look, words: Texts) -> None:
        super().__init__()
        self._look, self._words = look, words
        self._state = BasketState()
        self.setProperty("surface", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        column.addWidget(self._code_row())
        column.addWidget(rule())
        self.notice = Banner(look)
        column.addWidget(self.notice)
        self.stack = QStackedWidget()
        self.empty = self._empty()
        self.stack.addWidget(self.empty)
        self.list = RowList(look, words.text("window.lines"))
        self.model = line_model(self)
        self.list.setModel(self.model)
        self.delegate = LineDelegate(look, self.list)
        self.list.setItemDelegate(self.delegate)
        self.list.chosen.connect(self._toggle)
        self.stack.addWidget(self.list)
        column.addWidget(self.stack, 1)
        column.addWidget(rule())
        self.hint = HintRow(look, words.text("window.why"))
        self.hint.clicked.connect(self.why)
        column.addWidget(self.hint)
        column.addWidget(self._foot())
        self.show_state(self._state)
        self.show_hint("", "")

    def _head(self) -> QWidget:
        head = QWidget()
        head.setFixedHeight(72)
        row = QHBoxLayout(head)
        row.setContentsMargins(24, 8, 12, 8)
        row.setSpacing(8)
        self.face = Initials(self._look, size=40)
        row.addWidget(self.face)
        names = QVBoxLayout()
        names.setSpacing(0)
        self.title = Label(self._look, "", weight="semibold")
        self.subtitle = Label(self._look, "", size="small", tone="muted")
        names.addStretch(1)
        names.addWidget(self.title)
        names.addWidget(self.subtitle)
        names.addStretch(1)
        row.addLayout(names, 1)
        self.training = Chip(self._look, "", "warning")
        row.addWidget(self.training)
        self.customer_button = Button(self._look, "", "quiet", icon="user-plus")
        self.customer_button.clicked.connect(
            lambda: self.no_customer.emit() if self._state.customer else self.ask_customer.emit()
        )
        row.addWidget(self.customer_button)
        self.note_button = Button(
            self._look, "", "quiet", icon="note", name=self._words.text("window.receipt_note")
        )
        self.note_button.clicked.connect(lambda: self.ask_note.emit(0))
        self.cancel_button = Button(
            self._look, "", "quiet", icon="trash", name=self._words.text("window.receipt_cancel")
        )
        self.cancel_button.clicked.connect(self.cancel)
        row.addWidget(self.note_button)
        row.addWidget(self.cancel_button)
        return head

    def _code_row(self) -> QWidget:
        self.codes = QWidget()
        self._code_chips = QHBoxLayout(self.codes)
        self._code_chips.setContentsMargins(24, 0, 24, 4)
        self._code_chips.setSpacing(8)
        self._codes_shown: tuple[str, ...] = ()
        self.codes.setVisible(False)
        return self.codes

    def _empty(self) -> QWidget:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(24, 0, 24, 16)
        column.addWidget(
            EmptyState(
                self._look,
                "scan",
                self._words.text("window.basket_empty"),
                self._words.text("window.basket_empty_text"),
            ),
            1,
        )
        self.parked_button = Button(self._look, "", icon="player-pause")
        self.parked_button.align = Qt.AlignmentFlag.AlignLeft
        self.parked_button.setFixedHeight(64)
        self.parked_button.clicked.connect(self.recall)
        column.addWidget(self.parked_button)
        return whole

    def _foot(self) -> QWidget:
        foot = QWidget()
        column = QVBoxLayout(foot)
        column.setContentsMargins(24, 12, 24, 16)
        column.setSpacing(4)
        first = QHBoxLayout()
        self.pieces = Label(self._look, "", size="small", tone="muted")
        self.subtotal = Label(self._look, "", size="small", tone="muted")
        first.addWidget(self.pieces, 1)
        first.addWidget(self.subtotal)
        column.addLayout(first)
        self.saved = Label(self._look, "", size="small", weight="medium", tone="saving")
        self.saved.setAlignment(Qt.AlignmentFlag.AlignRight)
        column.addWidget(self.saved)
        row = self._pay_row = QHBoxLayout()
        row.setSpacing(8)
        sums = QVBoxLayout()
        sums.setSpacing(0)
        self.vat = Label(self._look, "", size="small", tone="muted")
        self.total = Label(self._look, "", size="total", weight="semibold")
        sums.addWidget(self.vat)
        sums.addWidget(self.total)
        row.addLayout(sums, 1)
        self.pay_button = Button(
            self._look, self._words.text("window.pay"), "primary", key="+", large=True
        )
        self.pay_button.setMinimumWidth(152)
        self.pay_button.clicked.connect(self.pay)
        row.addWidget(self.pay_button)
        column.addLayout(row)
        return foot

    # --- state --------------------------------------------------------------------------------

    def show_state(self, state: BasketState) -> None:
        """Show a state: the newest line comes into view and is marked, nothing else moves."""
        self._state = state
        rows = state.lines if state.voided is None else _with_voided(state)
        self.model.show(rows)
        self.stack.setCurrentWidget(self.list if rows else self.empty)
        self._show_customer(state)
        self._show_codes(state.codes)
        self.hint.setVisible(state.promotions and bool(state.lines))
        self.subtitle.say(
            " · ".join(part for part in (state.pieces_text, state.note) if part and state.open)
        )
        self.training.say(state.training, "warning")
        self.notice.say(state.notice)
        self.pieces.say(
            self._words.text("window.subtotal", pieces=state.pieces_text) if state.open else ""
        )
        self.subtotal.say(state.subtotal if state.open else "")
        self.saved.say(state.saved)
        self.saved.setVisible(bool(state.saved))
        self.vat.say(state.vat_text or self._words.text("window.to_pay"))
        self.total.say(state.total)
        self.total.set_tone("text" if state.open else "muted")
        self.pay_button.setEnabled(state.can_pay)
        self.pay_button.say(self._words.text("window.refund" if state.refund else "window.pay"))
        for button in (self.note_button, self.cancel_button):
            button.setEnabled(state.open)
        self.parked_button.say(self._words.text("window.parked_waiting", count=state.parked))
        self.parked_button.setVisible(state.parked > 0)
        if state.last is not None:
            self._select(state.last.number)
        elif self.delegate.open_number not in {row.number for row in state.lines}:
            self.open_line(0)

    def _show_customer(self, state: BasketState) -> None:
        nobody = self._words.text("window.receipt_open" if state.open else "window.receipt_none")
        self.title.say(state.customer or nobody)
        self.face.say(initials(state.customer))
        self.face.setVisible(bool(state.customer))
        button = self.customer_button
        button.icon_name = "user-x" if state.customer else "user-plus"
        name = self._words.text("window.customer_attach")
        if state.customer:
            name = self._words.text("window.customer_detach", name=state.customer)
        button.setAccessibleName(name)
        button.setToolTip(name if state.customer else f"{name} (F3)")
        button.update()

    def show_hint(self, text: str, detail: str) -> None:
        """The one thing in reach; without any the line says where the reasons are."""
        lit = bool(text)
        if not lit:
            text, detail = self._words.text("window.why"), self._words.text("window.why_open")
        self.hint.say(text, detail, lit=lit)
        self.hinted.emit(text, detail, lit)

    @property
    def open_row(self) -> LineRow | None:
        """The line whose buttons are shown."""
        number = self.delegate.open_number
        return next((row for row in self._state.lines if number and row.number == number), None)

    def _show_codes(self, codes: tuple[str, ...]) -> None:
        if codes == self._codes_shown:
            return
        self._codes_shown = codes
        clear_layout(self._code_chips)
        for code in codes:
            chip = RemovableChip(
                self._look, code, self._words.text("window.code_remove", code=code)
            )
            chip.clicked.connect(lambda _on=False, code=code: self.no_code.emit(code))
            self._code_chips.addWidget(chip)
        self._code_chips.addStretch(1)
        self.codes.setVisible(bool(codes))

    def _select(self, number: int) -> None:
        for at, row in enumerate(self.model.rows):
            if row.number == number and not row.voided:
                index = self.model.index(at)
                self.list.setCurrentIndex(index)
                self.list.scrollTo(index)
                if self.delegate.open_number and self.delegate.open_number != number:
                    self.open_line(0)

    @property
    def current(self) -> LineRow | None:
        """The marked line."""
        at = self.list.currentIndex().row()
        rows = self.model.rows
        return rows[at] if 0 <= at < len(rows) and not rows[at].voided else None

    def step(self, by: int) -> None:
        """Mark the next or the previous line."""
        at = self.list.currentIndex().row() + by
        if 0 <= at < len(self.model.rows):
            self.list.setCurrentIndex(self.model.index(at))

    def open_line(self, number: int) -> None:
        """Open a line for its buttons; 0 closes all."""
        before, self.delegate.open_number = self.delegate.open_number, number
        for at, row in enumerate(self.model.rows):
            index = self.model.index(at)
            if row.number == before:
                self._take_buttons(index)
            if row.number == number and not row.voided:
                self.list.setIndexWidget(index, self._buttons(row))
                self.list.setCurrentIndex(index)
        self.list.scheduleDelayedItemsLayout()

    def _take_buttons(self, index: QModelIndex) -> None:
        self.list.setIndexWidget(index, None)  # type: ignore[arg-type]

    def _buttons(self, row: LineRow) -> QWidget:
        number = row.number
        buttons = LineButtons(self._look, self._words, self.list, closed_height(row))
        buttons.minus.connect(lambda: self.less.emit(number))
        buttons.plus.connect(lambda: self.more.emit(number))
        buttons.quantity.connect(lambda: self.ask_quantity.emit(number))
        buttons.price.connect(lambda: self.ask_price.emit(number))
        buttons.note.connect(lambda: self.ask_note.emit(number))
        buttons.delete.connect(lambda: self.void.emit(number))
        return buttons

    def _toggle(self, row: LineRow) -> None:
        if row.voided:
            self.undo.emit()
        else:
            self.open_line(0 if row.number == self.delegate.open_number else row.number)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        self._pay_row.setDirection(
            QHBoxLayout.Direction.TopToBottom if narrow else QHBoxLayout.Direction.LeftToRight
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys are the page's."""
        event.ignore()


def _with_voided(state: BasketState) -> tuple[LineRow, ...]:
    """The lines with the one that was taken off last at its place, struck through."""
    gone = state.voided
    if gone is None:
        return state.lines
    before = tuple(row for row in state.lines if row.number < gone.number)
    return (*before, gone, *state.lines[len(before) :])
