"""What gift cards and purses must be worth, told from the receipts alone: no line of the centre's code is asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from shared.loyalty import Purse
from shared.receipt import Receipt
from shared.tender import TenderKind
from tests.simulation.centre import CARD_OF, CARD_WORTH, CUSTOMERS, GRANTED, POINTS_PROMOTION

CENTS_A_POINT = 100
CURRENCY = "EUR"
"""That of the cards and purses."""
_OWNER = {card: customer for customer, card in CARD_OF.items()}


@dataclass
class Model:
    """Cents left on each gift card, and what is left in each purse of each customer: points, or cents."""

    cards: dict[str, int]
    purses: dict[tuple[Purse, str], int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Everything in cents, points as what they buy."""
        return sum(self.cards.values()) + sum(self.purses.values())


def worth_after(receipts: Iterable[Receipt], card_numbers: tuple[str, ...]) -> Model:
    """What is left after these receipts, in whatever order they were booked, if nothing was ever short."""
    model = Model(dict(zip(card_numbers, CARD_WORTH, strict=True)))
    for customer in CUSTOMERS:
        for purse, granted in GRANTED.items():
            model.purses[purse, customer] = granted
    receipts = list(receipts)
    for receipt in receipts:
        for line in receipt.lines:
            if line.value is not None:
                model.cards[line.value.number] += line.gross
        for tender in receipt.tenders if receipt.currency == CURRENCY else ():
            if tender.kind is TenderKind.GIFT_CARD:
                model.cards[tender.instrument] -= tender.amount
            elif tender.kind in (TenderKind.POINTS, TenderKind.WALLET):
                customer = _OWNER.get(tender.instrument, tender.instrument)
                model.purses[Purse(tender.kind.value), customer] -= tender.amount
    for customer, points in _earned(receipts).items():
        model.purses[Purse.POINTS, customer] += points
    return model


def taken_in_other_currencies(receipts: Iterable[Receipt]) -> int:
    """What tills of other currencies took from gift cards without asking: nothing of it can come from a card."""
    return sum(
        tender.amount
        for receipt in receipts
        for tender in receipt.tenders
        if receipt.currency != CURRENCY and tender.kind is TenderKind.GIFT_CARD
    )


def _earned(receipts: list[Receipt]) -> Mapping[str, int]:
    """Points of each customer: one for each whole unit of money of each receipt that is not brought back."""
    back: dict[str, Counter[int]] = defaultdict(Counter)
    for receipt in receipts:
        for line in receipt.lines:
            if line.origin is not None:
                back[line.origin.receipt][line.origin.line] -= int(line.quantity)
    points: Counter[str] = Counter()
    for receipt in receipts:
        versions = receipt.pricing.get("versions", {})
        if not receipt.customer or POINTS_PROMOTION["id"] not in versions:
            continue
        returned = back[str(receipt.receipt_id)]
        kept = sum(
            line.unit_price * max(0, int(line.quantity) - returned[line.number])
            for line in receipt.lines
            if line.quantity > 0 and line.is_goods
        )
        points[receipt.customer] += kept // CENTS_A_POINT
    return points
