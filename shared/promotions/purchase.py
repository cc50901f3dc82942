"""From a journalled receipt to what refunds are worked out with, and from a refund to what a receipt says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from shared.basket import Line
from shared.errors import DomainError
from shared.money import currency as currency_of
from shared.promotions.engine import FRAME_STEPS
from shared.promotions.frozen import Frozen, frozen_from_body
from shared.promotions.returns import Paid, Purchase, Refund
from shared.promotions.terms import BasketLine, Context, Promotion
from shared.quantity import to_thousandths
from shared.receipt import PromotionUse, Receipt
from shared.tender import means_of

FindPromotions = Callable[[Mapping[str, int]], Sequence[Promotion] | None]
"""The promotions of these versions by id, in this order; None if one of them is not to be had."""


def frozen_of(receipt: Receipt) -> Frozen:
    """What the receipt says it was priced with; `DomainError('event_field_wrong')` if that is malformed, or if it is
    not what was sold, and for how it was paid.
    """
    frozen = frozen_from_body(receipt.pricing)
    sold = [
        (str(line.number), line.sku, to_thousandths(line.quantity), line.unit_price)
        for line in _sold(receipt)
    ]
    if sold != [(line.id, line.sku, line.quantity, line.price) for line in frozen.lines]:
        raise DomainError("event_field_wrong", {"field": "pricing.lines"})
    if frozen.context.currency != receipt.currency:
        raise DomainError("event_field_wrong", {"field": "pricing.currency"})
    paid = means_of(receipt.tenders)
    # Where nothing was left to pay, there is no tender: the means that was chosen stands in the pricing alone.
    if frozen.context.tenders and paid and tuple(sorted(frozen.context.tenders)) != paid:
        raise DomainError("event_field_wrong", {"field": "pricing.tenders"})
    return frozen


def purchase_of(receipt: Receipt, find: FindPromotions) -> Purchase:
    """The purchase of a receipt. Where nobody can price it again, each piece keeps its part of what was given: then as
    much goes back for it as was paid.
    """
    if receipt.pricing:
        try:
            frozen = frozen_of(receipt)
        except DomainError:
            return _unpriced(receipt)
        promotions = find(frozen.versions)
        if promotions is not None:
            paid = {str(line.number): Paid(line.gross, _by_hand(line)) for line in _sold(receipt)}
            return Purchase(frozen, tuple(promotions), paid)
    return _unpriced(receipt)


def taken_back(purchase: Purchase, refund: Refund, customer: str) -> tuple[PromotionUse, ...]:
    """What a refund takes back of the uses of promotions: the amounts, and a use once nothing of it is left."""
    now = {promotion: times for promotion, times, _ in refund.kept.uses()}
    found = []
    for promotion, (times, amount) in sorted(refund.uses.items()):
        left = now.get(promotion, 0)
        had = left + times
        applications = -had if had and not left else left if left and not had else 0
        if applications or amount:
            version = purchase.frozen.versions[promotion]
            found.append(PromotionUse(promotion, version, applications, -amount, customer))
    return tuple(found)


def _sold(receipt: Receipt) -> list[Line]:
    return [line for line in receipt.lines if not line.is_return and line.is_goods]


def _by_hand(line: Line) -> int:
    return line.discount - sum(given.amount for given in line.discounts)


def _unpriced(receipt: Receipt) -> Purchase:
    """All that was taken off counts as given by hand: every piece has its part of it."""
    sold = _sold(receipt)
    exponent = currency_of(receipt.currency).exponent
    context = Context(
        at=receipt.finished_at,
        currency=receipt.currency,
        exponent=exponent,
        store=receipt.store_id,
        explain="none",
    )
    lines = tuple(
        BasketLine(
            id=str(line.number),
            sku=line.sku,
            quantity=to_thousandths(line.quantity),
            price=line.unit_price,
            tax=f"{line.vat_rate.normalize():f}",
        )
        for line in sold
    )
    paid = {str(line.number): Paid(line.gross, line.discount) for line in sold}
    return Purchase(Frozen(context, lines, {}, FRAME_STEPS), (), paid)
