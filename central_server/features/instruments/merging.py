"""Merging customers: one number takes over what the other is, has and owes. The old number resolves for ever."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from uuid import UUID

from central_server.features.coupons import repository as coupon_repository
from central_server.features.customers import cards, erasing
from central_server.features.customers.cards import CardChange
from central_server.features.instruments import purse_repository, voucher_repository
from central_server.features.ledger import account_repository, balances
from central_server.features.ledger import service as ledger
from central_server.features.ledger.account_repository import AccountRow
from central_server.features.loyalty import credit, write_off_repository
from central_server.features.loyalty import repository as loyalty_repository
from central_server.features.promotions import use_repository
from central_server.platform.unit_of_work import UnitOfWork
from shared.errors import DomainError
from shared.identity import derived_id
from shared.ledger import AccountKind, Floor, Journal, OwnerType, Transfer, moved

MERGE_RULE = "merge"
_MOST_ACCOUNTS = 200
# Names mergers.
_MERGING = UUID("00000000-0000-8000-8000-6d6572676572")


def merge_customers(unit: UnitOfWork, old: str, into: str, change: CardChange) -> str:
    """Let `old` be `into` from now on; the number that stays.

    Purses move with the terms of their lots, debts and what is owed with them; of two credit limits the higher one
    holds. `DomainError`: as `cards.merge`, and `customer_holds` while something is held for a receipt.
    """
    old, into = cards.named_by(unit, old), cards.named_by(unit, into)
    limits = loyalty_repository.credits_of(unit.connection, old)
    cards.lock_customers(unit, (old, into))
    accounts = _accounts(unit, old)
    old, into = cards.merge(unit, old, into, change)
    transfers = [transfer for account in accounts for transfer in _moving(unit, account, into)]
    # A number is taken over once, so its name names the journal.
    cause = derived_id(_MERGING, old)
    if transfers:
        journal = Journal(cause, MERGE_RULE, change.at.date(), tuple(transfers))
        ledger.require_posted([ledger.post(unit, journal, change.at)])
    loyalty_repository.move_owner(unit.connection, old, into)
    write_off_repository.move_owner(unit.connection, old, into)
    purse_repository.move_owner(unit.connection, old, into)
    voucher_repository.move_owner(unit.connection, old, into)
    use_repository.move_owner(unit.connection, old, into)
    coupon_repository.move_owner(unit, old, into)
    owing = {each.key.unit.code for each in accounts if each.key.kind is AccountKind.RECEIVABLE}
    for currency in sorted({*limits, *owing}):
        higher = max(
            limits.get(currency, 0), loyalty_repository.most_credit(unit.connection, into, currency)
        )
        credit.set_limit(unit, derived_id(cause, currency), into, currency, higher, change.at)
    return into


def erase_customer(unit: UnitOfWork, number: str, change: CardChange) -> str:
    """Nothing says any more who a customer was; purses, debts and vouchers stay under the token that is answered. The
    number names that token for receipts that are still to come, and nobody for people.

    `DomainError`: as `cards.named_by`, and `customer_holds` while something is held for a receipt.
    """
    names, old, token = erasing.strip(unit, number, change)
    merge_customers(unit, old, token, change)
    erasing.finish(unit, names, token, change)
    return token


def _accounts(unit: UnitOfWork, old: str) -> list[AccountRow]:
    filters = {"owner_type": OwnerType.CUSTOMER.value, "owner_id": old}
    found = account_repository.listed_accounts(unit.connection, filters, _MOST_ACCOUNTS)
    locked = account_repository.locked_accounts(unit.connection, [account.id for account in found])
    if any(account.counters.held for account in locked.values()):
        raise DomainError("customer_holds", {"number": old})
    return list(locked.values())


def _moving(unit: UnitOfWork, account: AccountRow, into: str) -> Iterator[Transfer]:
    """What empties an account into that of the other customer."""
    own, heir = account.key, replace(account.key, owner_id=into)
    if own.kind is AccountKind.CREDIT_LINE:
        # What may still be bought goes back; the limit of the one who stays is set anew.
        granted = credit.granted_key(own.unit.code)
        yield from moved(own, granted, account.counters.balance(account.floor), MERGE_RULE)
    elif own.rule.lots:
        lots = ledger.lots_of(unit, account)
        lots.sort(key=lambda lot: (lot.terms.expires_on or date.max, lot.number))
        for lot in lots:
            terms, source = lot.terms, lot.source
            yield Transfer(own, heir, lot.remaining, MERGE_RULE, lot=terms, taken_from=source)
    elif account.floor is Floor.NONE:
        found = balances.balance(unit, account.id)
        yield from moved(heir, own, found.debits - found.credits, MERGE_RULE)
    else:
        debit = account.floor is Floor.DEBIT
        amount = account.counters.balance(account.floor)
        yield from moved(*((heir, own) if debit else (own, heir)), amount, MERGE_RULE)
