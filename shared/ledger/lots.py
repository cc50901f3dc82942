"""Lots: what was credited at once and expires at once. A spend takes from the lot that expires next, and what is given
back of it returns the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.errors import DomainError
from shared.ledger.transfers import LotTerms


@dataclass(frozen=True, slots=True)
class Lot:
    """`remaining` of what the journal `source` credited. Numbers rise in the order in which lots were made."""

    number: int
    source: UUID
    remaining: int
    terms: LotTerms

    def is_spendable(self, on: date) -> bool:
        """Whether it may be spent on a day: it has vested, and its last day is not over."""
        vested = self.terms.vests_on is None or self.terms.vests_on <= on
        return vested and not self.is_over(on)

    def is_over(self, on: date) -> bool:
        """Whether its last day is over."""
        return self.terms.expires_on is not None and self.terms.expires_on < on


def spendable(lots: Iterable[Lot], on: date) -> int:
    """What may be spent of these lots on a day."""
    return sum(lot.remaining for lot in lots if lot.is_spendable(on))


def take(
    lots: Iterable[Lot],
    amount: int,
    on: date,
    *,
    first: UUID | None = None,
    was_held: bool = False,
) -> tuple[tuple[int, int], ...]:
    """How much of each lot (by number) a debit of `amount` takes: oldest expiry first, then oldest.

    The lots of the journal `first` come before all others, vested or not: what was given for goods that come back is
    taken back from itself. An amount that `was_held` in time is taken although its lots expired meanwhile.
    `DomainError('ledger_lots_short')` if the lots do not have it.
    """
    own = [lot for lot in lots if lot.source == first or lot.is_spendable(on) or was_held]
    own.sort(key=lambda lot: (lot.source != first, lot.terms.expires_on or date.max, lot.number))
    taken = []
    missing = amount
    for lot in own:
        part = min(missing, lot.remaining)
        if part:
            taken.append((lot.number, part))
            missing -= part
    if missing:
        raise DomainError("ledger_lots_short", {"free": amount - missing, "amount": amount})
    return tuple(taken)


def parts_back(
    taken: Iterable[tuple[int, LotTerms]], before: int, amount: int
) -> tuple[tuple[int, LotTerms], ...]:
    """On which terms `amount` of what a spend took comes back, once `before` of it came back: last taken first.

    `taken` are the parts of the lots it took from, in the order in which it took them. Because the order is always the
    same, no lot ever gets more than was taken from it, however many turns it comes back in. What the spend did not take
    does not come back.
    """
    back = []
    skipped, missing = before, amount
    for part, terms in reversed(tuple(taken)):
        left = max(part - skipped, 0)
        skipped = max(skipped - part, 0)
        if given := min(left, missing):
            back.append((given, terms))
            missing -= given
    return tuple(back)
