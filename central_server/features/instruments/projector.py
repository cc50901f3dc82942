"""Takes what receipts were paid with from gift cards and purses, in the transaction that books the receipt.

The customer has the goods already, so nothing is refused here: first what is held for the receipt is taken, then what
else there is, and what nobody gives is the store's loss and is looked at by a person. No account ever goes below
nothing. What goes back to a card or purse is put there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
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
from shared.tender import AUTHORISED, TaxedBefore, Tender, TenderKind
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

    @property
    def late(self) -> UUID:
        """The id of what is taken without a hold."""
        return derived_id(self.part, "late")

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


class FindReceipts(Protocol):
    """Finds the receipts that goods come back from."""

    def find(self, number: str) -> Receipt | None:
        """The receipt with a full number."""


Holders = dict[tuple[TenderKind, str], Any]
Prepaid = dict[tuple[UUID, int], TaxedBefore]
"""What of tenders, by receipt and place, was taxed when their vouchers were issued."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """What was taken, and what of it had been taxed before."""

    amount: int = 0
    prepaid: TaxedBefore | None = None

    def __add__(self, other: _Taken) -> _Taken:
        parts = [part for part in (self.prepaid, other.prepaid) if part is not None]
        both = parts[0] + parts[1] if len(parts) > 1 else next(iter(parts), None)
        return _Taken(self.amount + other.amount, both)


def book_instruments(
    unit: UnitOfWork, receipts: Iterable[Receipt], origins: FindReceipts, at: datetime
) -> tuple[list[UseFinding], Prepaid]:
    """Take from cards and purses, and put back, what these receipts say: what somebody should look at, and what was
    taxed before. That is worked out here and not taken from the receipt: a till that stood in does not know it, and of
    parts that several tills took the order is only known now.
    """
    payments = [
        _Payment(receipt, place, tender)
        for receipt in receipts
        for place, tender in enumerate(receipt.tenders, 1)
        if tender.kind in AUTHORISED
    ]
    if not payments:
        return [], {}
    # All at once and in one order, so that two projections never wait for each other.
    holders = _locked(unit, payments)
    findings: list[UseFinding] = []
    prepaid: Prepaid = {}
    for payment in payments:
        if payment.tender.amount >= 0:
            found, taxed = _take(unit, payment, holders, at)
        else:
            found, taxed = _give_back(unit, payment, origins, at)
        findings += found
        if taxed is not None:
            prepaid[payment.receipt.event_id, payment.place] = taxed
    return findings, prepaid


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


def _take(
    unit: UnitOfWork, payment: _Payment, holders: Holders, at: datetime
) -> tuple[list[UseFinding], TaxedBefore | None]:
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
    if taken.amount < amount:
        rest = replace(request, amount=amount - taken.amount)
        taken += _late(unit, payment, holder, rest, at)
    lost = amount - taken.amount
    _settle(unit, payment, held, taken.amount, lost, at)
    answer = Answer(lost == 0, taken.amount, 0, payment.source.shortfall if lost else "")
    payment.source.keep(unit, request, CardAction.REDEEM, answer, at)
    if not lost:
        return [], taken.prepaid
    finding = payment.finding(payment.source.shortfall, number, amount=amount, lost=lost)
    return [finding], taken.prepaid


def _captured(
    unit: UnitOfWork,
    payment: _Payment,
    held: Authorisation | None,
    holder: Any,
    request: Asked,
    at: datetime,
) -> _Taken:
    """What is taken of what was held; nothing if the hold is over."""
    if held is None or held.state_at(at) is not AuthorisationState.APPROVED:
        return _Taken()
    amount = min(held.amount, request.amount)
    # As much of what is held as the amount is of what was given for it, rounded for the house.
    units = -(-held.units * amount // held.amount)
    taken = _Taken(amount, payment.source.prepaid(unit, holder, amount))
    also = payment.source.alongside(unit, holder, request, amount)
    day = payment.receipt.business_date
    journal = Journal(payment.part, payment.source.capture_rule, day, also)
    ledger.require_posted([ledger.capture(unit, hold_of(held.auth_id), journal, units, at)])
    keep_document(unit.connection, payment.part, payment.receipt.event_id)
    return taken


def _late(unit: UnitOfWork, payment: _Payment, holder: Any, request: Asked, at: datetime) -> _Taken:
    """Take what there is without a hold, in whatever state it is; the rest is the store's loss."""
    source, receipt = payment.source, payment.receipt
    house = store_account(AccountKind.INSTRUMENTS, receipt.store_id, receipt.currency)
    loss = store_account(AccountKind.STAND_IN_LOSS, receipt.store_id, receipt.currency)
    free = 0 if holder is None else source.late(unit, holder, request, at)
    taken = min(request.amount, free)
    transfers: tuple[Transfer, ...] = ()
    prepaid = source.prepaid(unit, holder, taken) if taken else None
    if taken:
        debit, credit = source.held_on(holder, request)
        units = source.units(unit, taken, request.currency)
        transfers = moved(debit, credit, units, CardAction.REDEEM.value)
        transfers += source.alongside(unit, holder, request, taken)
    transfers += moved(loss, house, request.amount - taken, SHORTFALL)
    journal = Journal(payment.late, source.late_rule, receipt.business_date, transfers)
    ledger.require_posted([ledger.post(unit, journal, at)])
    keep_document(unit.connection, payment.late, receipt.event_id)
    return _Taken(taken, prepaid)


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


def _give_back(
    unit: UnitOfWork, payment: _Payment, origins: FindReceipts, at: datetime
) -> tuple[list[UseFinding], TaxedBefore | None]:
    amount = -payment.tender.amount
    request = payment.asked(payment.tender.instrument, amount)
    answer = payment.source.give_back(unit, request, _undone(payment, origins), at)
    if answer.approved:
        for journal_id in answer.journals:
            keep_document(unit.connection, journal_id, payment.receipt.event_id)
        return [], -answer.prepaid if answer.prepaid is not None else None
    return [payment.finding(payment.source.not_refunded, request.number, amount=amount)], None


def _undone(payment: _Payment, origins: FindReceipts) -> list[UUID]:
    """The journals by which the goods that come back were paid for by the same means, last taken first."""
    receipt, kind = payment.receipt, payment.tender.kind
    numbers = {
        line.origin.receipt: None
        for line in receipt.lines
        if line.origin is not None and line.is_return
    }
    found = (origins.find(number) for number in numbers)
    bought = [each for each in found if each is not None and each.currency == receipt.currency]
    bought.sort(key=lambda each: (each.finished_at, str(each.receipt_id)), reverse=True)
    paid = [
        _Payment(each, place, tender)
        for each in bought
        for place, tender in reversed(tuple(enumerate(each.tenders, 1)))
        if tender.kind is kind and tender.amount > 0
    ]
    return [journal_id for each in paid for journal_id in (each.late, each.part)]
