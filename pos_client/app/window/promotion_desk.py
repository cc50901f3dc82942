"""Carries questions about promotions to the lane that looks, and the answers to hint and sheet.

The till says how the receipt is priced (its lane owns that), the other lane works it out with reasons: a scan never
waits for either. An answer for a receipt that has changed meanwhile is thrown away.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from shiboken6 import isValid

from pos_client.app.window.stage import Stage
from pos_client.features.basket.state import BasketState, LineRow
from pos_client.features.basket.view import BasketView
from pos_client.features.promotions.ports import Question, Trace
from pos_client.features.promotions.presenter import PromotionsPresenter
from pos_client.features.promotions.view import LINE, WhySheet
from shared.errors import DomainError, EnvironmentProblem

# Who is still scanning needs no hint.
_PAUSE_MS = 400
_TYPING_MS = 120
_SHEET_WIDTH = 640
_HINT, _WHY = "hint", "why"


class PromotionDesk(QObject):
    """`line` gives the line that is open for its buttons."""

    def __init__(self, stage: Stage, view: BasketView, line: Callable[[], LineRow | None]) -> None:
        super().__init__()
        self._stage, self._view, self._line = stage, view, line
        self._tasks, self._words = stage.tasks, stage.words
        self._presenter = PromotionsPresenter(stage.words, stage.currency)
        self._shown: tuple[object, ...] = ()
        self._pause = _timer(view, _PAUSE_MS, self._ask_hint)
        view.why.connect(self.open)

    def receipt_changed(self, state: BasketState) -> None:
        """A hint holds for one receipt as it stands: it goes with the next change, and is asked for after a pause."""
        shown = (state.lines, state.customer_number, state.codes)
        if shown == self._shown:
            return
        self._shown = shown
        self._tasks.forget(_HINT)
        self._view.show_hint("", "")
        if state.lines and state.promotions:
            self._pause.start()
        else:
            self._pause.stop()

    def _ask_hint(self) -> None:
        def show(trace: Trace) -> None:
            hint = self._presenter.hint(trace)
            self._view.show_hint(hint.text, hint.detail)

        # A hint that does not come is missed by nobody.
        self._ask(_HINT, self._view, show, lambda _problem: None, everything=False)

    def open(self) -> None:
        """The sheet: for the line whose buttons are shown, else for the whole receipt."""
        row = self._line()
        sheet = WhySheet(self._stage.look, self._words, row.name if row is not None else "")
        traces: list[Trace] = []

        def show() -> None:
            if traces and isValid(sheet):
                line = row.number if row is not None and sheet.scope == LINE else 0
                state = self._presenter.why(traces[-1], line=line, query=sheet.query)
                sheet.show_state(state)

        def found(trace: Trace) -> None:
            traces.append(trace)
            show()

        typing = _timer(sheet, _TYPING_MS, show)
        sheet.asked.connect(typing.start)
        self._stage.shell.sheet.open(self._words.text("window.why"), sheet, _SHEET_WIDTH)
        self._ask(_WHY, sheet, found, self._stage.shell.complain, everything=True)

    def _ask(
        self,
        kind: str,
        owner: QObject,
        done: Callable[[Trace], None],
        failed: Callable[[DomainError | EnvironmentProblem], None],
        *,
        everything: bool,
    ) -> None:
        explain = self._stage.explain

        def priced(question: Question | None) -> None:
            if question is not None:
                self._tasks.query(
                    lambda: explain(question, everything=everything),
                    done,
                    owner=owner,
                    kind=kind,
                    failed=failed,
                )

        self._tasks.query(
            self._stage.till.question, priced, owner=owner, kind=kind, failed=failed, lane="till"
        )


def _timer(parent: QObject, ms: int, act: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(ms)
    timer.timeout.connect(act)
    return timer
