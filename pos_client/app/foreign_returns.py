"""Goods come back: what the centre knows of their receipt, where it can be asked."""

from __future__ import annotations

from pos_client.app.composition import Till
from pos_client.app.gift_cards import line_to_centre
from pos_client.storage.foreign_purchases import ForeignPurchases
from pos_client.sync.ports import Asking, CentreRefusedError
from shared.errors import DomainError, EnvironmentProblem
from shared.wire.authorisations import BalanceAnswer, BalanceRequest
from shared.wire.purchases import PurchaseAnswer


class ForeignReturns:
    """Asks for one till; without a `transport` over a connection of its own."""

    def __init__(self, till: Till, transport: Asking | None) -> None:
        self._till = till
        self._transport = transport
        self._known = ForeignPurchases(till.journal.file)

    def connect(self) -> None:
        """Make the connection ready. To be called in the till's lane, before anything is asked."""
        if self._transport is None:
            self._transport = line_to_centre(self._till, self._till.journal.file)

    def ask(self, number: str) -> PurchaseAnswer:
        """What the centre says of the receipt with this full number. Waits for the network: not for the till's lane.

        `DomainError('receipt_unknown')` and what else the centre refuses; `EnvironmentProblem` if it is not reached.
        """
        if self._transport is None:
            raise EnvironmentProblem("centre_unreachable", {"detail": "connect"})
        try:
            return self._transport.purchase(number)
        except CentreRefusedError as refusal:
            raise DomainError(refusal.code, refusal.params) from refusal

    def value(self, kind: str, number: str) -> BalanceAnswer:
        """What a gift card or voucher has that is to come back. Waits for the network; raises as `ask`."""
        if self._transport is None:
            raise EnvironmentProblem("centre_unreachable", {"detail": "connect"})
        asked = BalanceRequest(kind=kind, instrument=number)  # type: ignore[arg-type]
        try:
            return self._transport.balance(asked)
        except CentreRefusedError as refusal:
            raise DomainError(refusal.code, {"number": number, **refusal.params}) from refusal

    def learn(self, number: str, answer: PurchaseAnswer) -> None:
        """Keep an answer: from now on goods of that receipt can come back here. To be called in the till's lane."""
        self._known.put(number, answer, self._till.clock.now())
