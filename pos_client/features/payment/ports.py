"""What paying needs besides the till's own ports."""

from __future__ import annotations

from typing import Protocol

from pos_client.features.payment.state import PaymentState


class PaymentView(Protocol):
    """The screen."""

    def render(self, state: PaymentState) -> None:
        """Show a state."""


class Upload(Protocol):
    """The way to the centre."""

    def nudge(self) -> None:
        """Something waits to be sent. Never waits, never fails."""
