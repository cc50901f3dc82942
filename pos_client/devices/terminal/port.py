"""What the till needs of a payment terminal.

A method that moves money gives a `CardResult`. It raises only where certainly nothing happened: `EnvironmentProblem`s
`terminal_unreachable` and `terminal_busy`, `DomainError('terminal_refused')`. Whatever broke after the terminal may
have heard the command is `Ending.UNKNOWN`: ask with `last`, never charge again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Ending(StrEnum):
    """How a command ended. Only `APPROVED` moved money; of `UNKNOWN` nobody knows yet."""

    APPROVED = "approved"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CardResult:
    """What the terminal said. `amount` is in minor units of `currency` (ISO 4217 letters), None if it named none.

    `trace`, `receipt_number` and `terminal_id` name the payment at the terminal; `card` is the card number masked but
    for its last digits. `result` is the protocol's code, -1 if none came. `at` is month, day and time on the terminal's
    clock (`MMDDhhmmss`). The receipts are what the terminal wants printed, row by row.
    """

    ending: Ending
    amount: int | None = None
    currency: str = ""
    trace: int | None = None
    receipt_number: int | None = None
    terminal_id: str = ""
    card: str = ""
    card_name: str = ""
    authorisation: str = ""
    result: int = -1
    text: str = ""
    at: str = ""
    merchant_receipt: tuple[str, ...] = ()
    customer_receipt: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DayTotals:
    """The end of the terminal's day: all payments in minor units, and by kind of card (name, count, amount)."""

    amount: int
    currency: str
    first_receipt: int = 0
    last_receipt: int = 0
    by_card: tuple[tuple[str, int, int], ...] = ()
    receipt: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TerminalState:
    """`code` is the protocol's status (0: ready); `version` what the terminal says of its program."""

    code: int
    version: str = ""

    @property
    def ready(self) -> bool:
        """Whether it takes commands."""
        return self.code == 0


@dataclass(frozen=True, slots=True)
class Progress:
    """What the terminal does right now: the protocol's code and, where it sends one, its words for people."""

    code: int
    text: str = ""


Watch = Callable[[Progress], None]


class PaymentTerminal(Protocol):
    """A terminal. Every method but `abort` waits for it, a payment for as long as the customer takes."""

    def register(self) -> None:
        """Log on; to do once before anything else, and again after the terminal was off."""

    def pay(self, amount: int, currency: str, watch: Watch) -> CardResult:
        """Take this amount of minor units."""

    def refund(self, amount: int, currency: str, watch: Watch) -> CardResult:
        """Give this amount back to a card."""

    def reverse(self, receipt_number: int, watch: Watch) -> CardResult:
        """Undo a payment of the terminal's open day, by its number there."""

    def abort(self) -> None:
        """Ask for the end of what is under way; from any thread. How it ended, the running method says."""

    def last(self) -> CardResult | None:
        """The last payment that the terminal knows, None if it tells of none. It moves no money."""

    def state(self) -> TerminalState:
        """How it is."""

    def diagnose(self) -> tuple[str, ...]:
        """Let it test its line to the network provider; what it has to say. `terminal_failed` if that failed."""

    def end_of_day(self) -> DayTotals:
        """Close its day. `terminal_failed` if it could not; `terminal_lost` if nobody knows."""
