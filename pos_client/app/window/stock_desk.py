"""Carries the stock page: the search of the sale on the left, stock by size and store on the right."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pos_client.app.window.stage import Stage
from pos_client.features.stock_lookup.state import FoundRow, LookupState, StockState
from pos_client.features.stock_lookup.variant_view import StockTable
from pos_client.features.stock_lookup.view import LookupView
from pos_client.kit.panels import Card, EmptyState
from shared.errors import DomainError, EnvironmentProblem

Problem = DomainError | EnvironmentProblem


class StockDesk(QObject):
    """One page; needs nothing from the others."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage
        self._tasks, self._words = stage.tasks, stage.words
        self.page = QWidget()
        self.page.setObjectName("page")
        row = QHBoxLayout(self.page)
        row.setContentsMargins(24, 20, 24, 24)
        row.setSpacing(16)
        self.lookup = LookupView(stage.look, stage.words)
        row.addWidget(self.lookup, 1)
        self.card = Card(margin=0)
        row.addWidget(self.card, 1)
        self._shown: QWidget = EmptyState(
            stage.look,
            "building-warehouse",
            stage.words.text("window.stock_choose"),
            stage.words.text("window.stock_choose_text"),
        )
        self.card.column.addWidget(self._shown)
        self.lookup.typed.connect(self._search)
        self.lookup.submitted.connect(self._submit)
        self.lookup.category.connect(self._category)
        self.lookup.tab.connect(self._tab)
        self.lookup.chosen.connect(self._choose)
        self.lookup.more.connect(self._more)
        self._open, self._after = "", ""
        self.page.setFocusProxy(self.lookup.search)

    def enter(self) -> None:
        """The page is shown."""
        self._categories()
        self.lookup.search.edit.setFocus()

    def scan(self, code: str) -> None:
        """A code was scanned here: show its stock, sell nothing."""
        self._tasks.forget("stock.search")
        self.lookup.search.edit.clear()
        self._stock(code)

    def _categories(self) -> None:
        self._tasks.query(
            self._stage.lookup.on_categories,
            self.lookup.show_categories,
            owner=self.page,
            kind="stock.categories",
        )

    def _search(self, text: str) -> None:
        self._open = ""
        if not text.strip():
            self._tasks.forget("stock.search")
            self.lookup.show_tiles()
            return
        self._tasks.query(
            lambda: self._stage.lookup.on_search(text),
            self.lookup.show_state,
            owner=self.page,
            kind="stock.search",
        )

    def _submit(self, text: str) -> None:
        """Enter: the marked hit of what was typed; before its hits have come a code, or the first of them."""
        typed = text.strip()
        hit = self.lookup.current_for(typed)
        if hit is not None:
            self._choose(hit)
        elif typed:
            self._stock(typed, lambda problem: self._find_and_choose(typed, problem))

    def _find_and_choose(self, typed: str, problem: Problem) -> None:
        if problem.code != "article_unknown":
            self._stage.shell.complain(problem)
            return

        def found(state: LookupState) -> None:
            if self.lookup.search.text().strip() != typed:
                return
            self.lookup.show_state(state)
            if state.found:
                self._choose(state.found[0])

        self._tasks.query(
            lambda: self._stage.lookup.on_search(typed),
            found,
            owner=self.page,
            kind="stock.search",
        )

    def _category(self, key: str) -> None:
        self._open = key

        def show(state: LookupState) -> None:
            self._after = state.more
            self.lookup.show_category(key, state)

        self._tasks.query(
            lambda: self._stage.lookup.on_category(key), show, owner=self.page, kind="stock.search"
        )

    def _more(self) -> None:
        rows, key, after = self.lookup.model.rows, self._open, self._after
        if not key or not after:
            return
        self._after = ""

        def append(state: LookupState) -> None:
            if self._open == key:
                self._after = state.more
                self.lookup.model.show((*rows, *state.found))

        self._tasks.query(
            lambda: self._stage.lookup.on_category(key, after),
            append,
            owner=self.page,
            kind="stock.more",
        )

    def _tab(self, name: str) -> None:
        self._open = ""
        if name == "categories":
            self.lookup.show_tiles()
            self._categories()
            return
        self._tasks.query(
            self._stage.till.lookup.on_last_sold,
            self.lookup.show_state,
            owner=self.page,
            kind="stock.search",
            lane="till",
        )

    def _choose(self, row: FoundRow) -> None:
        self._stock(row.sku or row.article_no)

    def _stock(self, code: str, failed: Callable[[Problem], None] | None = None) -> None:
        self._tasks.query(
            lambda: self._stage.till.lookup.on_stock(code),
            self._show,
            owner=self.page,
            kind="stock.table",
            lane="till",
            failed=failed,
        )

    def _show(self, state: StockState) -> None:
        table = StockTable(self._stage.look, self._words, state)
        self.card.column.replaceWidget(self._shown, table)
        self._shown.hide()
        self._shown.deleteLater()
        self._shown = table

    def on_key(self, event: QKeyEvent) -> bool:
        """Letters go to the search, arrows through what was found."""
        text = event.text()
        if event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.lookup.step(-1 if event.key() == Qt.Key.Key_Up else 1)
            return True
        if text == "/" or (text.isprintable() and text.strip()):
            self.lookup.search.edit.setFocus()
            if text != "/":
                self.lookup.search.put(self.lookup.search.text() + text)
                self._search(self.lookup.search.text())
            return True
        return False
