"""What the till needs of a customer display."""

from __future__ import annotations

from typing import Protocol

COLUMNS = 20


class CustomerDisplay(Protocol):
    """A display. Its methods raise `EnvironmentProblem('display_unreachable')`; nothing of a sale waits for them."""

    def show(self, upper: str, lower: str) -> None:
        """Show two rows; what is longer than a row is cut off."""

    def clear(self) -> None:
        """Show nothing."""

    def close(self) -> None:
        """Let the line go."""
