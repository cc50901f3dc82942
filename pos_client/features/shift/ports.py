"""What shifts need besides the till's own ports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from pos_client.features.shift.state import ShiftState
from pos_client.ports import CardSums, OpenShift


class Ledger(Protocol):
    """Sums over the journal."""

    def shift(self) -> OpenShift | None:
        """The running shift; None if none is open."""

    def card_sums(self) -> CardSums:
        """What receipts have on cards since the terminal's day was closed last."""

    def day_facts(self) -> Mapping[str, object]:
        """What `day.closed` states of everything since the day before was closed: counts, sums, numbers, the head of
        the chain.
        """


class ChainRules(Protocol):
    """What the chain decided."""

    def difference_limit(self) -> int:
        """Minor units by which a count may differ without a reason."""


class Outbox(Protocol):
    """What waits to be sent, and the second copy."""

    def unsent(self) -> int:
        """Events that the centre has not acknowledged."""

    def attach_second_copy(self) -> None:
        """Look for the second copy again, and complete it; `EnvironmentProblem` if it contradicts the journal."""


class TerminalDay(Protocol):
    """What a card terminal says when it closes its day."""

    @property
    def amount(self) -> int:
        """All its payments less its refunds, in minor units."""

    @property
    def currency(self) -> str:
        """Their currency."""

    @property
    def by_card(self) -> tuple[tuple[str, int, int], ...]:
        """Name, number and sum of each kind of card."""

    @property
    def receipt(self) -> tuple[str, ...]:
        """The rows that it wants on paper; nothing if it prints itself."""


class ShiftView(Protocol):
    """The screen."""

    def render(self, state: ShiftState) -> None:
        """Show a state."""
