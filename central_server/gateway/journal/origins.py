"""Receipts that goods come back from: found by their printed number, in the journal or among those booked together,
and what the goods that stay earn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from central_server.features.promotions.versions import read_versions
from central_server.features.sales import repository as sales
from central_server.gateway.journal import repository
from central_server.platform.unit_of_work import ReadUnit
from shared.errors import DomainError
from shared.journal import parse_body, receipt_from_body
from shared.loyalty import Award, Benefits, VoucherAward, benefits_of
from shared.promotions import Promotion, price_again
from shared.promotions.purchase import purchase_of
from shared.receipt import Receipt

_MOST_DIGITS = 9


class Origins:
    """Finds receipts. `known` are those that are booked together, by printed number."""

    def __init__(self, unit: ReadUnit, known: Mapping[str, Receipt]) -> None:
        self._unit = unit
        self.known = known
        self._priced: dict[tuple[UUID, tuple[tuple[str, int], ...]], Benefits] = {}

    def find(self, number: str) -> Receipt | None:
        """The receipt with a full number such as `DE01-T1-1-42`; None if it is not booked or no number."""
        if number in self.known:
            return self.known[number]
        till, _, rest = number.rpartition("-")[0].rpartition("-")
        last = number.rpartition("-")[2]
        if not (
            rest.isdecimal() and last.isdecimal() and max(len(rest), len(last)) <= _MOST_DIGITS
        ):
            return None
        row = sales.receipt_by_number(self._unit.connection, till, int(rest), int(last))
        return self.stored(row["event_id"]) if row is not None else None

    def stored(self, event_id: UUID) -> Receipt | None:
        """The receipt in an event of the journal; None if there is none that can be read."""
        event = repository.one_event(self._unit.connection, event_id)
        if event is None:
            return None
        try:
            return receipt_from_body(event.event_id, parse_body(event.body))
        except DomainError:
            return None

    def promotions(
        self, versions: Mapping[str, int], currency: str
    ) -> tuple[Promotion, ...] | None:
        """The promotions of these versions; None if one was never published here."""
        found = read_versions(self._unit, versions.items(), currency)
        if any(key not in found for key in versions.items()):
            return None
        return tuple(found[key] for key in versions.items())

    def kept_awards(self, bought: Receipt, returned: Mapping[str, int]) -> tuple[Award, ...]:
        """What the goods of a receipt earn that are left once `returned` thousandths of its lines came back."""
        return self._kept(bought, returned).awards

    def kept_vouchers(
        self, bought: Receipt, returned: Mapping[str, int]
    ) -> tuple[VoucherAward, ...]:
        """The vouchers that these goods earn."""
        return self._kept(bought, returned).vouchers

    def _kept(self, bought: Receipt, returned: Mapping[str, int]) -> Benefits:
        key = bought.event_id, tuple(sorted(returned.items()))
        if key not in self._priced:
            self._priced[key] = self._price_kept(bought, returned)
        return self._priced[key]

    def _price_kept(self, bought: Receipt, returned: Mapping[str, int]) -> Benefits:
        purchase = purchase_of(bought, lambda found: self.promotions(found, bought.currency))
        left = [
            replace(line, quantity=line.quantity - returned.get(line.id, 0))
            for line in purchase.frozen.lines
        ]
        kept = [line for line in left if line.quantity > 0]
        if not kept:
            return Benefits()
        return benefits_of(price_again(purchase.frozen, purchase.promotions, kept))


def by_number(receipts: Iterable[Receipt]) -> dict[str, Receipt]:
    """Receipts by their full number."""
    return {str(receipt.receipt_id): receipt for receipt in receipts}
