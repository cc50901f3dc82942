"""Logging in with staff number and PIN; wrong tries wait longer and longer, across restarts, and lock in the end.

Who is locked out gets back in when somebody who leads the store logs in, or with a new PIN from the centre.

The waiting is measured by the system clock: the business clock can be moved, and must not open the till.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pos_client.features.login.ports import Attempts, Desk, LoginView, PinVerifier, StaffList
from pos_client.features.login.state import LoginState, StaffTile
from pos_client.ports import LEADERS, Operator, Recording, Texts, initials
from shared.errors import DomainError
from shared.identity import Clock
from shared.wire.payloads import StaffRow

FREE_TRIES = 2
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)
LOCKED_AT = 10
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

    def on_staff(self, staff_id: str = "") -> LoginState:
        """Who may log in here, and how long the number asked for must still wait."""
        people = tuple(
            StaffTile(row.staff_id, row.name, initials(row.name), self._role(row.role))
            for row in self._staff.colleagues()
        )
        row = self._staff.staff(staff_id) if staff_id else None
        waiting = self._waiting(staff_id, row)
        return self._show(self._recording.operator, people, waiting)

    def on_login(self, staff_id: str, pin: str) -> LoginState:
        """Let somebody in.

        `DomainError`: `login_refused`, `login_wait` with the `seconds` that are left, `login_locked` after ten wrong
        tries in a row.
        """
        row = self._check(staff_id, pin)
        return self._enter(row, {})

    def on_switch(self, staff_id: str, pin: str) -> LoginState:
        """Somebody else takes over, with the open receipt as it is; who was there stays if that is refused."""
        row = self._check(staff_id, pin)
        before = self._recording.operator
        if before is None:
            return self._enter(row, {})
        if before.staff_id == row.staff_id:
            return self._show(before)
        self._recording.record(("operator.logged_out", {}))
        return self._enter(row, {"switched_from": before.staff_id})

    def on_logout(self) -> LoginState:
        """Nobody stands here any more; an open receipt stays open."""
        if self._recording.operator is not None:
            self._recording.record(("operator.logged_out", {}))
            self._desk.sign_on(None)
        return self._show(None)

    def on_approve(self, staff_id: str, pin: str) -> str:
        """Somebody who leads vouches for something without taking the till over: their number.

        Refused as `on_login`, and with `DomainError('approval_refused')` for somebody who does not lead.
        """
        row = self._check(staff_id, pin)
        self._attempts.succeeded(row.staff_id)
        if row.role not in LEADERS:
            raise DomainError("approval_refused", http_status=403)
        return row.staff_id

    def _check(self, staff_id: str, pin: str) -> StaffRow:
        number = staff_id.strip()[:_LONGEST_NUMBER]
        row = self._staff.staff(number)
        verifier = row.pin_verifier if row is not None else ""
        self._refuse_waiting(number, row)
        if row is None or not row.active:
            self._pins.waste_time()
            matches = False
        else:
            matches = self._pins.matches(row.staff_id, verifier, pin)
        if row is None or not matches:
            failures = self._attempts.failed(number, verifier, self._system_clock.now())
            self._recording.record(
                ("operator.login_failed", {"staff_id": number, "failures": failures})
            )
            raise DomainError("login_refused", http_status=401)
        return row

    def _enter(self, row: StaffRow, facts: dict[str, object]) -> LoginState:
        self._attempts.succeeded(row.staff_id)
        operator = Operator(row.staff_id, row.name, row.role, row.language)
        unlocked = self._attempts.unlock() if row.role in LEADERS else ()
        if unlocked:
            facts = {**facts, "unlocked": list(unlocked)}
        self._desk.sign_on(operator)
        self._recording.record(("operator.logged_in", facts))
        return self._show(operator)

    def _refuse_waiting(self, number: str, row: StaffRow | None) -> None:
        failed = self._attempts.of(number, row.pin_verifier if row is not None else "")
        if failed is not None and failed.failures >= LOCKED_AT:
            raise DomainError("login_locked", {"tries": LOCKED_AT})
        seconds = self._waiting(number, row)
        if seconds:
            raise DomainError("login_wait", {"seconds": seconds})

    def _waiting(self, number: str, row: StaffRow | None) -> int:
        failed = self._attempts.of(number, row.pin_verifier if row is not None else "")
        if failed is None:
            return 0
        wait = wait_after(failed.failures)
        # A system clock that was set back must not lengthen the waiting beyond its full length.
        left = min(failed.last_failed_at + wait - self._system_clock.now(), wait)
        return left // timedelta(seconds=1) + 1 if left > timedelta(0) else 0

    def _role(self, role: str) -> str:
        return self._texts.text(f"role.{role}")

    def _show(
        self,
        operator: Operator | None,
        staff: tuple[StaffTile, ...] = (),
        waiting_s: int = 0,
    ) -> LoginState:
        state = LoginState(staff=staff, waiting_s=waiting_s)
        if operator is not None:
            state = replace(
                state,
                name=operator.name,
                staff_id=operator.staff_id,
                greeting=self._texts.text("login.greeting", name=operator.name),
                initials=operator.initials,
                role=self._role(operator.role),
            )
        self._view.render(state)
        return state
