"""Choosing a variant by size and colour, and stock by size and store. Both are sheets over the sale."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos_client.features.stock_lookup.state import StockState, VariantCell, VariantState
from pos_client.kit.buttons import Button, Press
from pos_client.kit.labels import Label, Picture, Tone
from pos_client.kit.look import Look
from pos_client.kit.panels import EmptyState, Scroll
from pos_client.ports import Texts

_LEVELS = {"ok": "saving", "low": "warning", "none": "text_muted"}


class _Cell(Press):
    """One variant: its size large, its stock below."""

    def __init__(self, look: Look, cell: VariantCell, name: str) -> None:
        super().__init__(look, name)
        self._cell = cell
        self.setMinimumSize(72, 64)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(88, 64)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isDown()
        painter.setBrush(
            self.look.color("accent_soft" if on else ("surface_2" if self.hovered else "surface"))
        )
        painter.setPen(QPen(self.look.color("accent" if on else "border_strong"), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        painter.setFont(self.look.font("body", "semibold"))
        painter.setPen(self.look.color("text"))
        box = QRectF(0, 8, self.width(), 24)
        painter.drawText(
            box, Qt.AlignmentFlag.AlignCenter, self._cell.size or self._cell.colour or "1"
        )
        painter.setFont(self.look.font("caption", "medium"))
        painter.setPen(self.look.color(_LEVELS[self._cell.level]))
        painter.drawText(box.translated(0, 24), Qt.AlignmentFlag.AlignCenter, self._cell.stock)


class VariantPicker(QWidget):
    """Rows of colours, cells of sizes. `chosen` gives the sku, `stock` the article number."""

    chosen = Signal(str)
    stock = Signal(str)

    def __init__(self, look: Look, words: Texts, state: VariantState) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(12)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(
            Picture(
                look,
                state.drawing,
                48,
                goods=True,
                ground="thumb",
                ground_size=72,
                round_ground=False,
                photo=state.image,
            )
        )
        names = QVBoxLayout()
        names.addWidget(Label(look, state.name, size="large", weight="semibold"))
        names.addWidget(Label(look, state.detail or state.article_no, size="small", tone="muted"))
        head.addLayout(names, 1)
        head.addWidget(Label(look, state.price, size="title", weight="semibold"))
        column.addLayout(head)
        scroll = Scroll(spacing=12)
        for colour in state.colours or ("",):
            cells = [cell for cell in state.cells if cell.colour == colour]
            if colour:
                scroll.column.addWidget(Label(look, colour, weight="semibold"))
            grid = QGridLayout()
            grid.setSpacing(8)
            for at, cell in enumerate(cells):
                name = ", ".join(
                    part for part in (cell.size, cell.colour, cell.price, cell.stock) if part
                )
                button = _Cell(look, cell, name)
                button.clicked.connect(lambda _on=False, sku=cell.sku: self.chosen.emit(sku))
                grid.addWidget(button, at // 5, at % 5)
            for at in range(5):
                grid.setColumnStretch(at, 1)
            scroll.column.addLayout(grid)
        scroll.column.addStretch(1)
        column.addWidget(scroll, 1)
        stock = Button(look, words.text("window.stock_everywhere"), icon="building-store")
        stock.clicked.connect(lambda: self.stock.emit(state.article_no))
        column.addWidget(stock)


class StockTable(QWidget):
    """Stock of an article: stores as rows, variants as columns, the own store first and strong."""

    def __init__(self, look: Look, words: Texts, state: StockState) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(12)
        if not state.rows:
            column.addWidget(
                EmptyState(look, "package-off", words.text("window.stock_none"), state.notice), 1
            )
            return
        head = QHBoxLayout()
        head.setSpacing(16)
        if state.image:
            head.addWidget(
                Picture(
                    look,
                    state.drawing,
                    32,
                    goods=True,
                    ground="thumb",
                    ground_size=56,
                    round_ground=False,
                    photo=state.image,
                )
            )
        head.addWidget(Label(look, state.name, size="large", weight="semibold"), 1)
        column.addLayout(head)
        scroll = Scroll()
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        for at, text in enumerate(
            (words.text("window.store"), *state.columns, words.text("window.sum"))
        ):
            self._put(grid, look, 0, at, text, tone="muted", strong=False)
        for y, row in enumerate(state.rows, 1):
            self._put(
                grid, look, y, 0, row.name, tone="accent" if row.own else "text", strong=row.own
            )
            for x, text in enumerate((*row.cells, row.total), 1):
                empty = text in {"0", "", "–"}
                self._put(
                    grid, look, y, x, text or "0", tone="muted" if empty else "text", strong=row.own
                )
        grid.setColumnStretch(0, 1)
        scroll.column.addLayout(grid)
        scroll.column.addStretch(1)
        column.addWidget(scroll, 1)
        if state.notice:
            column.addWidget(Label(look, state.notice, size="small", tone="muted", wrap=True))

    @staticmethod
    def _put(
        grid: QGridLayout, look: Look, y: int, x: int, text: str, *, tone: Tone, strong: bool
    ) -> None:
        label = Label(
            look,
            text,
            size="body" if y else "small",
            weight="semibold" if strong else "regular",
            tone=tone,
        )
        if x:
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
            label.setMinimumWidth(40)
        grid.addWidget(label, y, x)
