"""What is worked out when an open receipt ends: the receipt, its kind, the prices set by hand, the codes of its
vouchers, and what is held for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from pos_client.app.recorder import UNSIGNED, Recorder
from pos_client.ports import Deal, Facts, Moment
from pos_client.storage.identity import TillIdentity
from pos_client.storage.journal import NewEvent
from shared.basket import Basket, BasketTotals, Line, PriceSource
from shared.coupons import used_of
from shared.fiscal import FiscalTransaction
from shared.promotions import frozen_to_body
from shared.receipt import Receipt, ReceiptId, RecordedMode
from shared.receipt.voucher_paper import facts_of
from shared.tender import AUTHORISED, Tender
from shared.vouchers import SignedFacts


@dataclass(frozen=True, slots=True)
class Sold:
    """What a receipt came to: what promotions took off, its sums, how it was paid, and the `version` of the reference
    data it was priced with.
    """

    deal: Deal
    totals: BasketTotals
    tenders: tuple[Tender, ...]
    version: str


def make_receipt(
    identity: TillIdentity,
    basket: Basket,
    sold: Sold,
    moment: Moment,
    event_id: UUID,
    operator_id: str,
    number: int,
) -> Receipt:
    """The receipt that a basket becomes at a moment, not signed yet."""
    deal = sold.deal
    using = [use.promotion for use in deal.uses if use.counts > 0]
    return Receipt(
        event_id=event_id,
        basket_id=basket.basket_id,
        receipt_id=ReceiptId(identity.till_id, identity.incarnation, number),
        store_id=identity.store.store_id,
        market=identity.store.market,
        currency=basket.currency,
        mode=RecordedMode.TRAINING if basket.training else RecordedMode(identity.mode),
        operator_id=operator_id,
        business_date=moment.business_date,
        started_at=min(basket.started_at, moment.at),
        finished_at=moment.at,
        lines=tuple(basket.lines.values()),
        vat=sold.totals.vat,
        tenders=sold.tenders,
        total=sold.totals.gross,
        fiscal=UNSIGNED,
        reference_version=sold.version,
        voided_lines=basket.voided,
        external_ref=basket.external_ref,
        note=basket.note,
        customer=basket.customer,
        promotions=deal.uses,
        pricing=frozen_to_body(deal.frozen) if deal.frozen else {},
        vouchers=deal.vouchers,
        owed=() if basket.training else deal.owed,
        codes=used_of(basket.coupons, using),
    )


def transaction_of(
    identity: TillIdentity, basket: Basket, totals: BasketTotals
) -> FiscalTransaction:
    """What the fiscal device hears of an open receipt."""
    return FiscalTransaction(
        basket_id=basket.basket_id,
        till_id=identity.till_id,
        market=identity.store.market,
        currency=basket.currency,
        kind="training" if basket.training else "sale",
        at=basket.started_at,
        total=totals.gross,
        vat=totals.vat,
    )


def taken_by(receipt: Receipt) -> tuple[UUID, ...]:
    """Under which ids the receipt takes what the centre keeps: value that pays, and codes that gave something."""
    paid = (tender.authorisation for tender in receipt.tenders if tender.authorisation)
    return (*paid, *(use.auth_id for use in receipt.codes))


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
