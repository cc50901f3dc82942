"""The sheet "Why not?": whole receipt or one line, found by name, a row for each promotion. Shows states only."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from pos_client.features.promotions.models import WhyDelegate, why_model
from pos_client.features.promotions.state import WhyState
from pos_client.kit.choices import Segments
from pos_client.kit.fields import Field
from pos_client.kit.labels import Label, rule
from pos_client.kit.look import Look
from pos_client.kit.panels import EmptyState
from pos_client.kit.rows import RowList
from pos_client.ports import Texts

RECEIPT, LINE = "receipt", "line"


class WhySheet(QWidget):
    """`asked` when scope or search changed: then `scope` and `query` say what is wanted."""

    asked = Signal()

    def __init__(self, look: Look, words: Texts, line_name: str = "") -> None:
        super().__init__()
        self.scope = LINE if line_name else RECEIPT
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 16, 0, 0)
        column.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(24, 0, 24, 12)
        top.setSpacing(12)
        column.addLayout(top)
        self.search = Field(
            look,
            words.text("window.why_search"),
            hint=words.text("window.why_search"),
            icon="search",
            height=56,
            clearable=True,
        )
        top.addWidget(self.search)
        self.scopes: Segments | None = None
        if line_name:
            choices = ((LINE, line_name), (RECEIPT, words.text("window.why_receipt")))
            self.scopes = Segments(look, words.text("window.why_scope"), choices)
            self.scopes.choose(LINE)
            self.scopes.chosen.connect(self._look_at)
            top.addWidget(self.scopes)
        self.summary = Label(look, "", size="small", tone="muted")
        top.addWidget(self.summary)
        column.addWidget(rule())
        self.pages = QStackedWidget()
        self.list = RowList(look, words.text("window.why_rows"))
        self.list.setResizeMode(RowList.ResizeMode.Adjust)
        self.model = why_model(self)
        self.list.setModel(self.model)
        self.list.setItemDelegate(WhyDelegate(look, self.list))
        self.pages.addWidget(self.list)
        self.empty = EmptyState(look, "percentage", "")
        self.pages.addWidget(self.empty)
        column.addWidget(self.pages, 1)
        column.addWidget(rule())
        self.foot = Label(look, "", size="small", tone="muted", wrap=True)
        self.foot.setContentsMargins(24, 14, 24, 16)
        column.addWidget(self.foot)
        self.search.edited.connect(lambda _text: self.asked.emit())
        self.search.submitted.connect(lambda _text: self.list.setFocus())
        self.setFocusProxy(self.search.edit)

    @property
    def query(self) -> str:
        """What is searched for."""
        return self.search.text()

    def show_state(self, state: WhyState) -> None:
        """Show the reasons."""
        self.summary.say(state.summary)
        self.model.show(state.rows)
        self.foot.say(state.foot)
        self.empty.say(state.nothing)
        self.pages.setCurrentWidget(self.list if state.rows else self.empty)

    def _look_at(self, scope: str) -> None:
        self.scope = scope
        self.asked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """From the search field down into the rows."""
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up} and self.model.rows:
            self.list.setFocus()
            if not self.list.currentIndex().isValid():
                self.list.setCurrentIndex(self.model.index(0))
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rows are as high as their text is at this width."""
        super().resizeEvent(event)
        self.list.scheduleDelayedItemsLayout()
