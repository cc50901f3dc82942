"""The left of the sale: the one search field, categories as tiles, what was found. Shows states, emits intents."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from pos_client.features.stock_lookup.models import FoundDelegate, found_model
from pos_client.features.stock_lookup.state import CategoriesState, FoundRow, LookupState
from pos_client.kit.buttons import Button
from pos_client.kit.choices import Tab, Tile
from pos_client.kit.fields import Field
from pos_client.kit.labels import Label
from pos_client.kit.look import Look
from pos_client.kit.panels import Card, EmptyState, Scroll
from pos_client.kit.rows import RowList
from pos_client.ports import Texts

_WIDE = 700


class LookupView(QWidget):
    """Implements the presenter's `LookupView` for searching and browsing."""

    typed = Signal(str)
    submitted = Signal(str)
    category = Signal(str)
    tab = Signal(str)
    chosen = Signal(object)
    more = Signal()
    escaped = Signal()

    def __init__(self, look: Look, words: Texts) -> None:
        super().__init__()
        self._look, self._words = look, words
        self._tiles: list[Tile] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.search = Field(
            look,
            words.text("window.search"),
            hint=words.text("window.search_hint"),
            icon="scan",
            key="/",
            clearable=True,
        )
        # Keys of the screen that would otherwise be typed: quantity, pay, help, and the way here.
        self.search.leaves = frozenset("*+?/")
        column.addWidget(self.search)
        column.addLayout(self._tabs())
        self._query = ""
        self.pages = QStackedWidget()
        self.pages.addWidget(self._tile_page())
        self.pages.addWidget(self._result_page())
        self.empty = EmptyState(look, "search", "", "")
        self.pages.addWidget(self.empty)
        column.addWidget(self.pages, 1)
        self.search.edited.connect(self.typed)
        self.search.submitted.connect(self.submitted)
        self.search.escaped.connect(self.escaped)

    def _tabs(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        self.back = Button(
            self._look, self._words.text("window.all_categories"), "quiet", icon="arrow-left"
        )
        self.back.clicked.connect(lambda: self.tab.emit("categories"))
        self.back.setVisible(False)
        row.addWidget(self.back)
        self._group = QButtonGroup(self)
        self.tabs: dict[str, Tab] = {}
        for key in ("categories", "last_sold"):
            tab = Tab(self._look, self._words.text(f"window.tab_{key}"))
            tab.clicked.connect(lambda _on=False, key=key: self.tab.emit(key))
            self._group.addButton(tab)
            self.tabs[key] = tab
            row.addWidget(tab)
        self.tabs["categories"].setChecked(True)
        row.addStretch(1)
        return row

    def _tile_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        self.tile_scroll = Scroll()
        self.grid = QGridLayout()
        self.grid.setSpacing(12)
        self.tile_scroll.column.addLayout(self.grid, 1)
        self.tile_scroll.column.addStretch(0)
        column.addWidget(self.tile_scroll)
        return page

    def _result_page(self) -> QWidget:
        card = Card(margin=1)
        self.list = RowList(self._look, self._words.text("window.found"))
        self.model = found_model(self)
        self.list.setModel(self.model)
        self.list.setItemDelegate(FoundDelegate(self._look, self.list))
        self.list.chosen.connect(self.chosen)
        self.list.verticalScrollBar().valueChanged.connect(self._near_end)
        self.heading = Label(self._look, "", size="small", tone="muted")
        self.heading.setContentsMargins(16, 8, 16, 4)
        card.column.addWidget(self.heading)
        card.column.addWidget(self.list, 1)
        return card

    # --- state --------------------------------------------------------------------------------

    def show_categories(self, state: CategoriesState) -> None:
        """Show the categories as tiles."""
        self.tabs["categories"].setChecked(True)
        self.back.setVisible(False)
        if not state.tiles:
            self.empty.say(self._words.text("window.no_articles"), state.notice)
            self.pages.setCurrentWidget(self.empty)
            return
        for tile in self._tiles:
            self.grid.removeWidget(tile)
            tile.hide()
            tile.deleteLater()
        self._tiles = []
        for row in state.tiles:
            tile = Tile(self._look, row.name, row.count, row.drawing)
            tile.clicked.connect(lambda _on=False, key=row.category: self.category.emit(key))
            self._tiles.append(tile)
        self._lay_tiles()
        self.pages.setCurrentIndex(0)

    def show_state(self, state: LookupState) -> None:
        """Show what was found, or that nothing was."""
        self._query = state.query.strip()
        if not state.found:
            self.empty.say(state.notice or self._words.text("window.nothing_found"), state.query)
            self.pages.setCurrentWidget(self.empty)
            return
        self.model.show(state.found)
        many = len(state.found)
        key = "window.hits_one" if many == 1 else "window.hits_many"
        self.heading.say(state.notice or self._words.text(key, count=many))
        if not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.model.index(0))
        self.pages.setCurrentIndex(1)

    def show_category(self, name: str, state: LookupState) -> None:
        """Show the articles of a category, with the way back."""
        self.show_state(state)
        self.back.setVisible(True)
        self.heading.say(name)

    def show_tiles(self) -> None:
        """Back to the tiles as they were."""
        self.back.setVisible(False)
        self.tabs["categories"].setChecked(True)
        self.pages.setCurrentIndex(0 if self._tiles else 2)

    @property
    def has_tiles(self) -> bool:
        """Whether categories are there."""
        return bool(self._tiles)

    @property
    def current(self) -> FoundRow | None:
        """The marked hit, while hits are shown."""
        at = self.list.currentIndex().row()
        shown = self.pages.currentIndex() == 1
        return self.model.rows[at] if shown and 0 <= at < len(self.model.rows) else None

    def current_for(self, text: str) -> FoundRow | None:
        """The marked hit, if the hits shown are those of `text`."""
        return self.current if self._query == text.strip() else None

    def step(self, by: int) -> None:
        """Mark the next or the previous hit."""
        at = self.list.currentIndex().row() + by
        if self.pages.currentIndex() == 1 and 0 <= at < len(self.model.rows):
            self.list.setCurrentIndex(self.model.index(at))

    def _near_end(self, value: int) -> None:
        bar = self.list.verticalScrollBar()
        if bar.maximum() and value >= bar.maximum() - 200:
            self.more.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_tiles()

    def _lay_tiles(self) -> None:
        columns = 4 if self.width() >= _WIDE else 3
        compact = self.width() < _WIDE
        self.grid.setSpacing(8 if compact else 12)
        for at, tile in enumerate(self._tiles):
            tile.compact = compact
            tile.setMinimumHeight(98 if compact else 118)
            self.grid.addWidget(tile, at // columns, at % columns)
        for column in range(4):
            self.grid.setColumnStretch(column, 1 if column < columns else 0)
        self.search.edit.setPlaceholderText(
            self._words.text("window.search_hint_short" if compact else "window.search_hint")
        )
        self.tile_scroll.setAlignment(Qt.AlignmentFlag.AlignTop)
