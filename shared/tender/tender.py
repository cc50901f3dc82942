"""The tenders of one receipt. Given amounts less change always equal the receipt's total."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from shared.errors import DomainError
from shared.tender.purpose import VoucherPurpose
from shared.tender.slip import TerminalSlip

MAX_TENDER = 10**11  # one billion in a currency with two decimals: a typing error, not a payment


class TenderKind(StrEnum):
    """Ways to pay that a till knows so far. `CARD` is paid at a terminal: the till asks it, or the cashier types the
    amount there and says here that it went through. `GIFT_CARD` is taken from a card's value at the centre, `POINTS` to
    `STORE_CREDIT` from a customer's purse there, `INVOICE` from what the customer may owe, `VOUCHER` from a voucher.
    `CHANGE` is cash handed back and is always negative or zero.
    """

    CASH = "cash"
    CARD = "card"
    GIFT_CARD = "gift_card"
    POINTS = "points"
    WALLET = "wallet"
    CASHBACK = "cashback"
    BONUS = "bonus"
    STORE_CREDIT = "store_credit"
    INVOICE = "invoice"
    VOUCHER = "voucher"
    CHANGE = "change"


MEANS = (TenderKind.CASH, TenderKind.CARD, TenderKind.GIFT_CARD)
"""What a customer can choose to pay with."""
PURSES = (
    TenderKind.POINTS,
    TenderKind.WALLET,
    TenderKind.CASHBACK,
    TenderKind.BONUS,
    TenderKind.STORE_CREDIT,
    TenderKind.INVOICE,
)
"""What is taken from a customer."""
AUTHORISED = frozenset((TenderKind.GIFT_CARD, TenderKind.VOUCHER, *PURSES))
"""What the centre is asked for before it is taken."""
_WITHOUT_CHANGE = AUTHORISED | {TenderKind.CARD}
Means = tuple[str, ...]
"""Means of payment by which a receipt is paid, each once and in order: what promotions ask for."""


@dataclass(frozen=True, slots=True)
class Tender:
    """`amount` in minor units of the receipt's currency: positive comes in, negative goes out.

    `authorisation` is the id under which the centre, or the card terminal, was asked for it. `instrument` is the number
    of a gift card or voucher, or the number or card of the customer, and `balance` what the centre said it has besides,
    in minor units: None if the centre was not heard. `slip` is what the terminal said. `purpose` is what a voucher is
    to the tax office, where that is known.
    """

    kind: TenderKind
    amount: int
    authorisation: UUID | None = None
    instrument: str = ""
    balance: int | None = None
    slip: TerminalSlip | None = None
    purpose: VoucherPurpose | None = None

    @property
    def at_terminal(self) -> bool:
        """Whether the till asked a card terminal for it: then only the terminal can undo it."""
        return self.kind is TenderKind.CARD and self.authorisation is not None


@dataclass(frozen=True, slots=True)
class TenderMix:
    """The tenders so far against a `total` to pay; a negative total is a refund that is paid out.

    `value_sold` is what of the total is gift cards and vouchers: value is never bought with value.
    """

    total: int
    tenders: tuple[Tender, ...] = ()
    value_sold: int = 0

    @property
    def given(self) -> int:
        """Sum of all tenders."""
        return sum(tender.amount for tender in self.tenders)

    @property
    def due(self) -> int:
        """What is still to pay (positive), or to pay out (negative, for refunds); 0 when it is settled."""
        left = self.total - self.given
        return max(left, 0) if self.total >= 0 else min(left, 0)

    @property
    def due_by_value(self) -> int:
        """How much of what is due gift cards, vouchers and purses may pay; for refunds all of it."""
        if self.value_sold <= 0 or self.total <= 0:
            return self.due
        paid = sum(tender.amount for tender in self.tenders if tender.kind in AUTHORISED)
        return max(min(self.due, self.total - self.value_sold - paid), 0)

    @property
    def change(self) -> int:
        """Cash to hand back, zero or more."""
        return max(self.given - self.total, 0) if self.total >= 0 else 0

    def add(self, tender: Tender) -> TenderMix:
        """The mix with one more tender.

        `DomainError`: `tender_zero`, `tender_direction` (money must flow as the total says), `tender_too_large`,
        `tender_nothing_due`, `refund_too_large` (more paid out than is owed), `tender_no_change` (more by a card
        than is due), `tender_unauthorised` (value that nobody was asked for), `tender_counted` (an authorisation that
        counts already), `tender_value_for_value` (a gift card or voucher is bought with one).
        """
        if tender.amount == 0:
            raise DomainError("tender_zero")
        if abs(tender.amount) > MAX_TENDER:
            raise DomainError("tender_too_large")
        if self.due == 0:
            raise DomainError("tender_nothing_due")
        if (tender.amount > 0) != (self.total > 0):
            raise DomainError("tender_direction")
        if self.total < 0 and tender.amount < self.due:
            raise DomainError("refund_too_large", {"due": -self.due})
        if tender.kind in _WITHOUT_CHANGE and tender.amount > self.due > 0:
            raise DomainError("tender_no_change", {"due": self.due})
        if tender.kind in AUTHORISED and not _is_authorised(tender):
            raise DomainError("tender_unauthorised")
        if tender.kind in AUTHORISED and tender.amount > max(self.due_by_value, 0):
            raise DomainError("tender_value_for_value", {"due": self.due_by_value})
        asked = tender.authorisation
        if asked is not None and asked in {each.authorisation for each in self.tenders}:
            raise DomainError("tender_counted")
        return replace(self, tenders=(*self.tenders, tender))

    def without(self, place: int) -> TenderMix:
        """The mix without the tender at this place, counted from 0; `DomainError('tender_gone')` if there is none."""
        if not 0 <= place < len(self.tenders):
            raise DomainError("tender_gone")
        return replace(self, tenders=self.tenders[:place] + self.tenders[place + 1 :])

    def settled(self) -> tuple[Tender, ...]:
        """The tenders with the change that closes them; `DomainError('tender_short')` while money is due."""
        if self.due:
            raise DomainError("tender_short", {"due": abs(self.due)})
        if not self.change:
            return self.tenders
        return (*self.tenders, Tender(TenderKind.CHANGE, -self.change))


def _is_authorised(tender: Tender) -> bool:
    # What goes back to a gift card is put there when the receipt is booked: nobody is asked before.
    return bool(tender.instrument) if tender.amount < 0 else tender.authorisation is not None


def means_of(tenders: Iterable[Tender], next_one: TenderKind | None = None) -> Means:
    """By which means these tenders pay, with the one that is to pay the rest; change is none."""
    kinds = {tender.kind for tender in tenders} | ({next_one} if next_one is not None else set())
    return tuple(sorted(str(kind) for kind in kinds - {TenderKind.CHANGE}))
