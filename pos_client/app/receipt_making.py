"""What is worked out when an open receipt ends: its kind, the prices set by hand, what is held of cards for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from pos_client.ports import Facts
from shared.basket import Basket, Line, PriceSource
from shared.receipt import Receipt, RecordedMode
from shared.tender import AUTHORISED, Tender


def receipt_kind(receipt: Receipt) -> str:
    """The event type that a receipt is journalled as."""
    if receipt.mode is RecordedMode.TRAINING:
        return "training.completed"
    return "return.completed" if receipt.is_return else "sale.completed"


def override_facts(basket: Basket, voided: Sequence[Line]) -> Facts | None:
    """Every line whose price a person set, voided ones too; None if there is none."""
    lines = [*((line, False) for line in basket.lines.values())]
    lines += [(line, True) for line in voided]
    manual = [
        {
            "number": line.number,
            "sku": line.sku,
            "list_price": line.list_price,
            "unit_price": line.unit_price,
            "reason": line.reason,
            "voided": is_voided,
        }
        for line, is_voided in lines
        if line.price_source is PriceSource.MANUAL
    ]
    return {"basket_id": str(basket.basket_id), "lines": manual} if manual else None


def held_for(tenders: Iterable[Tender]) -> tuple[UUID, ...]:
    """Under which ids the centre holds something of cards, purses and vouchers for these."""
    held = (tender for tender in tenders if tender.kind in AUTHORISED)
    return tuple(tender.authorisation for tender in held if tender.authorisation)
