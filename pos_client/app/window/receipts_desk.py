"""Carries looking receipts up and printing them again."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeyEvent

from pos_client.app.window.stage import Stage
from pos_client.features.receipts.state import ReceiptsState
from pos_client.features.receipts.view import ReceiptsView


class ReceiptsDesk(QObject):
    """One page; needs nothing from the others."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage
        self._till, self._tasks = stage.till, stage.tasks
        self.page = ReceiptsView(stage.look, stage.words)
        self._query, self._after = "", ""
        self.page.searched.connect(self.search)
        self.page.opened.connect(self.open)
        self.page.reprint.connect(lambda number: self._print(number, gift=False))
        self.page.gift.connect(lambda number: self._print(number, gift=True))
        self.page.more.connect(self._more)

    def enter(self) -> None:
        """The page is shown: the last receipts."""
        self.search(self.page.search.text())
        self.page.search.edit.setFocus()

    def search(self, text: str) -> None:
        """Look for receipts; no text means the last ones."""
        self._query = text

        def show(state: ReceiptsState) -> None:
            self._after = state.more
            self.page.show_state(state)

        self._tasks.query(
            lambda: self._till.receipts.on_search(text),
            show,
            owner=self.page,
            kind="receipts",
            lane="till",
        )

    def open(self, number: str) -> None:
        """Show one, by its printed number."""
        self._tasks.query(
            lambda: self._till.receipts.on_find(number),
            self.page.show_state,
            owner=self.page,
            kind="receipt",
            lane="till",
        )

    def _more(self) -> None:
        query, after, self._after = self._query, self._after, ""
        if not after:
            return

        def show(state: ReceiptsState) -> None:
            if query == self._query:
                self._after = state.more
                self.page.append(state)

        self._tasks.query(
            lambda: self._till.receipts.on_search(query, after),
            show,
            owner=self.page,
            kind="receipts",
            lane="till",
        )

    def _print(self, number: str, *, gift: bool) -> None:
        act = self._till.receipts.on_gift if gift else self._till.receipts.on_reprint
        text = self._stage.words.text("window.printed_again", number=number)
        self._tasks.command(
            lambda: act(number), lambda _state: self._stage.shell.say(text), owner=self.page
        )

    def on_key(self, event: QKeyEvent) -> bool:
        """Letters go to the search; up and down through the list."""
        text = event.text()
        if event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.page.list.setFocus()
            return True
        if text == "/" or (text.isprintable() and text.strip()):
            self.page.search.edit.setFocus()
            if text != "/":
                self.page.search.put(self.page.search.text() + text)
                self.search(self.page.search.text())
            return True
        return False
