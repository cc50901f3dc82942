"""Carries logging in and switching the person; a wrong PIN is answered at the pad."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from pos_client.app.window.stage import Stage
from pos_client.features.login.state import LoginState
from pos_client.features.login.view import LoginView
from shared.errors import DomainError, EnvironmentProblem

Problem = DomainError | EnvironmentProblem


class LoginDesk(QObject):
    """`entered` when somebody is logged in."""

    entered = Signal(object)

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage
        self._till, self._tasks = stage.till, stage.tasks
        self.page = LoginView(stage.look, stage.words)
        self.page.login.connect(self._login)
        self._busy = False
        self._again = QTimer(self.page)
        self._again.setSingleShot(True)
        self._again.timeout.connect(lambda: self.page.refuse(""))

    def enter(self) -> None:
        """The page is shown: who may log in."""
        self.page.begin()
        self.look_again()
        self.page.pin.setFocus()

    def look_again(self) -> None:
        """Who may log in: asked until the first data of a new till has come."""
        self._tasks.query(
            self._till.login.on_staff,
            self.page.show_state,
            owner=self.page,
            kind="staff",
            lane="till",
            failed=lambda _problem: self.page.show_state(LoginState()),
        )

    def _login(self, staff_id: str, pin: str) -> None:
        if self._busy:
            return
        self._busy = True

        def done(state: LoginState) -> None:
            self._busy = False
            self.entered.emit(state)

        self._tasks.command(
            lambda: self._till.login.on_login(staff_id, pin),
            done,
            owner=self.page,
            failed=self._refused,
        )

    def _refused(self, problem: Problem) -> None:
        self._busy = False
        self.page.refuse(" ".join(self._stage.words.error(problem)))
        self.page.pin.setFocus()
        seconds = problem.params.get("seconds")
        if isinstance(seconds, int):
            self._again.start(seconds * 1_000)
