"""What one purse has while a journal is made for it: giving, taking back, and the debt that stays when it was spent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from shared.ledger import AccountKey, Lot, LotTerms, Transfer, moved, spendable, take

AWARD = "award"
DEBT_SETTLED = "debt_settled"
TAKE_BACK = "take_back"
DEBT = "debt"


@dataclass(slots=True)
class Debt:
    """What a customer owes in one unit, on account `key`. All purses of that unit work it off."""

    key: AccountKey
    amount: int


class Holding:
    """The purse on account `key` with its `lots`, what of it is `held`, and the customer's debt in its unit.

    What it answers are transfers for one journal, in their order; no transfer takes more than is there, so no account
    goes below its floor.
    """

    def __init__(self, key: AccountKey, lots: Iterable[Lot], held: int, debt: Debt) -> None:
        self._key, self._debt = key, debt
        self._lots = list(lots)
        self._held = held

    @property
    def balance(self) -> int:
        """What is in the purse, whether or not it may be spent yet."""
        return sum(lot.remaining for lot in self._lots)

    def give(self, amount: int, source: AccountKey, terms: LotTerms) -> Iterator[Transfer]:
        """Give `amount` out of `source`: it works off the debt first, the rest goes into the purse."""
        settled = min(amount, self._debt.amount)
        self._debt.amount -= settled
        yield from moved(source, self._debt.key, settled, DEBT_SETTLED)
        if rest := amount - settled:
            yield Transfer(source, self._key, rest, AWARD, lot=terms)

    def take_back(
        self, amount: int, source: AccountKey, given_by: UUID, on: date
    ) -> Iterator[Transfer]:
        """Take back what the journal `given_by` gave, out of itself first; what was spent of it becomes a debt."""
        usable = [lot for lot in self._lots if lot.source == given_by or lot.is_spendable(on)]
        free = min(sum(lot.remaining for lot in usable), self.balance - self._held)
        taken = min(amount, max(free, 0))
        if taken:
            self._use(dict(take(self._lots, taken, on, first=given_by)))
            yield Transfer(self._key, source, taken, TAKE_BACK, taken_from=given_by)
        self._debt.amount += amount - taken
        yield from moved(self._debt.key, source, amount - taken, DEBT)

    def settle(self, on: date) -> Iterator[Transfer]:
        """Work off the debt with what may be spent."""
        free = spendable(self._lots, on) - self._held
        settled = min(max(free, 0), self._debt.amount)
        if settled:
            self._use(dict(take(self._lots, settled, on)))
            self._debt.amount -= settled
            yield Transfer(self._key, self._debt.key, settled, DEBT_SETTLED)

    def _use(self, parts: dict[int, int]) -> None:
        self._lots = [
            replace(lot, remaining=lot.remaining - parts.get(lot.number, 0)) for lot in self._lots
        ]
