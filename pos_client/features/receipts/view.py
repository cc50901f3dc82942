"""Finished receipts: search and list on the left, the receipt as it was printed on the right, printing again."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase, QFontMetrics, QPainter
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from pos_client.features.receipts.state import ReceiptRow, ReceiptsState
from pos_client.kit.buttons import Button
from pos_client.kit.fields import Field
from pos_client.kit.labels import Label
from pos_client.kit.look import Look
from pos_client.kit.panels import Card, EmptyState
from pos_client.kit.rows import RowDelegate, RowList, RowListModel
from pos_client.ports import Texts


class _Delegate(RowDelegate[ReceiptRow]):
    """Number and kind over time, amount on the right."""

    height = 64

    def paint_row(self, painter: QPainter, box: QRect, row: ReceiptRow, *, selected: bool) -> None:  # noqa: ARG002
        room = QRectF(box.left() + 20, box.top() + 9, box.width() - 40, 24)
        font = self.look.font("body", "semibold")
        painter.setFont(font)
        painter.setPen(
            self.look.color(
                {"danger": "danger", "muted": "text_muted"}.get(row.amount_tone, "text")
            )
        )
        painter.drawText(
            room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, row.total
        )
        room.setRight(room.right() - QFontMetrics(font).horizontalAdvance(row.total) - 12)
        painter.setPen(self.look.color("text"))
        painter.setFont(self.look.font("body", "medium"))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, row.number)
        painter.setFont(self.look.font("small"))
        painter.setPen(self.look.color("text_muted"))
        detail = " · ".join(part for part in (row.kind, row.finished_at, row.reference) if part)
        lower = room.translated(0, 22)
        text = QFontMetrics(painter.font()).elidedText(
            detail, Qt.TextElideMode.ElideRight, int(lower.width())
        )
        painter.drawText(lower, Qt.AlignmentFlag.AlignVCenter, text)


class ReceiptsView(QWidget):
    """Implements the presenter's `ReceiptsView`."""

    searched = Signal(str)
    opened = Signal(str)
    reprint = Signal(str)
    gift = Signal(str)
    take_back = Signal(str)
    more = Signal()
    escaped = Signal()

    def __init__(self, look: Look, words: Texts) -> None:
        super().__init__()
        self.setObjectName("page")
        self._look, self._words = look, words
        self._number = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 20, 24, 24)
        row.setSpacing(16)
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(
            Label(look, words.text("window.page_receipts"), size="title", weight="semibold")
        )
        self.search = Field(
            look,
            words.text("window.receipt_search"),
            hint=words.text("window.receipt_search"),
            icon="search",
            key="/",
            clearable=True,
        )
        left.addWidget(self.search)
        card = Card(margin=1)
        self.list = RowList(look, words.text("window.page_receipts"))
        self.model: RowListModel[ReceiptRow] = RowListModel(
            lambda entry: entry.number,
            lambda entry: f"{entry.number}, {entry.kind}, {entry.finished_at}, {entry.total}",
            self,
        )
        self.list.setModel(self.model)
        self.list.setItemDelegate(_Delegate(look, self.list))
        self.list.chosen.connect(lambda entry: self.opened.emit(entry.number))
        self.list.verticalScrollBar().valueChanged.connect(self._near_end)
        self.none = EmptyState(look, "receipt", words.text("window.receipts_none"), "")
        self.none.setVisible(False)
        card.column.addWidget(self.list, 1)
        card.column.addWidget(self.none, 1)
        left.addWidget(card, 1)
        row.addLayout(left, 3)
        row.addWidget(self._paper(), 2)
        self.search.edited.connect(self.searched)
        self.search.submitted.connect(self.searched)
        self.search.escaped.connect(self.escaped)
        self.setFocusProxy(self.search)

    def _paper(self) -> QWidget:
        card = Card(margin=16)
        self.paper = QPlainTextEdit()
        self.paper.setReadOnly(True)
        self.paper.setAccessibleName(self._words.text("window.receipt"))
        self.paper.setTabChangesFocus(True)
        mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        families = QFontDatabase.families()
        if "DejaVu Sans Mono" in families:
            mono = QFont("DejaVu Sans Mono")
        mono.setPixelSize(13)
        self.paper.setFont(mono)
        self.paper.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.hint = EmptyState(self._look, "receipt", self._words.text("window.receipt_choose"), "")
        card.column.addWidget(self.paper, 1)
        card.column.addWidget(self.hint, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        self.print_button = Button(
            self._look, self._words.text("window.print_again"), "soft", icon="printer"
        )
        self.print_button.clicked.connect(lambda: self.reprint.emit(self._number))
        self.gift_button = Button(self._look, self._words.text("window.gift_receipt"), icon="gift")
        self.gift_button.clicked.connect(lambda: self.gift.emit(self._number))
        self.return_button = Button(
            self._look, self._words.text("window.function_return"), icon="receipt-refund"
        )
        self.return_button.clicked.connect(lambda: self.take_back.emit(self._number))
        buttons.addWidget(self.print_button)
        buttons.addWidget(self.gift_button)
        buttons.addStretch(1)
        card.column.addLayout(buttons)
        card.column.addWidget(self.return_button)
        self._show_paper("", "")
        return card

    def show_state(self, state: ReceiptsState) -> None:
        """Show the list, or the one receipt."""
        if state.number:
            self._show_paper(state.number, state.text)
            return
        self.model.show(state.rows)
        self.list.setVisible(bool(state.rows))
        self.none.setVisible(not state.rows)
        self.none.say(state.notice or self._words.text("window.receipts_none"), state.query)

    def append(self, state: ReceiptsState) -> None:
        """Older ones below."""
        self.model.show((*self.model.rows, *state.rows))

    def _show_paper(self, number: str, text: str) -> None:
        self._number = number
        self.paper.setPlainText(text)
        self.paper.setVisible(bool(number))
        self.hint.setVisible(not number)
        self.print_button.setEnabled(bool(number))
        self.gift_button.setEnabled(bool(number))
        self.return_button.setEnabled(bool(number))

    def _near_end(self, value: int) -> None:
        bar = self.list.verticalScrollBar()
        if bar.maximum() and value >= bar.maximum() - 200:
            self.more.emit()
