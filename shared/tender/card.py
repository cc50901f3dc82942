"""A payment at a card terminal, from the question to the receipt that holds it.

The states and what leads from one to the next:

    asked ──completed──▶ approved ──settled──▶ resolved
      │  ──refused────▶ declined ──settled──▶ resolved
      └─lost─▶ unknown ──judged, decided──▶ approved | declined | unknown

Money counts in `approved` and never before: an attempt that nobody knows the end of is neither paid nor free to be
asked again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from shared.errors import DomainError


class AttemptKind(StrEnum):
    """What a terminal is asked for. A reversal undoes a payment of the terminal's open day."""

    PAYMENT = "payment"
    REFUND = "refund"
    REVERSAL = "reversal"


class AttemptState(StrEnum):
    """Where an attempt stands."""

    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    UNKNOWN = "unknown"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class TerminalPayment:
    """The last thing that a terminal says it did: `trace` is the number that it counts its payments with, `amount` in
    minor units. None where it does not say.
    """

    approved: bool
    amount: int | None
    trace: int | None


@dataclass(frozen=True, slots=True)
class CardAttempt:
    """`amount` minor units of `currency` were asked for, always positive. `before` is the trace number of the last
    payment that the terminal knew when it was asked, None if it told of none. `completed_amount` is what it took or
    gave.
    """

    kind: AttemptKind
    amount: int
    currency: str
    before: int | None
    state: AttemptState = AttemptState.ASKED
    completed_amount: int = 0

    @property
    def counted(self) -> int:
        """What a receipt may count: minor units that came in (positive) or went out (negative)."""
        sign = 1 if self.kind is AttemptKind.PAYMENT else -1
        return sign * self.completed_amount

    @property
    def is_open(self) -> bool:
        """Whether nobody knows yet how it ended."""
        return self.state in {AttemptState.ASKED, AttemptState.UNKNOWN}

    def completed(self, amount: int | None = None) -> CardAttempt:
        """The terminal completed it, perhaps with another amount than it was asked for (a tip)."""
        self._require(AttemptState.ASKED, AttemptState.UNKNOWN)
        taken = self.amount if amount is None else amount
        return replace(self, state=AttemptState.APPROVED, completed_amount=taken)

    def refused(self) -> CardAttempt:
        """It certainly moved no money."""
        self._require(AttemptState.ASKED, AttemptState.UNKNOWN)
        return replace(self, state=AttemptState.DECLINED)

    def lost(self) -> CardAttempt:
        """Nobody heard how it ended."""
        self._require(AttemptState.ASKED, AttemptState.UNKNOWN)
        return replace(self, state=AttemptState.UNKNOWN)

    def judged(self, last: TerminalPayment | None) -> CardAttempt:
        """What the terminal's last payment says about it; unknown as long as that could be read in two ways.

        The terminal must be idle: while it still works on the payment, its last one is the one before.
        """
        if self.state is not AttemptState.UNKNOWN:
            raise DomainError("card_attempt_settled", {"state": str(self.state)})
        if last is None or last.trace is None or self.before is None:
            # A terminal that tells of no payment may have none, or may not be able to tell: that is no evidence.
            return self
        if last.trace == self.before:
            return self.refused()
        if not last.approved:
            return self.refused() if last.amount in {None, self.amount} else self
        return self.completed(last.amount) if last.amount == self.amount else self

    def decided(self, *, paid: bool) -> CardAttempt:
        """A person looked at the terminal's own slip or list."""
        if self.state is not AttemptState.UNKNOWN:
            raise DomainError("card_attempt_settled", {"state": str(self.state)})
        return self.completed() if paid else self.refused()

    def settled(self) -> CardAttempt:
        """It is on a receipt, or nothing came of it."""
        self._require(AttemptState.APPROVED, AttemptState.DECLINED)
        return replace(self, state=AttemptState.RESOLVED)

    def _require(self, *states: AttemptState) -> None:
        if self.state not in states:
            raise DomainError("card_attempt_settled", {"state": str(self.state)})


def ask(kind: AttemptKind, amount: int, currency: str, before: int | None) -> CardAttempt:
    """An attempt that begins; `DomainError('card_amount_wrong')` unless more than nothing is asked for."""
    if not 0 < amount < 10**10:
        raise DomainError("card_amount_wrong", {"amount": amount})
    return CardAttempt(kind, amount, currency, before)
