"""What letting a new till in needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from pos_client.features.joining.state import JoiningState
from shared.errors import DomainError, EnvironmentProblem


class Joiner(Protocol):
    """The way into a centre, step by step. Every step may be repeated after it failed."""

    def check(self, address: str, code: str) -> None:
        """Whether both look like what they should be: `DomainError('provision_code_malformed')`,
        `EnvironmentProblem('centre_url_invalid' | 'tls_required')`.
        """

    def make_key(self) -> None:
        """Make the key of this till, and keep it."""

    def join(self, address: str, code: str) -> str:
        """Ask to be let in; the name of the store. `DomainError` with the centre's code if it refuses."""

    def fetch(self, progress: Callable[[int], None]) -> None:
        """Fetch the first data, saying how many percent are there."""


class ProblemTexts(Protocol):
    """Sentences, and how errors are told."""

    def text(self, key: str, **values: str | int) -> str:
        """The sentence of a key with its values."""

    def error(self, problem: DomainError | EnvironmentProblem) -> tuple[str, str]:
        """What happened and why, and what to do next."""


class JoiningView(Protocol):
    """The screen."""

    def render(self, state: JoiningState) -> None:
        """Show a state."""
