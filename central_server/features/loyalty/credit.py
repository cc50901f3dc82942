"""Buying on invoice: how much customers may owe, what they owe, and what they pay.

What may still be bought is an account of its own without value, so that the ledger itself refuses to go beyond it; it
follows the limit and what is owed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from central_server.features.ledger import balances
from central_server.features.ledger import service as ledger
from central_server.features.loyalty import repository
from central_server.features.stores.service import get_store
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError
from shared.identity import derived_id
from shared.ledger import AccountKey, AccountKind, Journal, OwnerType, Transfer, money_unit, moved
from shared.ledger.posting import store_account
from shared.money import Money

LIMIT_RULE = "credit.limit"
PAID_RULE = "credit.paid"
LIMIT = "credit_limit"
PAID = "invoice_paid"


@dataclass(frozen=True, slots=True)
class Credit:
    """`most` is what a customer may owe, `owed` what is owed, `free` what may still be bought; minor units."""

    most: int
    owed: int
    free: int


def line_key(customer: str, currency: str) -> AccountKey:
    """The account of what a customer may still buy."""
    unit = money_unit(currency)
    return AccountKey(AccountKind.CREDIT_LINE, unit, OwnerType.CUSTOMER, customer)


def receivable_key(customer: str, currency: str) -> AccountKey:
    """The account of what a customer owes."""
    unit = money_unit(currency)
    return AccountKey(AccountKind.RECEIVABLE, unit, OwnerType.CUSTOMER, customer)


def granted_key(currency: str) -> AccountKey:
    """The other side of every credit line."""
    return AccountKey(AccountKind.CREDIT_GRANTED, money_unit(currency))


def credit_of(unit: ReadUnit, customer: str, currency: str) -> Credit:
    """How a customer's invoice account stands."""
    line = ledger.find_account(unit, line_key(customer, currency))
    free = 0 if line is None else line.counters.free(line.floor)
    most = repository.most_credit(unit.connection, customer, currency)
    return Credit(most, _owed(unit, customer, currency), free)


def set_limit(
    unit: UnitOfWork, request_id: UUID, customer: str, currency: str, most: int, at: datetime
) -> Credit:
    """Let a customer owe up to `most`. Of a lower limit what is owed or held already is not taken back.

    `DomainError('credit_limit_invalid')`, 400, below nothing.
    """
    if most < 0:
        raise DomainError("credit_limit_invalid", http_status=400)
    ledger.lock_accounts(unit, [line_key(customer, currency)])
    repository.set_credit(unit.connection, customer, currency, most, at)
    follow_limit(unit, request_id, customer, currency, at)
    return credit_of(unit, customer, currency)


def follow_limit(unit: UnitOfWork, cause: UUID, customer: str, currency: str, at: datetime) -> None:
    """Bring the credit line to the limit less what is owed and held, as far as it can be."""
    line = ledger.find_account(unit, line_key(customer, currency))
    balance = 0 if line is None else line.counters.balance(line.floor)
    free = 0 if line is None else line.counters.free(line.floor)
    most = repository.most_credit(unit.connection, customer, currency)
    wanted = max(most - _owed(unit, customer, currency), 0)
    change = max(wanted - balance, -free)
    transfers = moved(granted_key(currency), line_key(customer, currency), change, LIMIT)
    if transfers:
        journal = Journal(derived_id(cause, "credit"), LIMIT_RULE, at.date(), transfers)
        ledger.require_posted([ledger.post(unit, journal, at)])


@dataclass(frozen=True, slots=True)
class InvoicePayment:
    """A customer pays `amount` of what is owed, to the bank account of a store."""

    request_id: UUID
    customer: str
    store_id: str
    amount: int
    on: date


def pay(unit: UnitOfWork, paid: InvoicePayment, at: datetime) -> Credit:
    """Book a payment, once for each request.

    `DomainError`: `loyalty_amount_invalid`, `credit_overpaid` for more than is owed, `store_unknown`.
    """
    if paid.amount <= 0:
        raise DomainError("loyalty_amount_invalid", http_status=400)
    currency = get_store(unit, paid.store_id).currency
    ledger.lock_accounts(unit, [line_key(paid.customer, currency)])
    owed = _owed(unit, paid.customer, currency)
    bank = store_account(AccountKind.BANK, paid.store_id, currency)
    transfer = Transfer(bank, receivable_key(paid.customer, currency), paid.amount, PAID)
    journal = Journal(paid.request_id, PAID_RULE, paid.on, (transfer,))
    outcome = ledger.post(unit, journal, at)
    ledger.require_posted([outcome])
    if isinstance(outcome, ledger.Created):
        if paid.amount > owed:
            raise DomainError("credit_overpaid", {"owed": Money(owed, currency).plain()})
        follow_limit(unit, paid.request_id, paid.customer, currency, at)
    return credit_of(unit, paid.customer, currency)


def _owed(unit: ReadUnit, customer: str, currency: str) -> int:
    account = ledger.find_account(unit, receivable_key(customer, currency))
    if account is None:
        return 0
    found = balances.balance(unit, account.id)
    return found.debits - found.credits
