"""Books what receipts earn and what returns take back, in the transaction that books the receipt.

What a receipt earned is kept beside it, with what is left of that. Every return works out anew what the goods earn that
the customer still has, from everything that came back so far on whatever till; so the order of returns does not matter,
and a return that is booked before its sale counts when the sale comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Row

from central_server.features.ledger import service as ledger
from central_server.features.loyalty import repository, service
from central_server.platform.unit_of_work import UnitOfWork
from shared.ledger import Journal, Transfer
from shared.ledger.posting import journal_id_of
from shared.loyalty import (
    Award,
    Purse,
    PurseTerms,
    debt_key,
    purse_key,
    source_key,
    still_given,
)
from shared.quantity import to_thousandths
from shared.receipt import Receipt

AWARD_RULE = "loyalty"
RETURN_RULE = "loyalty.return"
_MOST_NUMBER = 40
Earned = Mapping[UUID, tuple[Award, ...]]
"""What sales earn, by event."""


class FindOrigins(Protocol):
    """Finds the receipts that goods come back from, and what their kept goods earn."""

    def find(self, number: str) -> Receipt | None:
        """The receipt with a full number."""

    def kept_awards(self, bought: Receipt, returned: Mapping[str, int]) -> tuple[Award, ...]:
        """What a receipt earns without `returned` thousandths of its lines."""


def book_loyalty(
    unit: UnitOfWork,
    receipts: Sequence[Receipt],
    earned: Earned,
    origins: FindOrigins,
    at: datetime,
) -> None:
    """Book these receipts in their order; each is handed in once."""
    back = {receipt.event_id: _brought_back(receipt) for receipt in receipts}
    concerned = {number for lines in back.values() for number in lines}
    earning = [each for each in receipts if _earner(each) and earned.get(each.event_id)]
    if not concerned and not earning:
        return
    rows = repository.awards(unit.connection, concerned)
    _lock(unit, earning, rows)
    booking = _Booking(unit, service.terms(unit), origins, at)
    for row in rows:
        booking.know(row)
    for receipt in receipts:
        booking.take_back(receipt, back[receipt.event_id])
        if _earner(receipt):
            booking.award(receipt, earned.get(receipt.event_id, ()))


def _earner(receipt: Receipt) -> str:
    """The number of the customer for whom a receipt counts; empty if nobody was known."""
    return receipt.customer[:_MOST_NUMBER]


def _brought_back(receipt: Receipt) -> dict[str, dict[int, int]]:
    """Thousandths by line, by number of the receipt that they were bought with."""
    found: dict[str, dict[int, int]] = {}
    for line in receipt.lines:
        if line.origin is not None and line.is_return and line.is_goods:
            lines = found.setdefault(line.origin.receipt[:60], {})
            number = line.origin.line
            lines[number] = lines.get(number, 0) - to_thousandths(line.quantity)
    return found


def _lock(unit: UnitOfWork, earning: Iterable[Receipt], rows: Iterable[Row[Any]]) -> None:
    """Lock all purses at once and in one order, so that two projections never wait for each other."""
    owners = {(_earner(each), each.currency) for each in earning}
    owners |= {(row.customer, row.currency) for row in rows}
    keys = {
        key(purse, *owner) for owner in owners for purse in Purse for key in (purse_key, debt_key)
    }
    ledger.lock_accounts(unit, keys)


@dataclass(slots=True)
class _Given:
    """What a promotion gave for a receipt, and what is left of it."""

    event_id: UUID
    customer: str
    currency: str
    store_id: str
    purse: Purse
    left: int


class _Booking:
    """Receipts booked one after another. Knows the awards of those that something came back of."""

    def __init__(
        self,
        unit: UnitOfWork,
        terms: Mapping[Purse, PurseTerms],
        origins: FindOrigins,
        at: datetime,
    ) -> None:
        self._unit, self._terms, self._origins, self._at = unit, terms, origins, at
        self._given: dict[str, dict[str, _Given]] = {}

    def know(self, row: Row[Any]) -> None:
        """An award of an earlier receipt."""
        self._given.setdefault(row.receipt, {})[row.promotion_id] = _Given(
            row.event_id,
            row.customer,
            row.currency,
            row.store_id,
            Purse(row.purse),
            row.left_amount,
        )

    def award(self, receipt: Receipt, awards: Sequence[Award]) -> None:
        """Give what a sale earns, as far as its goods did not come back already."""
        if not awards:
            return
        number = str(receipt.receipt_id)
        left = {award.promotion: award.amount for award in awards}
        returned = repository.returned(self._unit.connection, [number]).get(number)
        if returned:
            left = still_given(left, self._origins.kept_awards(receipt, returned))
        given = self._given.setdefault(number, {})
        purses = service.Purses(self._unit, receipt.business_date, self._at)
        transfers: list[Transfer] = []
        for award in awards:
            amount = left[award.promotion]
            given[award.promotion] = _Given(
                receipt.event_id,
                _earner(receipt),
                receipt.currency,
                receipt.store_id,
                award.purse,
                amount,
            )
            if amount:
                source = source_key(award.purse, receipt.store_id, receipt.currency)
                terms = self._terms[award.purse].lot(receipt.business_date)
                holding = purses.of(award.purse, _earner(receipt), receipt.currency)
                transfers += holding.give(amount, source, terms)
        rows = [
            {
                "event_id": receipt.event_id,
                "promotion_id": award.promotion,
                "receipt": number,
                "customer": _earner(receipt),
                "purse": award.purse.value,
                "currency": receipt.currency,
                "store_id": receipt.store_id,
                "amount": award.amount,
                "left_amount": left[award.promotion],
                "given_on": receipt.business_date,
            }
            for award in awards
        ]
        repository.add_awards(self._unit.connection, rows)
        self._post(receipt, AWARD_RULE, transfers)

    def take_back(self, receipt: Receipt, back: Mapping[str, Mapping[int, int]]) -> None:
        """Take back what was given for goods that a receipt brings."""
        if not back:
            return
        rows = [
            {
                "event_id": receipt.event_id,
                "receipt": number,
                "line": line,
                "thousandths": thousandths,
            }
            for number, lines in back.items()
            for line, thousandths in lines.items()
        ]
        repository.add_returns(self._unit.connection, rows)
        returned = repository.returned(self._unit.connection, back)
        purses = service.Purses(self._unit, receipt.business_date, self._at)
        transfers: list[Transfer] = []
        for number in back:
            for promotion, given, less in self._lost(number, returned[number]):
                given.left -= less
                repository.set_left(self._unit.connection, given.event_id, promotion, given.left)
                holding = purses.of(given.purse, given.customer, given.currency)
                source = source_key(given.purse, given.store_id, given.currency)
                by = journal_id_of(given.event_id, AWARD_RULE)
                transfers += holding.take_back(less, source, by, receipt.business_date)
        self._post(receipt, RETURN_RULE, transfers)

    def _lost(self, number: str, returned: Mapping[str, int]) -> Iterator[tuple[str, _Given, int]]:
        """The promotions whose award for a receipt is smaller now, and by how much."""
        given = self._given.get(number)
        bought = self._origins.find(number) if given else None
        if not given or bought is None:
            return
        left = {promotion: each.left for promotion, each in given.items()}
        if not any(left.values()):
            return
        now = still_given(left, self._origins.kept_awards(bought, returned))
        for promotion, amount in sorted(now.items()):
            if less := left[promotion] - amount:
                yield promotion, given[promotion], less

    def _post(self, receipt: Receipt, rule: str, transfers: Sequence[Transfer]) -> None:
        if not transfers:
            return
        journal = Journal(
            journal_id=journal_id_of(receipt.event_id, rule),
            rule=rule,
            business_date=receipt.business_date,
            transfers=tuple(transfers),
            source_event_id=receipt.event_id,
        )
        ledger.require_posted([ledger.post(self._unit, journal, self._at)])
