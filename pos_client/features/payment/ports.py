"""What paying needs besides the till's own ports."""

from __future__ import annotations

from typing import Protocol

from pos_client.features.payment.state import PaymentState
from shared.basket import Basket
from shared.tender import Tender


class PaymentView(Protocol):
    """The screen."""

    def render(self, state: PaymentState) -> None:
        """Show a state."""


class PaidBy(Protocol):
    """Knows earlier receipts."""

    def __call__(self, basket: Basket) -> tuple[Tender, ...]:
        """By what the goods were paid that come back with this receipt; nothing where that is not known."""


class Upload(Protocol):
    """The way to the centre."""

    def nudge(self) -> None:
        """Something waits to be sent. Never waits, never fails."""
