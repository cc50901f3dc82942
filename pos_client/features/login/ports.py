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


class PinVerifier(Protocol):
    """Compares a PIN with its Argon2id verifier; takes its time on purpose."""

    def matches(self, verifier: str, pin: str) -> bool:
        """Whether the PIN is the one the verifier was made from."""

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

    def of(self, staff_id: str) -> FailedLogins | None:
        """The failures since the last success."""

    def failed(self, staff_id: str, at: datetime) -> int:
        """Count one more; how many in a row that makes."""

    def succeeded(self, staff_id: str) -> None:
        """Forget the failures."""


class Desk(Protocol):
    """Where a person signs on."""

    def sign_on(self, operator: Operator | None) -> None:
        """From now on this person is responsible; None: nobody."""


class LoginView(Protocol):
    """The screen."""

    def render(self, state: LoginState) -> None:
        """Show a state."""
