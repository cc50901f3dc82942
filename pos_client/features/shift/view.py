"""The drawer: opening with a float, cash in and out, the blind count and the closing. Shows states, emits intents."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_client.features.shift.state import CountRow, CountState, ShiftState
from pos_client.kit.buttons import Button, Press
from pos_client.kit.fields import Field
from pos_client.kit.labels import Label, Picture, rule
from pos_client.kit.look import Look
from pos_client.kit.numpad import NumPad
from pos_client.kit.panels import Card, EmptyState, Scroll, clear_layout
from pos_client.ports import Texts

_MOST = 99_999
_ANY = 16_777_215
_ROOMY_CELL = 320


class _CountCell(Press):
    """One denomination: its name, the count in a frame, what it makes."""

    def __init__(self, look: Look, row: CountRow) -> None:
        super().__init__(look, row.text)
        self.row = row
        self.setCheckable(True)
        self.setFixedHeight(60)

    def show_row(self, row: CountRow) -> None:
        """Another count."""
        self.row = row
        self.setAccessibleName(f"{row.text} × {'–' if row.count is None else row.count}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        if on or self.hovered:
            painter.fillRect(self.rect(), self.look.color("accent_soft" if on else "surface_2"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(self.look.font("body", "semibold"))
        painter.setPen(self.look.color("text"))
        painter.drawText(QRectF(20, 0, 90, self.height()), middle, self.row.text)
        painter.setPen(self.look.color("text_muted"))
        # Where it is narrow the frame gives way to the amount.
        roomy = self.width() >= _ROOMY_CELL
        frame = QRectF(128, 7, 88, 46) if roomy else QRectF(98, 7, 64, 46)
        painter.drawText(QRectF(frame.left() - 24, 0, 16, self.height()), middle, "×")
        painter.setPen(QPen(self.look.color("accent" if on else "border_strong"), 2 if on else 1))
        painter.setBrush(self.look.color("surface"))
        painter.drawRoundedRect(frame, 10, 10)
        painter.setFont(self.look.font("large"))
        painter.setPen(self.look.color("text" if self.row.count is not None else "text_muted"))
        count = "–" if self.row.count is None else str(self.row.count)
        right = Qt.AlignmentFlag.AlignRight | middle
        painter.drawText(frame.adjusted(0, 0, -12, 0), right, count)
        painter.setFont(self.look.font("body"))
        painter.setPen(self.look.color("text" if self.row.count else "text_muted"))
        room = QRectF(frame.right() + 4, 0, self.width() - frame.right() - 16, self.height())
        painter.drawText(room, right, self.row.amount)
        painter.setPen(QPen(self.look.color("border"), 1))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)


class CountView(QWidget):
    """Counting by denomination. `changed` gives all counts, `submitted` hands them in."""

    changed = Signal(object)
    submitted = Signal(object)
    later = Signal()

    def __init__(self, look: Look, words: Texts) -> None:
        super().__init__()
        self._look, self._words = look, words
        self.counts: dict[int, int | None] = {}
        self._cells: dict[int, _CountCell] = {}
        self._current = 0
        self._fresh = True
        whole = self._whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(16)
        row = QHBoxLayout()
        row.setSpacing(16)
        whole.addLayout(row, 1)
        self.notes = self._card(words.text("window.notes"))
        self.coins = self._card(words.text("window.coins"))
        row.addWidget(self.notes[0], 1)
        row.addWidget(self.coins[0], 1)
        side = QVBoxLayout()
        side.setSpacing(8)
        side.addWidget(Label(look, words.text("window.counted"), tone="muted"))
        self.total = Label(look, "", size="total", weight="semibold")
        side.addWidget(self.total)
        blind = QHBoxLayout()
        blind.addWidget(Picture(look, "eye-off", 20, "text_muted"))
        blind.addWidget(
            Label(look, words.text("window.blind"), size="small", tone="muted", wrap=True), 1
        )
        side.addLayout(blind)
        self.roll = Button(look, words.text("window.coin_roll"))
        self.roll.clicked.connect(lambda: self._set((self.counts.get(self._current) or 0) + 50))
        side.addWidget(self.roll, 0, Qt.AlignmentFlag.AlignRight)
        self.pad = NumPad(
            look,
            left=words.text("window.clear"),
            left_clears=True,
            erase_name=words.text("window.erase"),
        )
        self.pad.typed.connect(self._type)
        self.pad.erased.connect(self._erase)
        self.pad.cleared.connect(lambda: self._set(None))
        side.addWidget(self.pad)
        self.next = Button(look, words.text("window.next_row"), icon="chevron-down", key="Enter")
        self.next.clicked.connect(self._next)
        side.addWidget(self.next)
        side.addStretch(1)
        foot = QHBoxLayout()
        self.progress = Label(look, "", size="small", tone="muted")
        foot.addWidget(self.progress, 1)
        later = Button(look, words.text("window.count_later"), "quiet")
        later.clicked.connect(self.later)
        foot.addWidget(later)
        side.addLayout(foot)
        self.hand_in = Button(look, words.text("window.hand_in"), "primary", large=True)
        self.hand_in.clicked.connect(lambda: self.submitted.emit(dict(self.counts)))
        side.addWidget(self.hand_in)
        self._panel = QWidget()
        self._panel.setLayout(side)
        side.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._panel)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _card(self, title: str) -> tuple[Card, QVBoxLayout, Label]:
        card = Card(margin=1)
        card.column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(20, 12, 20, 12)
        head.addWidget(Label(self._look, title, weight="semibold"), 1)
        total = Label(self._look, "", weight="semibold")
        head.addWidget(total)
        card.column.addLayout(head)
        card.column.addWidget(rule())
        scroll = Scroll(spacing=0)
        cells = QVBoxLayout()
        cells.setSpacing(0)
        scroll.column.addLayout(cells)
        scroll.column.addStretch(1)
        card.column.addWidget(scroll, 1)
        return card, cells, total

    def show_state(self, state: CountState) -> None:
        """Show the counts; the rows are made once."""
        if set(self._cells) != {row.value for row in state.rows}:
            self._build(state)
        for row in state.rows:
            self._cells[row.value].show_row(row)
        self.notes[2].say(state.notes_total)
        self.coins[2].say(state.coins_total)
        self.total.say(state.total)
        self.progress.say(self._words.text("window.rows_counted", count=state.counted, of=state.of))
        self.hand_in.setEnabled(state.complete)

    def _build(self, state: CountState) -> None:
        for part in (self.notes, self.coins):
            clear_layout(part[1])
        self._cells = {}
        for row in state.rows:
            cell = _CountCell(self._look, row)
            cell.clicked.connect(lambda _on=False, value=row.value: self._choose(value))
            (self.notes if row.note else self.coins)[1].addWidget(cell)
            self._cells[row.value] = cell
            self.counts.setdefault(row.value, row.count)
        if state.rows:
            self._choose(state.rows[0].value)

    def keep_typed(self) -> Callable[[], None]:
        """How to undo what a scanner types from now on."""
        counts, current = dict(self.counts), self._current

        def put_back() -> None:
            self.counts = counts
            if current in self._cells:
                self._choose(current)
            self.changed.emit(dict(counts))

        return put_back

    def _choose(self, value: int) -> None:
        self._current, self._fresh = value, True
        for other, cell in self._cells.items():
            cell.setChecked(other == value)
        self.roll.setVisible(not self._cells[value].row.note)
        self.setFocus()

    def _set(self, count: int | None) -> None:
        self.counts[self._current] = None if count is None else min(count, _MOST)
        self._fresh = False
        self.changed.emit(dict(self.counts))

    def _type(self, digit: str) -> None:
        before = 0 if self._fresh else (self.counts.get(self._current) or 0)
        self._set(int(f"{before}{digit}"))

    def _erase(self) -> None:
        text = str(self.counts.get(self._current) or "")[:-1]
        self._set(int(text) if text else None)

    def _next(self) -> None:
        if self.counts.get(self._current) is None:
            self._set(0)
        values = list(self._cells)
        at = values.index(self._current) + 1 if self._current in values else 0
        if at < len(values):
            self._choose(values[at])
        else:
            self.hand_in.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        portrait = self.height() > self.width()
        self._whole.setDirection(
            QHBoxLayout.Direction.TopToBottom if portrait else QHBoxLayout.Direction.LeftToRight
        )
        self._panel.setMinimumWidth(0 if portrait else 320)
        self._panel.setMaximumWidth(_ANY if portrait else 352)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().isdigit() and len(event.text()) == 1:
            self._type(event.text())
        elif event.key() == Qt.Key.Key_Backspace:
            self._erase()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down}:
            self._next()
        elif event.key() == Qt.Key.Key_Escape:
            self.later.emit()
        else:
            event.ignore()


class ShiftView(QWidget):
    """Implements the presenter's `ShiftView`: no shift, a running one, the count, what came of it."""

    open_shift = Signal(str)
    move_cash = Signal()
    count = Signal()
    count_changed = Signal(object)
    hand_in = Signal(object)
    close_day = Signal()
    terminal_day = Signal()
    null_receipt = Signal()
    drawer = Signal()

    def __init__(self, look: Look, words: Texts) -> None:
        super().__init__()
        self.setObjectName("page")
        self._look, self._words = look, words
        self._terminal_buttons: list[Button] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 24)
        column.setSpacing(16)
        self.title = Label(look, words.text("window.page_shift"), size="title", weight="semibold")
        column.addWidget(self.title)
        self.steps = QStackedWidget()
        self.closed_page = self._closed_page()
        self.open_page = self._open_page()
        self.counting = CountView(look, words)
        self.result_page = self._result_page()
        for page in (self.closed_page, self.open_page, self.counting, self.result_page):
            self.steps.addWidget(page)
        column.addWidget(self.steps, 1)
        self.counting.changed.connect(self.count_changed)
        self.counting.submitted.connect(self.hand_in)
        self.counting.later.connect(lambda: self.steps.setCurrentWidget(self.open_page))

    def _closed_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.addStretch(1)
        column.addWidget(
            EmptyState(
                self._look,
                "cash",
                self._words.text("window.shift_none"),
                self._words.text("window.shift_none_text"),
            )
        )
        row = QHBoxLayout()
        row.addStretch(1)
        inner = QVBoxLayout()
        inner.setSpacing(12)
        self.float_field = Field(
            self._look,
            self._words.text("window.float"),
            caption=self._words.text("window.float"),
            height=72,
        )
        self.float_field.setMinimumWidth(320)
        self.float_field.edit.setFont(self._look.font("title", "semibold"))
        inner.addWidget(self.float_field)
        button = Button(
            self._look, self._words.text("window.shift_open"), "primary", large=True, key="Enter"
        )
        button.clicked.connect(lambda: self.open_shift.emit(self.float_field.text()))
        self.float_field.submitted.connect(self.open_shift)
        inner.addWidget(button)
        self.day_button = Button(self._look, self._words.text("window.day_close"))
        self.day_button.clicked.connect(self.close_day)
        inner.addWidget(self.day_button)
        inner.addWidget(self._terminal_button())
        row.addLayout(inner)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(2)
        return page

    def _terminal_button(self) -> Button:
        """Closing the terminal's day: with a shift and without one, wherever there is a terminal."""
        button = Button(self._look, self._words.text("window.terminal_day"), icon="credit-card")
        button.align = Qt.AlignmentFlag.AlignLeft
        button.setMinimumHeight(64)
        button.clicked.connect(self.terminal_day)
        button.setVisible(False)
        self._terminal_buttons.append(button)
        return button

    def show_terminal(self, there: bool) -> None:
        """Whether there is a card terminal whose day can be closed."""
        for button in self._terminal_buttons:
            button.setVisible(there)

    def _open_page(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        card = Card(margin=20)
        self.facts = QGridLayout()
        self.facts.setVerticalSpacing(12)
        self.facts.setColumnStretch(0, 1)
        card.column.addLayout(self.facts)
        card.column.addStretch(1)
        row.addWidget(card, 1)
        side = QVBoxLayout()
        side.setSpacing(8)
        for key, icon, signal in (
            ("window.cash_move", "arrows-exchange", self.move_cash),
            ("window.shift_drawer", "cash", self.drawer),
            ("window.null_receipt", "receipt", self.null_receipt),
        ):
            button = Button(self._look, self._words.text(key), icon=icon)
            button.align = Qt.AlignmentFlag.AlignLeft
            button.setMinimumHeight(64)
            button.clicked.connect(signal)
            side.addWidget(button)
        side.addWidget(self._terminal_button())
        side.addStretch(1)
        self.count_button = Button(
            self._look, self._words.text("window.shift_close"), "primary", large=True, icon="coins"
        )
        self.count_button.clicked.connect(self.count)
        side.addWidget(self.count_button)
        holder = QWidget()
        holder.setFixedWidth(320)
        holder.setLayout(side)
        side.setContentsMargins(0, 0, 0, 0)
        row.addWidget(holder)
        return page

    def _result_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.addStretch(1)
        self.result = EmptyState(self._look, "circle-check", "", "")
        column.addWidget(self.result)
        self.result_facts = QGridLayout()
        self.result_facts.setHorizontalSpacing(48)
        self.result_facts.setVerticalSpacing(8)
        holder = QHBoxLayout()
        holder.addStretch(1)
        holder.addLayout(self.result_facts)
        holder.addStretch(1)
        column.addLayout(holder)
        again = Button(self._look, self._words.text("window.go_on"), "primary", large=True)
        again.clicked.connect(lambda: self.steps.setCurrentWidget(self.closed_page))
        column.addSpacing(24)
        column.addWidget(again, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        return page

    # --- state --------------------------------------------------------------------------------

    @property
    def is_closed(self) -> bool:
        """Whether no shift is shown as running."""
        return self.steps.currentWidget() is self.closed_page

    @property
    def is_counting(self) -> bool:
        """Whether the drawer is being counted."""
        return self.steps.currentWidget() is self.counting

    @property
    def is_counted(self) -> bool:
        """Whether the outcome of a count is shown."""
        return self.steps.currentWidget() is self.result_page

    def show_state(self, state: ShiftState) -> None:
        """Show the shift, or what the count came to."""
        if state.counted:
            self.result.say(
                state.notice, self._words.text("window.receipt_number", number=state.receipt_number)
            )
            self._facts(
                self.result_facts,
                {
                    "window.expected": state.expected,
                    "window.counted": state.counted,
                    "window.difference": state.difference,
                },
            )
            self.steps.setCurrentWidget(self.result_page)
            return
        if not state.open:
            self.steps.setCurrentWidget(self.closed_page)
            self.float_field.edit.setFocus()
            return
        facts = {
            "window.shift_since": state.opened_at,
            "window.float": state.opening_float,
            "window.shift_receipts": state.receipts,
            "window.cash_sales": state.cash_sales,
        }
        self._facts(self.facts, facts, [(row.text, row.amount) for row in state.by_tender])
        if self.steps.currentWidget() is not self.counting:
            self.steps.setCurrentWidget(self.open_page)

    def show_count(self, state: CountState) -> None:
        """Show the count."""
        self.counting.show_state(state)
        self.steps.setCurrentWidget(self.counting)
        self.counting.setFocus()

    def _facts(
        self, grid: QGridLayout, facts: Mapping[str, str], more: list[tuple[str, str]] | None = None
    ) -> None:
        while grid.count():
            item = grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        rows = [(self._words.text(key), value) for key, value in facts.items() if value]
        for y, (name, value) in enumerate([*rows, *(more or [])]):
            grid.addWidget(Label(self._look, name, tone="muted"), y, 0)
            label = Label(self._look, value, weight="semibold")
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(label, y, 1)
