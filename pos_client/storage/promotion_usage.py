"""How far limited promotions are used up and what a customer bought: what the centre has booked, plus the own events
that it has not booked yet. Without a network a till can so only overshoot a limit by what other tills used meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from pos_client.storage.journal import Journal
from pos_client.storage.reference import Reference
from shared.errors import DomainError
from shared.journal import parse_body, receipt_from_body
from shared.promotions import Customer, Usage
from shared.receipt import PromotionUse
from shared.wire.customer_payloads import CustomerRow
from shared.wire.promotion_payloads import PromotionUsage

_RECEIPTS = frozenset(("sale.completed", "return.completed"))


class _OwnReceipt(NamedTuple):
    """What one receipt of this till adds; `purchases` is 1 for a sale to the customer."""

    seq: int
    customer: str
    purchases: int
    promotions: tuple[PromotionUse, ...]


class UsageBook:
    """Answers for one till; reads its journal once, event by event."""

    def __init__(self, reference: Reference, journal: Journal) -> None:
        self._reference = reference
        self._journal = journal
        self._booked: dict[str, PromotionUsage] = {}
        self._base: dict[str, Usage] = {}
        self._own: list[_OwnReceipt] = []
        self._seen = 0
        self._floor = 0

    def usage(self, customer: CustomerRow | None = None) -> dict[str, Usage]:
        """By promotion id what was used so far, in all and by this customer, and the amount given in minor units.

        Promotions that nobody has used, or that have no limit, may be missing.
        """
        through, known_through = self._positions()
        booked = self._reference.promotion_usage()
        if booked is not self._booked:
            self._booked = booked
            self._base = {
                each.promotion_id: Usage(max(each.uses, 0), 0, max(each.amount, 0))
                for each in booked.values()
            }
        more: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        for promotion_id, uses in (customer.used if customer is not None else {}).items():
            more[promotion_id][1] += uses
        for own in self._own:
            for use in own.promotions:
                if own.seq > through:
                    more[use.promotion][0] += use.counts
                    more[use.promotion][2] += use.amount
                if own.seq > known_through and customer and use.customer == customer.number:
                    more[use.promotion][1] += use.counts
        found = dict(self._base)
        for promotion_id, (uses, by_customer, amount) in more.items():
            base = booked.get(promotion_id, PromotionUsage(promotion_id, 0, 0))
            found[promotion_id] = Usage(
                max(base.uses + uses, 0), max(by_customer, 0), max(base.amount + amount, 0)
            )
        return found

    def facts(self, customer: CustomerRow) -> Customer:
        """What promotions are priced with; purchases here that are not booked yet count."""
        _, through = self._positions()
        here = sum(
            own.purchases
            for own in self._own
            if own.seq > through and own.customer == customer.number
        )
        return customer.facts(here)

    def _positions(self) -> tuple[int, int]:
        """How far the usage of promotions and the customers go, with the own receipts beyond at hand."""
        head = self._journal.head.seq
        # A position beyond the own journal is that of the incarnation before, whose reference file is still in use.
        usage, customers = (
            through if through <= head else 0
            for through in (
                self._reference.usage_processed_through(),
                self._reference.customers_processed_through(),
            )
        )
        floor = min(usage, customers)
        if floor < self._floor:  # another reference file, with older positions
            self._seen, self._own = floor, []
        self._floor = floor
        self._seen = max(self._seen, floor)
        self._own = [own for own in self._own if own.seq > floor]
        self._own += self._read_on()
        return usage, customers

    def _read_on(self) -> Iterator[_OwnReceipt]:
        for event in self._journal.events_after(self._seen):
            self._seen = event.seq
            if event.type not in _RECEIPTS:
                continue
            try:
                receipt = receipt_from_body(event.event_id, parse_body(event.body))
            except DomainError:
                continue  # the centre puts it into its exceptions queue and counts nothing of it either
            if receipt.customer or receipt.promotions:
                bought = 1 if receipt.customer and receipt.is_purchase else 0
                yield _OwnReceipt(event.seq, receipt.customer, bought, receipt.promotions)
