"""The card terminal between payments: how it is, testing its line to the network, closing its day.

Payments have a desk of their own. Both never speak to the terminal at once on purpose; should they meet all the same,
the terminal is busy for the second, and a payment that may have been heard is asked for as ever.
"""

from __future__ import annotations

from collections.abc import Callable

from pos_client.devices.terminal.port import DayTotals, PaymentTerminal
from shared.errors import DomainError


class TerminalCare:
    """`busy` says whether a payment is under way. Its methods wait for the terminal and raise as the terminal's port;
    `DomainError('card_desk_busy')` while a payment is under way.
    """

    def __init__(self, terminal: PaymentTerminal, busy: Callable[[], bool]) -> None:
        self._terminal = terminal
        self._busy = busy

    def look(self) -> bool:
        """Whether it is ready."""
        self._refuse_busy()
        return self._terminal.state().ready

    def diagnose(self) -> tuple[str, ...]:
        """Log on, and let it test its line to the network provider; what it has to say."""
        self._refuse_busy()
        self._terminal.register()
        return self._terminal.diagnose()

    def end_of_day(self) -> DayTotals:
        """Close its day."""
        self._refuse_busy()
        self._terminal.register()
        return self._terminal.end_of_day()

    def _refuse_busy(self) -> None:
        if self._busy():
            raise DomainError("card_desk_busy")
