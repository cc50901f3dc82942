"""Logging in with staff number and PIN; wrong tries wait longer and longer, across restarts.

The waiting is measured by the system clock: the business clock can be moved, and must not open the till.
"""

from __future__ import annotations

from datetime import timedelta

from pos_client.features.login.ports import Attempts, Desk, LoginView, PinVerifier, StaffList
from pos_client.features.login.state import LoginState
from pos_client.ports import Operator, Recording, Texts
from shared.errors import DomainError
from shared.identity import Clock

FREE_TRIES = 2
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)
_LONGEST_NUMBER = 20


def wait_after(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: nothing for two, then 5 s doubled up to 15 minutes."""
    if failures <= FREE_TRIES:
        return timedelta(0)
    return min(FIRST_WAIT * (1 << min(failures - FREE_TRIES - 1, 20)), LONGEST_WAIT)


class LoginPresenter:
    """Raises `DomainError('login_refused')` without saying whether number or PIN was wrong."""

    def __init__(
        self,
        staff: StaffList,
        pins: PinVerifier,
        attempts: Attempts,
        desk: Desk,
        recording: Recording,
        system_clock: Clock,
        texts: Texts,
        view: LoginView,
    ) -> None:
        self._staff = staff
        self._pins = pins
        self._attempts = attempts
        self._desk = desk
        self._recording = recording
        self._system_clock = system_clock
        self._texts = texts
        self._view = view

    def on_login(self, staff_id: str, pin: str) -> LoginState:
        """Let somebody in. `DomainError`: `login_refused`, `login_wait` with the `seconds` that are left."""
        number = staff_id.strip()[:_LONGEST_NUMBER]
        self._refuse_waiting(number)
        row = self._staff.staff(number)
        if row is None or not row.active:
            self._pins.waste_time()
            matches = False
        else:
            matches = self._pins.matches(row.pin_verifier, pin)
        if row is None or not matches:
            failures = self._attempts.failed(number, self._system_clock.now())
            self._recording.record(
                ("operator.login_failed", {"staff_id": number, "failures": failures})
            )
            raise DomainError("login_refused", http_status=401)
        self._attempts.succeeded(number)
        self._desk.sign_on(Operator(row.staff_id, row.name, row.role, row.language))
        self._recording.record(("operator.logged_in", {}))
        return self._show(row.staff_id, row.name)

    def on_logout(self) -> LoginState:
        """Nobody stands here any more; an open receipt stays open."""
        if self._recording.operator is not None:
            self._recording.record(("operator.logged_out", {}))
            self._desk.sign_on(None)
        return self._show("", "")

    def _refuse_waiting(self, number: str) -> None:
        failed = self._attempts.of(number)
        if failed is None:
            return
        wait = wait_after(failed.failures)
        # A system clock that was set back must not lengthen the waiting beyond its full length.
        left = min(failed.last_failed_at + wait - self._system_clock.now(), wait)
        if left > timedelta(0):
            raise DomainError("login_wait", {"seconds": left // timedelta(seconds=1) + 1})

    def _show(self, staff_id: str, name: str) -> LoginState:
        greeting = self._texts.text("login.greeting", name=name) if name else ""
        state = LoginState(name, staff_id, greeting)
        self._view.render(state)
        return state
