"""The customer display at its worker: it shows the latest rows, and comes back by itself when it was away."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from pos_client.devices.display.port import CustomerDisplay
from pos_client.runtime.workers import start_worker
from shared.errors import EnvironmentProblem

Rows = tuple[str, str]
_JOIN_SECONDS = 5


@dataclass(frozen=True, slots=True)
class PolePace:
    """Seconds: between tries while the display is away; how long a test stands; and after how long without news the
    rows are sent again, so that one that was switched off and on shows them.
    """

    retry: float = 2.0
    test: float = 4.0
    again: float = 20.0


class Pole:
    """Shows rows on a display. Its methods never wait."""

    def __init__(self, display: CustomerDisplay, pace: PolePace | None = None) -> None:
        self._display = display
        self._pace = pace or PolePace()
        self._rows: Rows | None = None
        self._test: Rows | None = None
        self._problem: EnvironmentProblem | None = None
        self._tried = False
        self._end = threading.Event()
        self._news = threading.Event()
        self._worker = start_worker("customer-display", self._work)

    @property
    def problem(self) -> EnvironmentProblem | None:
        """Why it shows nothing; None while it is well."""
        return self._problem

    @property
    def tried(self) -> bool:
        """Whether it was spoken to yet."""
        return self._tried

    def show(self, upper: str, lower: str) -> None:
        """Show these from now on."""
        self._rows = (upper, lower)
        self._news.set()

    def show_test(self, upper: str, lower: str) -> None:
        """Show these for a moment, then what was there before."""
        self._test = (upper, lower)
        self._news.set()

    def wake(self) -> None:
        """It may be there again."""
        self._news.set()

    def close(self) -> None:
        """Show nothing, and let the display go."""
        self._end.set()
        self._news.set()
        self._worker.join(_JOIN_SECONDS)

    def _work(self) -> None:
        while not self._end.is_set():
            self._news.clear()
            test, self._test = self._test, None
            rows = test or self._rows
            if rows is not None:
                self._send(rows)
            pause = self._pace.again if self._problem is None else self._pace.retry
            self._news.wait(self._pace.test if test is not None else pause)
        if self._problem is None:
            self._send(None)
        self._display.close()

    def _send(self, rows: Rows | None) -> None:
        try:
            if rows is None:
                self._display.clear()
            else:
                self._display.show(*rows)
            self._problem = None
        except EnvironmentProblem as problem:
            self._problem = problem
        self._tried = True
