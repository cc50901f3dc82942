"""Journals of imagined tills: receipts with given lines, chained and batched as a till would send them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from shared.basket import Basket, Line
from shared.fiscal import FiscalResult
from shared.identity import local_time, uuid7
from shared.journal import (
    ChainedEvent,
    canonical_bytes,
    first_prev_hash,
    link,
    receipt_to_body,
)
from shared.receipt import Receipt, ReceiptId, RecordedMode
from shared.tender import Tender, TenderKind
from shared.wire.batches import journal_batch
from shared.wire.models import JournalBatch

START = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@dataclass
class ImaginedTill:
    """A till that only makes events: deterministic by its `seed`, which also makes two of one identity differ."""

    till_id: str = "DE01-T1"
    store_id: str = "DE01"
    currency: str = "EUR"
    market: str = "DE"
    incarnation: int = 1
    seed: int = 0
    events: list[ChainedEvent] = field(default_factory=list)
    number: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(f"{self.till_id} {self.seed}")

    def sell(
        self, *lines: tuple[str, str, int], rate: str = "19", **changes: object
    ) -> ChainedEvent:
        """Journal a receipt of `(sku, quantity, unit price)`; `changes` replace fields of its body."""
        self.number += 1
        receipt = self.receipt(lines or (("A-1", "1", 1999),), Decimal(rate))
        body = {**receipt_to_body(receipt), **changes}
        kind = "return.completed" if receipt.is_return else "sale.completed"
        return self.journal(kind, body, receipt.event_id)

    def receipt(self, lines: Sequence[tuple[str, str, int]], rate: Decimal) -> Receipt:
        """A receipt paid in cash to the cent, under the till's next number."""
        at = local_time(START + timedelta(minutes=len(self.events)), UTC)
        basket = Basket(self.new_id(), self.currency, at, "101")
        for sku, quantity, price in lines:
            line = Line(0, sku, sku, f"Artikel {sku}", Decimal(quantity), price, "standard", rate)
            basket = basket.add(line)
        totals = basket.totals()
        return Receipt(
            event_id=self.new_id(),
            basket_id=basket.basket_id,
            receipt_id=ReceiptId(self.till_id, self.incarnation, self.number),
            store_id=self.store_id,
            market=self.market,
            currency=self.currency,
            mode=RecordedMode.DEMO,
            operator_id="101",
            business_date=at.date(),
            started_at=at,
            finished_at=at,
            lines=tuple(basket.lines.values()),
            vat=totals.vat,
            tenders=(Tender(TenderKind.CASH, totals.gross),) if totals.gross else (),
            total=totals.gross,
            fiscal=FiscalResult("none"),
        )

    def journal(
        self,
        kind: str,
        body: Mapping[str, object] | bytes,
        event_id: UUID | None = None,
        version: int = 1,
    ) -> ChainedEvent:
        """Append any event to the chain."""
        previous = (
            self.events[-1].hash if self.events else first_prev_hash(self.till_id, self.incarnation)
        )
        event = link(
            till_id=self.till_id,
            incarnation=self.incarnation,
            seq=len(self.events) + 1,
            event_id=event_id or self.new_id(),
            event_type=kind,
            version=version,
            body=body if isinstance(body, bytes) else canonical_bytes(body),
            prev_hash=previous,
        )
        self.events.append(event)
        return event

    def batch(self, first: int = 1, last: int | None = None) -> JournalBatch:
        """The events from `first` to `last` (all) as the till sends them."""
        return journal_batch(self.events[first - 1 : last])

    def new_id(self) -> UUID:
        """A fresh id."""
        return uuid7(START + timedelta(seconds=len(self.events)), self.chance.randbytes(10))
