"""Statements of purses, cards and vouchers with the document behind each movement, and what is owed by age."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row

from central_server.features.customers import cards
from central_server.features.instruments import service, statement_repository, vouchers
from central_server.features.ledger import service as ledger
from central_server.features.loyalty import credit
from central_server.platform.unit_of_work import ReadUnit
from shared.ledger import AccountKey, AccountKind
from shared.loyalty import Purse, debt_key, purse_key
from shared.receipt import ReceiptId

FIRST_DAY, LAST_DAY = date.min, date.max
# What was given so many days ago at most stands in one column; None is everything older.
AGES = (90, 365, 730, 1095, None)
_WITH_LOTS = (
    AccountKind.POINTS,
    AccountKind.WALLET,
    AccountKind.CASHBACK,
    AccountKind.BONUS,
    AccountKind.STORE_CREDIT,
    AccountKind.VOUCHER,
)
_WITHOUT = (AccountKind.GIFT_CARD, AccountKind.POINTS_DEBT, AccountKind.RECEIVABLE)


@dataclass(frozen=True, slots=True)
class Movement:
    """An amount that came (above zero) or went on a day, what for, the document, and what was there after it.

    `document` is the number of a receipt, or that of the booking where there is none.
    """

    day: date
    code: str
    document: str
    amount: int
    balance: int


@dataclass(frozen=True, slots=True)
class Statement:
    """All movements of an account between two days; `before` is what was there at the beginning."""

    key: AccountKey
    before: int
    movements: tuple[Movement, ...]


def customer_statements(
    unit: ReadUnit, text: str, currency: str, first: date = FIRST_DAY, last: date = LAST_DAY
) -> tuple[str, list[Statement]]:
    """The number of a customer, and the statements of everything that the customer ever had or owed in a currency.

    `DomainError`: as `cards.named_by`.
    """
    customer = cards.named_by(unit, text)
    keys = [purse_key(purse, customer, currency) for purse in Purse]
    keys += [debt_key(purse, customer, currency) for purse in (Purse.POINTS, Purse.WALLET)]
    keys.append(credit.receivable_key(customer, currency))
    return customer, _statements(unit, keys, first, last)


def card_statements(
    unit: ReadUnit, number: str, first: date = FIRST_DAY, last: date = LAST_DAY
) -> tuple[str, list[Statement]]:
    """The same of a gift card; `DomainError`: as `service.find_card`."""
    card = service.find_card(unit, number)
    keys = [service.account_of(card)] if card.instrument_id is not None else []
    return card.number, _statements(unit, keys, first, last)


def voucher_statements(
    unit: ReadUnit, number: str, first: date = FIRST_DAY, last: date = LAST_DAY
) -> tuple[str, list[Statement]]:
    """The same of a voucher; `DomainError`: as `vouchers.find`."""
    found = vouchers.find(unit, number)
    return found.number, _statements(unit, [vouchers.account_of(found)], first, last)


def _statements(
    unit: ReadUnit, keys: Iterable[AccountKey], first: date, last: date
) -> list[Statement]:
    found = []
    for key in keys:
        account = ledger.find_account(unit, key)
        if account is None:
            continue
        # What is owed grows by debits, what is there by credits.
        owed = key.kind in (AccountKind.POINTS_DEBT, AccountKind.RECEIVABLE)
        rows = statement_repository.movements(unit.connection, account.id, FIRST_DAY, last)
        balance, before = 0, 0
        moves = []
        for row in rows:
            amount = row.amount if (row.debit_id == account.id) is owed else -row.amount
            balance += amount
            if row.effective_date < first:
                before += amount
            else:
                moves.append(
                    Movement(row.effective_date, row.code, _document(row), amount, balance)
                )
        found.append(Statement(key, before, tuple(moves)))
    return found


def _document(row: Row[Any]) -> str:
    if row.till_id is None:
        return str(row.journal_id)
    return str(ReceiptId(row.till_id, row.incarnation, row.receipt_no))


# --- what is owed, by age ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LiabilityRow:
    """What is open of one kind in one unit, by `AGES`, in the unit's own scale. Debts of customers are below zero."""

    kind: AccountKind
    unit: str
    by_age: tuple[int, ...]

    @property
    def total(self) -> int:
        """All ages together."""
        return sum(self.by_age)


def liabilities(unit: ReadUnit, on: date) -> list[LiabilityRow]:
    """What the chain owes its customers at the end of a day, and they owe the chain, by how long ago it was given."""
    sums: dict[tuple[AccountKind, str], list[int]] = {}
    connection = unit.connection
    rows = (
        *statement_repository.lots_by_day(connection, _names(_WITH_LOTS), on),
        *statement_repository.accounts_by_day(connection, _names(_WITHOUT), on),
    )
    for kind, code, day, amount in rows:
        cells = sums.setdefault((AccountKind(kind), code), [0] * len(AGES))
        cells[_age((on - day).days)] += amount
    return [
        LiabilityRow(kind, code, tuple(cells))
        for (kind, code), cells in sorted(sums.items())
        if any(cells)
    ]


def _age(days: int) -> int:
    return next(n for n, most in enumerate(AGES) if most is None or days <= most)


def _names(kinds: Iterable[AccountKind]) -> tuple[str, ...]:
    return tuple(kind.value for kind in kinds)
