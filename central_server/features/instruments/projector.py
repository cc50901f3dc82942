"""Takes from gift cards what receipts were paid with, in the transaction that books the receipt.

The customer has the goods already, so nothing is refused here: first what is held for the receipt is taken, then what
else the card has, and what no card gives is the store's loss and is looked at by a person. No card ever goes below
nothing. What goes back to a card is put on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from central_server.features.instruments import authorisation_repository as authorisations
from central_server.features.instruments import service
from central_server.features.instruments.authorisation import hold_of
from central_server.features.instruments.authorisation_repository import Authorisation
from central_server.features.instruments.repository import Card, locked_cards
from central_server.features.ledger import service as ledger
from central_server.features.promotions.projector import UseFinding
from central_server.platform.unit_of_work import UnitOfWork
from shared.errors import DomainError
from shared.identity import derived_id
from shared.ledger import AccountKind, Journal, Transfer, moved
from shared.ledger.posting import store_account
from shared.money import Money
from shared.receipt import Receipt
from shared.tender import Tender, TenderKind
from shared.vouchers import CardAction, read_number
from shared.wire.authorisations import AuthorisationState

CAPTURE_RULE = "giftcard.capture"
LATE_RULE = "giftcard.late"
SHORTFALL = "shortfall"


@dataclass(frozen=True, slots=True)
class _Payment:
    """The tender at a place of a receipt that is paid with a card."""

    receipt: Receipt
    place: int
    tender: Tender

    @property
    def part(self) -> UUID:
        """The id of what is done for it: the same at each repetition."""
        return derived_id(self.receipt.event_id, f"giftcard:{self.place}")


def book_gift_cards(
    unit: UnitOfWork, receipts: Iterable[Receipt], at: datetime
) -> list[UseFinding]:
    """Take from cards, and put back on them, what these receipts say; what somebody should look at."""
    payments = [
        _Payment(receipt, place, tender)
        for receipt in receipts
        for place, tender in enumerate(receipt.tenders, 1)
        if tender.kind is TenderKind.GIFT_CARD
    ]
    if not payments:
        return []
    # All at once and in one order, so that two projections never wait for each other.
    cards = locked_cards(unit.connection, _numbers(unit, payments))
    findings: list[UseFinding] = []
    for payment in payments:
        book = _give_back if payment.tender.amount < 0 else _take
        findings += book(unit, payment, cards, at)
    return findings


def _numbers(unit: UnitOfWork, payments: Sequence[_Payment]) -> list[str]:
    numbers = {_number(payment.tender.instrument) for payment in payments}
    for payment in payments:
        known = _asked(unit, payment, lock=False)
        numbers.add(known.number if known is not None else "")
    return sorted(numbers - {""})


def _number(text: str) -> str:
    try:
        return read_number(text)
    except DomainError:
        return ""


def _asked(unit: UnitOfWork, payment: _Payment, *, lock: bool) -> Authorisation | None:
    """What this till asked for under the payment's id."""
    auth_id = payment.tender.authorisation
    known = None if auth_id is None else authorisations.one(unit.connection, auth_id, lock=lock)
    same = known is not None and known.till_id == payment.receipt.receipt_id.till_id
    return known if same else None


# --- taking -----------------------------------------------------------------------------------


def _take(
    unit: UnitOfWork, payment: _Payment, cards: dict[str, Card], at: datetime
) -> list[UseFinding]:
    asked = _asked(unit, payment, lock=True)
    if asked is not None and asked.event_id is not None:
        asked = None  # a receipt has taken it already: this one gets what the card has left
    card = cards.get(asked.number if asked is not None and asked.number else "")
    card = card or cards.get(_number(payment.tender.instrument))
    amount = payment.tender.amount
    taken = _captured(unit, payment, asked, at)
    if taken < amount:
        taken += _late(unit, payment, card, amount - taken, at)
    lost = amount - taken
    _settle(unit, payment, asked, taken, lost, at)
    answer = service.Answer(lost == 0, taken, 0, "giftcard_shortfall" if lost else "")
    receipt, number = payment.receipt, card.number if card else payment.tender.instrument
    request = service.Asked(
        payment.part,
        number,
        receipt.store_id,
        receipt.business_date,
        receipt.operator_id,
        amount,
        receipt.currency,
    )
    service.keep(unit, request, CardAction.REDEEM, answer, at)
    if not lost:
        return []
    params = {
        "card": number[-4:],
        "amount": Money(amount, receipt.currency).plain(),
        "lost": Money(lost, receipt.currency).plain(),
        "currency": receipt.currency,
    }
    return [UseFinding(receipt.event_id, "giftcard_shortfall", params)]


def _captured(
    unit: UnitOfWork, payment: _Payment, asked: Authorisation | None, at: datetime
) -> int:
    """What is taken of what was held; nothing if the hold is over."""
    if asked is None or asked.state_at(at) is not AuthorisationState.APPROVED:
        return 0
    amount = min(asked.amount, payment.tender.amount)
    blank = Journal(payment.part, CAPTURE_RULE, payment.receipt.business_date, ())
    ledger.require_posted([ledger.capture(unit, hold_of(asked.auth_id), blank, amount, at)])
    return amount


def _late(unit: UnitOfWork, payment: _Payment, card: Card | None, amount: int, at: datetime) -> int:
    """Take what the card gives without a hold, in whatever state it is; the rest is the store's loss."""
    receipt = payment.receipt
    house = store_account(AccountKind.INSTRUMENTS, receipt.store_id, receipt.currency)
    loss = store_account(AccountKind.STAND_IN_LOSS, receipt.store_id, receipt.currency)
    taken = 0
    transfers: tuple[Transfer, ...] = ()
    if card is not None and card.instrument_id and card.range.currency == receipt.currency:
        own = service.account_of(card)
        ledger.expire_holds_on(unit, own, at, receipt.business_date)
        account = ledger.find_account(unit, own)
        free = 0 if account is None else account.counters.free(account.floor)
        taken = min(amount, free)
        transfers = moved(own, house, taken, CardAction.REDEEM.value)
    transfers += moved(loss, house, amount - taken, SHORTFALL)
    journal_id = derived_id(payment.part, "late")
    journal = Journal(journal_id, LATE_RULE, receipt.business_date, transfers)
    ledger.require_posted([ledger.post(unit, journal, at)])
    return taken


def _settle(
    unit: UnitOfWork,
    payment: _Payment,
    asked: Authorisation | None,
    taken: int,
    lost: int,
    at: datetime,
) -> None:
    """Say of the authorisation that a receipt took it; one that was never asked for must not be given any more."""
    auth_id, receipt = payment.tender.authorisation, payment.receipt
    known = asked
    if known is None:
        if auth_id is None or authorisations.one(unit.connection, auth_id) is not None:
            return
        known = Authorisation(
            auth_id,
            receipt.receipt_id.till_id,
            receipt.store_id,
            number=_number(payment.tender.instrument),
            asked=payment.tender.amount,
            currency=receipt.currency,
            part_ok=False,
            basket_id=None,
            state=AuthorisationState.CAPTURED,
            asked_at=at,
        )
    ended = replace(
        known,
        state=AuthorisationState.CAPTURED,
        amount=taken,
        lost=lost,
        ended_at=at,
        event_id=receipt.event_id,
    )
    write = authorisations.add if asked is None else authorisations.change
    write(unit.connection, ended)


# --- giving back ------------------------------------------------------------------------------


def _give_back(
    unit: UnitOfWork, payment: _Payment, _cards: dict[str, Card], at: datetime
) -> list[UseFinding]:
    receipt = payment.receipt
    request = service.Asked(
        payment.part,
        payment.tender.instrument,
        receipt.store_id,
        receipt.business_date,
        receipt.operator_id,
        -payment.tender.amount,
        receipt.currency,
    )
    answer = service.refund(unit, request, at)
    if answer.approved:
        return []
    params = {
        "card": payment.tender.instrument[-4:],
        "amount": Money(-payment.tender.amount, receipt.currency).plain(),
        "currency": receipt.currency,
    }
    return [UseFinding(receipt.event_id, "giftcard_not_refunded", params)]
