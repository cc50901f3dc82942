"""Takes what receipts were paid with from gift cards and purses, in the transaction that books the receipt.

The customer has the goods already, so nothing is refused here: first what is held for the receipt is taken, then what
else there is, and what nobody gives is the store's loss and is looked at by a person. No account ever goes below
nothing. What goes back to a card or purse is put there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from central_server.features.instruments import authorisation_repository as authorisations
from central_server.features.instruments.authorisation import hold_of
from central_server.features.instruments.authorisation_repository import Authorisation
from central_server.features.instruments.desk import SOURCES
from central_server.features.instruments.sources import Answer, Asked, ValueSource
from central_server.features.instruments.statement_repository import keep_document
from central_server.features.ledger import service as ledger
from central_server.features.promotions.projector import UseFinding
from central_server.platform.unit_of_work import UnitOfWork
from shared.errors import ErrorParam
from shared.identity import derived_id
from shared.ledger import AccountKind, Journal, Transfer, moved
from shared.ledger.posting import store_account
from shared.money import Money
from shared.receipt import Receipt
from shared.tender import AUTHORISED, Tender, TenderKind
from shared.vouchers import CardAction
from shared.wire.authorisations import AuthorisationState

SHORTFALL = "shortfall"


@dataclass(frozen=True, slots=True)
class _Payment:
    """The tender at a place of a receipt that is paid with value from the centre."""

    receipt: Receipt
    place: int
    tender: Tender

    @property
    def source(self) -> ValueSource:
        """Where it comes from."""
        return SOURCES[self.tender.kind]

    @property
    def part(self) -> UUID:
        """The id of what is done for it: the same at each repetition."""
        return derived_id(self.receipt.event_id, f"giftcard:{self.place}")

    def asked(self, number: str, amount: int) -> Asked:
        """The request that it amounts to."""
        receipt = self.receipt
        return Asked(
            self.part,
            number,
            receipt.store_id,
            receipt.business_date,
            receipt.operator_id,
            amount,
            receipt.currency,
        )

    def finding(self, code: str, number: str, **amounts: int) -> UseFinding:
        """What somebody should look at; of numbers only the end is said."""
        receipt = self.receipt
        params: dict[str, ErrorParam] = {"card": number[-4:], "currency": receipt.currency}
        params |= {name: Money(n, receipt.currency).plain() for name, n in amounts.items()}
        if self.tender.kind is not TenderKind.GIFT_CARD:
            params |= {"purse": self.tender.kind.value}
        return UseFinding(receipt.event_id, code, params)


Holders = dict[tuple[TenderKind, str], Any]


def book_instruments(
    unit: UnitOfWork, receipts: Iterable[Receipt], at: datetime
) -> list[UseFinding]:
    """Take from cards and purses, and put back, what these receipts say; what somebody should look at."""
    payments = [
        _Payment(receipt, place, tender)
        for receipt in receipts
        for place, tender in enumerate(receipt.tenders, 1)
        if tender.kind in AUTHORISED
    ]
    if not payments:
        return []
    # All at once and in one order, so that two projections never wait for each other.
    holders = _locked(unit, payments)
    findings: list[UseFinding] = []
    for payment in payments:
        if payment.tender.amount < 0:
            findings += _give_back(unit, payment, at)
        else:
            findings += _take(unit, payment, holders, at)
    return findings


def _locked(unit: UnitOfWork, payments: Iterable[_Payment]) -> Holders:
    wanted: dict[TenderKind, set[str]] = {}
    for payment in payments:
        numbers = wanted.setdefault(payment.tender.kind, set())
        numbers.add(payment.tender.instrument)
        known = _authorisation(unit, payment, lock=False)
        if known is not None and known.number:
            numbers.add(known.number)
    return {
        (kind, number): holder
        for kind, source in SOURCES.items()
        if kind in wanted
        for number, holder in source.locked(unit, wanted[kind]).items()
    }


def _authorisation(unit: UnitOfWork, payment: _Payment, *, lock: bool) -> Authorisation | None:
    """What this till asked for under the payment's id."""
    auth_id = payment.tender.authorisation
    known = None if auth_id is None else authorisations.one(unit.connection, auth_id, lock=lock)
    if known is None or known.till_id != payment.receipt.receipt_id.till_id:
        return None
    return known if known.kind == payment.tender.kind.value else None


# --- taking -----------------------------------------------------------------------------------


def _take(unit: UnitOfWork, payment: _Payment, holders: Holders, at: datetime) -> list[UseFinding]:
    held = _authorisation(unit, payment, lock=True)
    if held is not None and held.event_id is not None:
        held = None  # a receipt has taken it already: this one gets what is left
    kind, instrument = payment.tender.kind, payment.tender.instrument
    holder = holders.get((kind, held.number if held is not None else ""))
    number = held.number if held is not None and holder is not None else instrument
    holder = holder if holder is not None else holders.get((kind, instrument))
    amount = payment.tender.amount
    request = payment.asked(number, amount)
    taken = _captured(unit, payment, held, holder, request, at)
    if taken < amount:
        taken += _late(unit, payment, holder, replace(request, amount=amount - taken), at)
    lost = amount - taken
    _settle(unit, payment, held, taken, lost, at)
    answer = Answer(lost == 0, taken, 0, payment.source.shortfall if lost else "")
    payment.source.keep(unit, request, CardAction.REDEEM, answer, at)
    if not lost:
        return []
    return [payment.finding(payment.source.shortfall, number, amount=amount, lost=lost)]


def _captured(
    unit: UnitOfWork,
    payment: _Payment,
    held: Authorisation | None,
    holder: Any,
    request: Asked,
    at: datetime,
) -> int:
    """What is taken of what was held; nothing if the hold is over."""
    if held is None or held.state_at(at) is not AuthorisationState.APPROVED:
        return 0
    amount = min(held.amount, request.amount)
    # As much of what is held as the amount is of what was given for it, rounded for the house.
    units = -(-held.units * amount // held.amount)
    also = payment.source.alongside(unit, holder, request, amount)
    day = payment.receipt.business_date
    journal = Journal(payment.part, payment.source.capture_rule, day, also)
    ledger.require_posted([ledger.capture(unit, hold_of(held.auth_id), journal, units, at)])
    keep_document(unit.connection, payment.part, payment.receipt.event_id)
    return amount


def _late(unit: UnitOfWork, payment: _Payment, holder: Any, request: Asked, at: datetime) -> int:
    """Take what there is without a hold, in whatever state it is; the rest is the store's loss."""
    source, receipt = payment.source, payment.receipt
    house = store_account(AccountKind.INSTRUMENTS, receipt.store_id, receipt.currency)
    loss = store_account(AccountKind.STAND_IN_LOSS, receipt.store_id, receipt.currency)
    free = 0 if holder is None else source.late(unit, holder, request, at)
    taken = min(request.amount, free)
    transfers: tuple[Transfer, ...] = ()
    if taken:
        debit, credit = source.held_on(holder, request)
        units = source.units(unit, taken, request.currency)
        transfers = moved(debit, credit, units, CardAction.REDEEM.value)
        transfers += source.alongside(unit, holder, request, taken)
    transfers += moved(loss, house, request.amount - taken, SHORTFALL)
    journal_id = derived_id(payment.part, "late")
    journal = Journal(journal_id, source.late_rule, receipt.business_date, transfers)
    ledger.require_posted([ledger.post(unit, journal, at)])
    keep_document(unit.connection, journal_id, receipt.event_id)
    return taken


def _settle(
    unit: UnitOfWork,
    payment: _Payment,
    held: Authorisation | None,
    taken: int,
    lost: int,
    at: datetime,
) -> None:
    """Say of the authorisation that a receipt took it; one that was never asked for must not be given any more."""
    auth_id, receipt = payment.tender.authorisation, payment.receipt
    known = held
    if known is None:
        if auth_id is None or authorisations.one(unit.connection, auth_id) is not None:
            return
        known = Authorisation(
            auth_id,
            receipt.receipt_id.till_id,
            receipt.store_id,
            number=payment.tender.instrument[:40],
            asked=payment.tender.amount,
            currency=receipt.currency,
            part_ok=False,
            basket_id=None,
            state=AuthorisationState.CAPTURED,
            asked_at=at,
            kind=payment.tender.kind.value,
        )
    ended = replace(
        known,
        state=AuthorisationState.CAPTURED,
        amount=taken,
        lost=lost,
        ended_at=at,
        event_id=receipt.event_id,
    )
    write = authorisations.add if held is None else authorisations.change
    write(unit.connection, ended)


# --- giving back ------------------------------------------------------------------------------


def _give_back(unit: UnitOfWork, payment: _Payment, at: datetime) -> list[UseFinding]:
    amount = -payment.tender.amount
    request = payment.asked(payment.tender.instrument, amount)
    answer = payment.source.give_back(unit, request, at)
    if answer.approved:
        keep_document(unit.connection, payment.part, payment.receipt.event_id)
        return []
    return [payment.finding(payment.source.not_refunded, request.number, amount=amount)]
