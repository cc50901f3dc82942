"""PINs against their Argon2id verifiers."""

from __future__ import annotations

from collections.abc import Callable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shared.errors import EnvironmentProblem
from shared.wire.pins import KEYED, keyed_pin


class Argon2Pins:
    """Implements the log-in's `PinVerifier`. `load_key` reads the chain's secret for PINs, None if it never came."""

    def __init__(self, load_key: Callable[[], bytes | None]) -> None:
        self._load_key = load_key
        self._hasher = PasswordHasher()
        self._nobody = ""

    def matches(self, staff_id: str, verifier: str, pin: str) -> bool:
        """Whether the PIN is the one of this person that the verifier was made from.

        `EnvironmentProblem('pin_key_missing')` if that cannot be told: it is no wrong try.
        """
        bare = verifier.removeprefix(KEYED)
        if bare == verifier:
            return self._verify(verifier, pin)
        key = self._load_key()
        if key is None:
            raise EnvironmentProblem("pin_key_missing")
        return self._verify(bare, keyed_pin(key, staff_id, pin))

    def waste_time(self) -> None:
        """Take as long as a comparison."""
        if not self._nobody:
            self._nobody = self._hasher.hash("nobody")
        self._verify(self._nobody, "somebody")

    def _verify(self, verifier: str, secret: str) -> bool:
        try:
            return self._hasher.verify(verifier, secret)
        except (VerificationError, InvalidHashError):
            return False
