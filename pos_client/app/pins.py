"""PINs against their Argon2id verifiers."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Argon2Pins:
    """Implements the log-in's `PinVerifier`."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._nobody = ""

    def matches(self, staff_id: str, verifier: str, pin: str) -> bool:  # noqa: ARG002 - keyed soon
        """Whether the PIN is the one the verifier was made from."""
        try:
            return self._hasher.verify(verifier, pin)
        except (VerificationError, InvalidHashError):
            return False

    def waste_time(self) -> None:
        """Take as long as a comparison."""
        if not self._nobody:
            self._nobody = self._hasher.hash("nobody")
        self.matches("", self._nobody, "somebody")
