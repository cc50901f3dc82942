"""What a card or number carries: a gift card's value, a customer's purses, or both on a combined card."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime

from central_server.features.customers import cards, finding
from central_server.features.instruments import service, vouchers
from central_server.features.instruments.authorisation_repository import Authorisation
from central_server.features.instruments.desk import SOURCES
from central_server.features.loyalty import service as loyalty
from central_server.features.stores.service import Store
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.customers import phone_end
from shared.errors import DomainError
from shared.loyalty import Purse
from shared.quantity import format_quantity, from_thousandths
from shared.tender import PURSES, TenderKind
from shared.vouchers import is_token, read_code, vat_of_part
from shared.wire.authorisations import (
    AuthorisationState,
    DebtLine,
    PurseLine,
    PursesAnswer,
    VoucherFacts,
)
from shared.wire.finding import FindAnswer, FoundCustomer

_LOOK = "till"
SHOWN = 12
"""So many a till is told at once: whoever wants others says more of the one who is meant."""


def card_line(unit: ReadUnit, number: str) -> PurseLine:
    """What a gift card has; `DomainError('giftcard_number_invalid')`, 400, or `('giftcard_unknown')`, 404."""
    card = service.find_card(unit, number)
    return PurseLine(
        kind=TenderKind.GIFT_CARD,
        instrument=card.number,
        currency=card.range.currency,
        balance=service.balance_of(unit, card),
        state=card.state.value,
        expires_on=card.expires_on,
        least=card.range.least,
        most=card.range.most,
    )


def voucher_line(unit: ReadUnit, text: str, on: date) -> PurseLine:
    """What a voucher has. `DomainError`: `voucher_number_invalid`, `voucher_signature_invalid`, 400, `voucher_unknown`,
    or `voucher_not_booked` for a code that a till signed whose receipt has not come yet, 404.
    """
    number, by_till = text, False
    if is_token(text):
        facts, signer, _ = read_code(text)
        number, by_till = facts.number, signer is not None
    try:
        found = vouchers.find(unit, number)
    except DomainError as unknown:
        if by_till and unknown.code == "voucher_unknown":
            raise DomainError("voucher_not_booked", http_status=404) from None
        raise
    state = "blocked" if found.blocked else "active"
    if vouchers.is_over(found, on):
        state = "expired"
    return PurseLine(
        kind=TenderKind.VOUCHER,
        instrument=found.number,
        currency=found.currency,
        balance=vouchers.balance_of(unit, found),
        state=state,
        expires_on=found.expires_on,
    )


def voucher_facts(unit: ReadUnit, made: Authorisation) -> VoucherFacts | None:
    """What the voucher is to the tax office of which an authorisation holds something; None for anything else."""
    if made.kind != TenderKind.VOUCHER or made.state is not AuthorisationState.APPROVED:
        return None
    found = vouchers.find(unit, made.number)
    if found.vat_category is None or found.vat_rate_thousandths is None:
        return VoucherFacts(purpose=found.voucher_class.value)
    rate = from_thousandths(found.vat_rate_thousandths)
    before = max(found.amount - made.balance - made.amount, 0)
    amount = min(made.amount, found.amount - before)
    return VoucherFacts(
        purpose=found.voucher_class.value,
        vat_category=found.vat_category,
        vat_rate=format_quantity(rate),
        vat=vat_of_part(found.amount, before, amount, rate),
    )


def purse_line(
    unit: ReadUnit, kind: TenderKind, customer: str, currency: str, on: date
) -> PurseLine:
    """What can be spent of a customer's purse."""
    free = SOURCES[kind].balance(unit, customer, currency, on)
    line = PurseLine(
        kind=kind, instrument=customer, currency=currency, balance=free, state="active"
    )
    if kind is TenderKind.INVOICE:
        return line
    held = loyalty.purse_balance(unit, Purse(kind.value), customer, currency, on)
    ends = [lot.terms.expires_on for lot in held.lots if lot.terms.expires_on is not None]
    more = {"pending": held.pending, "expires_on": min(ends, default=None)}
    if kind is TenderKind.POINTS:
        more["points"] = held.free
    return line.model_copy(update=more)


def carried(unit: UnitOfWork, text: str, store: Store, by: str, at: datetime) -> PursesAnswer:
    """All that stands behind a number in a store, and keeps the look. `DomainError` as `cards.named_by`, where it is
    no gift card either.
    """
    lines: list[PurseLine] = []
    with suppress(DomainError):
        lines.append(card_line(unit, text))
    customer, name = "", ""
    debts: tuple[DebtLine, ...] = ()
    try:
        customer = cards.named_by(unit, text)
    except DomainError:
        if not lines:
            raise
    if customer:
        finding.keep_looks(unit, [customer], by, _LOOK, at)
        name = finding.hits(unit, [customer])[0].name
        today = store.business_date(at)
        found = (purse_line(unit, kind, customer, store.currency, today) for kind in PURSES)
        lines += [line for line in found if line.balance or line.pending]
        debts = debt_lines(unit, customer, store.currency)
    return PursesAnswer(customer=customer, name=name, purses=tuple(lines), debts=debts)


def debt_lines(unit: ReadUnit, customer: str, currency: str) -> tuple[DebtLine, ...]:
    """What a customer owes after returns."""
    points = loyalty.debt_of(unit, Purse.POINTS, customer, currency)
    money = loyalty.debt_of(unit, Purse.WALLET, customer, currency)
    found = DebtLine(unit="points", amount=points), DebtLine(unit="money", amount=money)
    return tuple(line for line in found if line.amount)


def found(unit: UnitOfWork, text: str, by: str, purpose: str, at: datetime) -> FindAnswer:
    """Customers whom the words of a text fit, and keeps the looks."""
    hits = finding.find_customers(unit, text, SHOWN + 1)
    shown = hits[:SHOWN]
    finding.keep_looks(unit, [hit.number for hit in shown], by, purpose, at)
    return FindAnswer(
        customers=tuple(
            FoundCustomer(number=hit.number, name=hit.name, phone_end=phone_end(hit.phone))
            for hit in shown
        ),
        more=len(hits) > SHOWN,
    )
