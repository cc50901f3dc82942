"""The four counters of an account with a floor, and what each phase of a transfer does to them."""

from __future__ import annotations

from dataclasses import dataclass

from shared.ledger.accounts import Floor
from shared.ledger.transfers import Phase


@dataclass(frozen=True, slots=True)
class Effect:
    """What a transfer adds on each of its sides: to what is posted, and to what is held."""

    posted: int
    pending: int


def effect(phase: Phase, amount: int, held: int = 0) -> Effect:
    """The effect of a transfer of `amount`; `held` is the amount of the pending one that it ends, 0 for all others.

    A post of a part frees the rest: what is held always goes back whole.
    """
    if phase is Phase.PENDING:
        return Effect(0, amount)
    return Effect(amount, -held)


@dataclass(frozen=True, slots=True)
class Counters:
    """Sums of an account's transfers in its unit, none below zero."""

    debits_posted: int = 0
    credits_posted: int = 0
    debits_pending: int = 0
    credits_pending: int = 0

    def debited(self, change: Effect) -> Counters:
        """The counters after a transfer that debits the account."""
        return Counters(
            self.debits_posted + change.posted,
            self.credits_posted,
            self.debits_pending + change.pending,
            self.credits_pending,
        )

    def credited(self, change: Effect) -> Counters:
        """The counters after a transfer that credits the account."""
        return Counters(
            self.debits_posted,
            self.credits_posted + change.posted,
            self.debits_pending,
            self.credits_pending + change.pending,
        )

    @property
    def held(self) -> int:
        """What is held on either side."""
        return self.debits_pending + self.credits_pending

    def balance(self, floor: Floor) -> int:
        """What was posted, positive on the side that the account normally has."""
        credit = self.credits_posted - self.debits_posted
        return -credit if floor is Floor.DEBIT else credit

    def free(self, floor: Floor) -> int:
        """What can still be taken from an account with a floor: its balance less what is held."""
        held = self.credits_pending if floor is Floor.DEBIT else self.debits_pending
        return self.balance(floor) - held

    def keeps(self, floor: Floor) -> bool:
        """Whether no counter is below zero and the floor holds."""
        counts = (
            self.debits_posted,
            self.credits_posted,
            self.debits_pending,
            self.credits_pending,
        )
        return min(counts) >= 0 and (floor is Floor.NONE or self.free(floor) >= 0)
