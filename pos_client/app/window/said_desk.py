"""What the customer on the receipt says: heard in a sheet, and on its way to head office once it is kept."""

from __future__ import annotations

from pos_client.app.window.stage import Stage
from pos_client.features.customers.presenter import consents, field_of
from pos_client.features.customers.state import SaidState, Statement
from pos_client.features.customers.view import SaidPanel
from shared.errors import DomainError, EnvironmentProblem


class SaidDesk:
    """Opens the sheet, and carries what was heard to the presenter and back."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._words = stage, stage.words
        self._hearing: _Hearing | None = None

    def open(self, number: str, name: str) -> None:
        """Listen to a customer."""
        state = SaidState(number, name or number)
        panel = SaidPanel(self._stage.look, self._words, state, consents(self._words))
        self._hearing = _Hearing(self._stage, panel, state)
        self._stage.shell.sheet.open(self._words.text("customers.said"), panel)


class _Hearing:
    """One sheet. Somebody has to hold it: signals do not."""

    def __init__(self, stage: Stage, panel: SaidPanel, state: SaidState) -> None:
        self._stage, self._panel, self._state = stage, panel, state
        self._finding = stage.till.finding
        panel.heard.connect(self._hear)
        panel.forgotten.connect(self._forget)
        panel.kept.connect(self._keep)

    def _hear(self, said: Statement) -> None:
        state = self._state
        self._stage.tasks.command(
            lambda: self._finding.on_hear(state, said),
            self._show,
            owner=self._panel,
            failed=self._refused,
        )

    def _forget(self, place: int) -> None:
        self._show(self._finding.on_forget(self._state, place))

    def _keep(self, typed: tuple[Statement, ...]) -> None:
        state = self._state
        self._stage.tasks.command(
            lambda: self._finding.on_keep(state, typed),
            self._kept,
            owner=self._panel,
            failed=self._refused,
        )

    def _show(self, state: SaidState) -> None:
        self._state = state
        self._panel.show_state(state)

    def _kept(self, _state: SaidState) -> None:
        self._stage.shell.sheet.leave()
        self._stage.shell.say(self._stage.words.text("customers.kept"))

    def _refused(self, problem: DomainError | EnvironmentProblem) -> None:
        key = field_of(problem.code)
        self._panel.complain(key, " ".join(self._stage.words.error(problem)))
