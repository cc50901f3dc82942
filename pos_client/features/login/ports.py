"""What logging in needs besides the till's own ports."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from pos_client.features.login.state import LoginState
from pos_client.ports import Operator
from shared.wire.payloads import StaffRow


class StaffList(Protocol):
    """Who may log in here."""

    def staff(self, staff_id: str) -> StaffRow | None:
        """The member of staff with this number."""

    def colleagues(self) -> tuple[StaffRow, ...]:
        """Everybody who may log in here, by name."""


class PinVerifier(Protocol):
    """Compares a PIN with its Argon2id verifier; takes its time on purpose."""

    def matches(self, staff_id: str, verifier: str, pin: str) -> bool:
        """Whether the PIN is the one of this person that the verifier was made from."""

    def waste_time(self) -> None:
        """Take as long as a comparison, so that an unknown number answers like a known one."""


class FailedLogins(Protocol):
    """Failures in a row."""

    @property
    def failures(self) -> int:
        """How many."""

    @property
    def last_failed_at(self) -> datetime:
        """When last, by the system clock."""


class Attempts(Protocol):
    """Failures that a restart of the till does not forget."""

    def of(self, staff_id: str, verifier: str) -> FailedLogins | None:
        """The failures since the last success with the PIN in force (`verifier`, empty for an unknown number)."""

    def failed(self, staff_id: str, verifier: str, at: datetime) -> int:
        """Count one more; how many in a row that makes."""

    def succeeded(self, staff_id: str) -> None:
        """Forget the failures."""

    def unlock(self) -> tuple[str, ...]:
        """Forget the failures of everybody who is locked out; their numbers."""


class Desk(Protocol):
    """Where a person signs on."""

    def sign_on(self, operator: Operator | None) -> None:
        """From now on this person is responsible; None: nobody."""


class LoginView(Protocol):
    """The screen."""

    def render(self, state: LoginState) -> None:
        """Show a state."""
