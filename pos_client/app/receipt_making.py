"""What is worked out when an open receipt ends: its kind, the prices set by hand, the codes of its vouchers, and what
is held of cards for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from pos_client.app.recorder import Recorder
from pos_client.ports import Facts, Moment
from pos_client.storage.journal import NewEvent
from shared.basket import Basket, Line, PriceSource
from shared.receipt import Receipt, RecordedMode
from shared.receipt.voucher_paper import facts_of
from shared.tender import AUTHORISED, Tender
from shared.vouchers import SignedFacts


def receipt_kind(receipt: Receipt) -> str:
    """The event type that a receipt is journalled as."""
    if receipt.mode is RecordedMode.TRAINING:
        return "training.completed"
    return "return.completed" if receipt.is_return else "sale.completed"


def with_codes(receipt: Receipt, sign: Callable[[SignedFacts], str]) -> Receipt:
    """The receipt with what is printed of the vouchers that promotions give with it, signed by this till."""
    if receipt.mode is RecordedMode.TRAINING:
        return receipt
    given = (replace(each, code=sign(facts_of(receipt, each))) for each in receipt.vouchers)
    return replace(receipt, vouchers=tuple(given))


def overrides(
    recorder: Recorder, basket: Basket, voided: Sequence[Line], moment: Moment
) -> list[NewEvent]:
    """One `price.overridden` for the whole receipt, if a price was set by hand; of voided lines too."""
    facts = _override_facts(basket, voided)
    return [recorder.event("price.overridden", facts, moment)] if facts else []


def _override_facts(basket: Basket, voided: Sequence[Line]) -> Facts | None:
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
