"""Carries the drawer: shift, cash moves, the blind count, the end of the day."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject

from pos_client.app.window.prompts import ChoiceList, Confirm, NumberPrompt, TextPrompt
from pos_client.app.window.stage import Stage
from pos_client.features.shift.state import ShiftState
from pos_client.features.shift.view import ShiftView
from shared.errors import DomainError, EnvironmentProblem

Problem = DomainError | EnvironmentProblem
Counts = Mapping[int, int | None]
MOVES = (
    ("deposit", "plus"),
    ("withdrawal", "minus"),
    ("bank", "building-store"),
    ("expense", "receipt"),
)


class ShiftDesk(QObject):
    """One page; `open_drawer` is what the printing side does."""

    def __init__(self, stage: Stage, open_drawer: Callable[[], object]) -> None:
        super().__init__()
        self._stage = stage
        self._till, self._tasks, self._words = stage.till, stage.tasks, stage.words
        self.page = ShiftView(stage.look, stage.words)
        self.page.open_shift.connect(self._open)
        self.page.move_cash.connect(self._ask_move)
        self.page.count.connect(lambda: self._count(self.page.counting.counts))
        self.page.count_changed.connect(self._count)
        self.page.hand_in.connect(self._hand_in)
        self.page.close_day.connect(lambda: self._do(self._till.shift.on_close_day, self._said))
        self.page.null_receipt.connect(
            lambda: self._do(self._till.shift.on_null_receipt, self._null)
        )
        self.page.drawer.connect(open_drawer)
        self.page.terminal_day.connect(self._close_terminal_day)

    @property
    def is_counting(self) -> bool:
        """Whether the drawer is being counted."""
        return self.page.is_counting

    def _close_terminal_day(self) -> None:
        """The terminal closes its day beside the sale; what it says is compared and journalled."""
        self._stage.shell.say(self._words.text("window.terminal_day_running"))
        self._tasks.query(
            self._stage.hub.close_terminal_day,
            lambda day: self._do(lambda: self._till.shift.on_terminal_day(day), self._said),
            owner=self.page,
            kind="terminal-day",
            lane="devices",
            failed=self._stage.shell.complain,
        )

    def enter(self) -> None:
        """The page is shown: the shift as it stands."""
        self.page.show_terminal(self._stage.hub.devices.terminal is not None)
        self._do(self._till.shift.refresh)

    def _do(
        self,
        op: Callable[[], ShiftState],
        then: Callable[[ShiftState], None] | None = None,
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        def done(state: ShiftState) -> None:
            self.page.show_state(state)
            if then is not None:
                then(state)

        self._tasks.command(op, done, owner=self.page, failed=failed)

    def _said(self, state: ShiftState) -> None:
        if state.notice:
            self._stage.shell.say(state.notice)

    def _null(self, state: ShiftState) -> None:
        self._stage.shell.say(
            self._words.text("window.receipt_number", number=state.receipt_number)
        )

    def _open(self, text: str) -> None:
        self._do(
            lambda: self._till.shift.on_open(text or "0"),
            failed=lambda problem: self.page.float_field.complain(
                " ".join(self._words.error(problem))
            ),
        )

    # --- cash in and out ----------------------------------------------------------------------

    def _ask_move(self) -> None:
        kinds = [(kind, self._words.text(f"window.move_{kind}"), "") for kind, _icon in MOVES]
        choices = ChoiceList(self._stage.look, kinds, "arrows-exchange")
        choices.chosen.connect(self._ask_amount)
        self._stage.shell.sheet.open(self._words.text("window.cash_move"), choices)

    def _ask_amount(self, kind: str) -> None:
        name = self._words.text(f"window.move_{kind}")
        reasons = [
            self._words.text(f"window.move_reason_{at}") for at in ("change", "float", "other")
        ]
        prompt = NumberPrompt(self._stage.look, self._words, caption=name, reasons=reasons)

        def give(amount: str, reason: str) -> None:
            self._do(
                lambda: self._till.shift.on_cash_move(kind, amount, reason),
                lambda _state: self._moved(name),
                lambda problem: prompt.complain(" ".join(self._words.error(problem))),
            )

        prompt.given.connect(give)
        self._stage.shell.sheet.open(name, prompt)

    def _moved(self, name: str) -> None:
        self._stage.shell.sheet.leave()
        self._stage.shell.say(self._words.text("window.moved", what=name))

    # --- counting -----------------------------------------------------------------------------

    def _count(self, counts: Counts) -> None:
        taken = dict(counts)
        self._tasks.query(
            lambda: self._till.shift.count(taken),
            self.page.show_count,
            owner=self.page,
            kind="count",
            lane="till",
        )

    def _hand_in(self, counts: Counts, reason: str = "", *, unsent_ok: bool = False) -> None:
        def refused(problem: Problem) -> None:
            if problem.code == "shift_unsent" and not unsent_ok:
                self._ask(problem, lambda: self._hand_in(counts, reason, unsent_ok=True))
            elif problem.code in {"shift_difference", "reason_missing"}:
                self._ask_reason(problem, counts, unsent_ok=unsent_ok)
            else:
                self._stage.shell.sheet.leave()
                self._stage.shell.complain(problem)

        def closed(state: ShiftState) -> None:
            self._stage.shell.sheet.leave()
            self.page.counting.counts.clear()
            self._said(state)

        self._do(
            lambda: self._till.shift.on_close_counted(counts, reason, unsent_ok=unsent_ok),
            closed,
            refused,
        )

    def _ask(self, problem: Problem, act: Callable[[], None]) -> None:
        text = " ".join(self._words.error(problem))
        question = Confirm(self._stage.look, text, self._words.text("window.close_anyway"), act)
        self._stage.shell.sheet.open(self._words.text("window.shift_close"), question)

    def _ask_reason(self, problem: Problem, counts: Counts, *, unsent_ok: bool) -> None:
        prompt = TextPrompt(
            self._stage.look, self._words, caption=self._words.text("window.difference_reason")
        )
        prompt.complain(" ".join(self._words.error(problem)))
        prompt.given.connect(lambda reason: self._hand_in(counts, reason, unsent_ok=unsent_ok))
        self._stage.shell.sheet.open(self._words.text("window.difference"), prompt)
