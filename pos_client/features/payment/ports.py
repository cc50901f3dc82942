"""What paying needs besides the till's own ports."""

from __future__ import annotations

from typing import Protocol

from pos_client.features.payment.state import PaymentState
from shared.basket import Basket
from shared.loyalty import Lost
from shared.tender import Tender


class PaymentView(Protocol):
    """The screen."""

    def render(self, state: PaymentState) -> None:
        """Show a state."""


class PaidBy(Protocol):
    """Knows earlier receipts."""

    def __call__(self, basket: Basket) -> tuple[Tender, ...]:
        """By what the goods were paid that come back with this receipt; nothing where that is not known."""


class TakenBack(Protocol):
    """Knows what earlier receipts earned."""

    def __call__(self, basket: Basket) -> Lost:
        """What the goods that come back take with them of points, purses and vouchers, and what is owed of it."""


class Upload(Protocol):
    """The way to the centre."""

    def nudge(self) -> None:
        """Something waits to be sent. Never waits, never fails."""
