"""Carries joining: the one screen of a till that belongs to no centre yet."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from pos_client.app.joining import open_joining
from pos_client.app.translations import TillTexts
from pos_client.features.joining.view import JoiningView
from pos_client.kit.look import Look
from pos_client.runtime.tasks import Tasks

_LOOK_MS = 200


class JoiningDesk(QObject):
    """`joined` once the till belongs to a centre and has its first data."""

    joined = Signal()

    def __init__(self, look: Look, tasks: Tasks, data: Path, language: str) -> None:
        super().__init__()
        self._tasks = tasks
        words = TillTexts(language, "", "EUR")
        self.page = JoiningView(look, words)
        self._presenter = open_joining(data, words)
        self.page.join.connect(self._join)
        self.page.begin.connect(self.joined)
        self._progress = QTimer(self)
        self._progress.timeout.connect(lambda: self.page.show_state(self._presenter.state))

    def _join(self, address: str, code: str) -> None:
        self._progress.start(_LOOK_MS)
        self._tasks.command(
            lambda: self._presenter.on_join(address, code),
            lambda _state: self._done(),
            owner=self.page,
        )

    def _done(self) -> None:
        self._progress.stop()
        self.page.show_state(self._presenter.state)
