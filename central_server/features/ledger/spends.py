"""What receipts were paid with from accounts with lots, so that what comes back of it does so on the terms of the lots
that it was taken from.

A journal that gives something back says by `reversal_of` which one it undoes, in part or in full.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from central_server.features.ledger import spend_repository as repository
from central_server.platform.unit_of_work import ReadUnit
from shared.ledger import AccountKind, LotTerms, parts_back


@dataclass(frozen=True, slots=True)
class Spend:
    """What the journal `journal_id` took from lots of `owner_id`, in the order in which it took it, and the `money` in
    minor units that it paid with that; `lots_back` and `money_back` are what came back so far.
    """

    journal_id: UUID
    owner_id: str
    lots: tuple[tuple[int, LotTerms], ...]
    money: int
    lots_back: int
    money_back: int

    @property
    def left(self) -> int:
        """How much of the money did not come back yet."""
        return self.money - self.money_back

    def back(self, money: int) -> tuple[tuple[int, LotTerms], ...]:
        """What of the lots comes back with `money`, which is at most `left`: of points as many as they had cost,
        rounded for the house until the last cent brings all of them.
        """
        taken = sum(part for part, _ in self.lots)
        due = taken * (self.money_back + money) // self.money - self.lots_back
        return parts_back(self.lots, self.lots_back, due)


def spends_of(
    unit: ReadUnit, journal_ids: Sequence[UUID], kind: AccountKind, currency_unit: str, code: str
) -> list[Spend]:
    """The spends of these journals from accounts of a kind in a unit, in this order, which paid under the word `code`.
    Whose accounts they are is locked by who asks, so that nothing else comes back meanwhile.
    """
    if not journal_ids:
        return []
    connection = unit.connection
    lots: dict[UUID, list[tuple[int, LotTerms]]] = {}
    owners: dict[UUID, str] = {}
    for row in repository.uses_of(connection, journal_ids, kind):
        if row.unit == currency_unit:
            terms = LotTerms(row.vests_on, row.expires_on)
            lots.setdefault(row.journal_id, []).append((row.amount, terms))
            owners[row.journal_id] = row.owner_id
    if not lots:
        return []
    money = repository.paid_by(connection, lots, code)
    lots_back = repository.lots_back(connection, lots)
    money_back = repository.money_back(connection, lots)
    return [
        Spend(
            number,
            owners[number],
            tuple(lots[number]),
            money[number],
            lots_back.get(number, 0),
            money_back.get(number, 0),
        )
        for number in journal_ids
        if money.get(number)
    ]
