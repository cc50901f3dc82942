"""Receipts as purchases that goods come back from, with what has come back so far. Needs no network.

This till's own stand in its journal; those of others, and what came back there, are known as the centre said last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pos_client.ports import Bought
from pos_client.storage.foreign_purchases import ForeignPurchases
from pos_client.storage.journal import Journal
from pos_client.storage.receipt_archive import ReceiptArchive
from pos_client.storage.reference import Reference
from shared.basket import Basket
from shared.errors import DomainError, EnvironmentProblem
from shared.journal import ChainedEvent, parse_body, receipt_from_body
from shared.loyalty import StillThere
from shared.promotions import Promotion
from shared.promotions.purchase import purchase_of
from shared.promotions.returns import Purchase
from shared.quantity import to_thousandths
from shared.receipt import Receipt
from shared.tender import Tender

_RETURNS = frozenset(("sale.completed", "return.completed"))
_MOST_KEPT = 20


@dataclass(slots=True)
class _Known:
    receipt: Receipt
    purchase: Purchase
    seen: int
    before: dict[str, int] = field(default_factory=dict)
    refunded: int = 0


class PurchaseBook:
    """Answers for one till; reads of its journal what lies behind the purchase, each event once."""

    def __init__(self, journal: Journal, archive: ReceiptArchive, reference: Reference) -> None:
        self._journal = journal
        self._archive = archive
        self._reference = reference
        self._elsewhere = ForeignPurchases(journal.file)
        self._known: dict[str, _Known] = {}

    def bought(self, number: str) -> Bought:
        """The purchase with this printed or full number.

        `DomainError('receipt_unknown')` if neither this till nor what the centre said has one; `('receipt_not_sold')`
        if nothing was sold with it.
        """
        known = self._known.get(number) or self._find(number)
        self._read_on(known)
        before, refunded = dict(known.before), known.refunded
        answer = self._elsewhere.get(str(known.receipt.receipt_id))
        goods = {line.number for line in known.receipt.lines if line.is_goods}
        for each in answer.returned if answer is not None else ():
            before[str(each.line)] = before.get(str(each.line), 0) + each.quantity
            refunded += each.gross if each.line in goods else 0
        there = tuple(
            StillThere(each.purse, each.own, each.free, each.promotion)
            for each in (answer.still_there if answer is not None else ())
        )
        return Bought(known.receipt, known.purchase, before, refunded, there)

    def paid_by(self, basket: Basket) -> tuple[Tender, ...]:
        """By what the goods were paid that come back with this receipt, from the receipts that this till knows."""
        origins = (line.origin for line in basket.lines.values() if line.origin is not None)
        tenders: list[Tender] = []
        for number in dict.fromkeys(origin.receipt for origin in origins):
            try:
                tenders += self.bought(number).receipt.tenders
            except DomainError:
                continue
        return tuple(tenders)

    def _find(self, number: str) -> _Known:
        try:
            event = self._archive.event(number)
        except DomainError:
            answer = self._elsewhere.get(number)
            if answer is None or not answer.body:
                raise
            receipt = receipt_from_body(answer.event_id, parse_body(answer.body.encode("utf-8")))
            if str(receipt.receipt_id) != number:
                raise
            # What came back here may stand anywhere in this till's journal.
            return self._read_purchase(receipt, answer.type, 0)
        receipt = _read(event)
        known = self._known.get(str(receipt.receipt_id))
        return known or self._read_purchase(receipt, event.type, event.seq)

    def _read_purchase(self, receipt: Receipt, event_type: str, seq: int) -> _Known:
        if event_type != "sale.completed" or all(line.is_return for line in receipt.lines):
            number = receipt.receipt_id.printed_number
            raise DomainError("receipt_not_sold", {"number": number})
        purchase = purchase_of(receipt, lambda versions: self._promotions(versions, receipt))
        known = _Known(receipt, purchase, seq)
        if len(self._known) >= _MOST_KEPT:
            self._known.clear()
        self._known[str(receipt.receipt_id)] = known
        return known

    def _promotions(
        self, versions: Mapping[str, int], receipt: Receipt
    ) -> tuple[Promotion, ...] | None:
        found = []
        for promotion_id, version in versions.items():
            try:
                published = self._reference.promotion_version(promotion_id, version)
            except EnvironmentProblem:
                return None
            if published is None or published.currency != receipt.currency:
                return None
            found.append(published.promotion)
        return tuple(found)

    def _read_on(self, known: _Known) -> None:
        number = str(known.receipt.receipt_id)
        mark = number.encode("utf-8")
        for event in self._journal.events_after(known.seen):
            known.seen = event.seq
            if (
                event.type not in _RETURNS
                or mark not in event.body
                or b'"origin"' not in event.body
            ):
                continue
            for line in _read(event).lines:
                if line.origin is not None and line.origin.receipt == number:
                    key = str(line.origin.line)
                    quantity = known.before.get(key, 0) - to_thousandths(line.quantity)
                    known.before[key] = quantity
                    known.refunded -= line.gross if line.is_goods else 0


def _read(event: ChainedEvent) -> Receipt:
    return receipt_from_body(event.event_id, parse_body(event.body))
