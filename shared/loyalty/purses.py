"""The purses of a customer: which account of the ledger each one is, and on what terms it is filled."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from shared.errors import DomainError
from shared.ledger import (
    AccountKey,
    AccountKind,
    LedgerUnit,
    LotTerms,
    OwnerType,
    money_unit,
    points_unit,
)

# The programme whose points promotions give.
PROGRAMME = "CLUB"
_MOST_DAYS, _MOST_MONTHS = 3660, 1200


class Purse(StrEnum):
    """What a customer can have at the chain. `BONUS` is given by hand; `STORE_CREDIT` is what a return left."""

    POINTS = "points"
    WALLET = "wallet"
    CASHBACK = "cashback"
    BONUS = "bonus"
    STORE_CREDIT = "store_credit"


_KINDS = {
    Purse.POINTS: AccountKind.POINTS,
    Purse.WALLET: AccountKind.WALLET,
    Purse.CASHBACK: AccountKind.CASHBACK,
    Purse.BONUS: AccountKind.BONUS,
    Purse.STORE_CREDIT: AccountKind.STORE_CREDIT,
}


@dataclass(frozen=True, slots=True)
class PurseTerms:
    """On what terms a purse is filled.

    What is given may be spent once `window_days` are over, in which goods come back, and for `valid_months` from then
    (None: for ever), with `year_end` until the end of the year in which that falls. Its end is announced
    `announce_days` before.
    """

    window_days: int = 14
    valid_months: int | None = 36
    year_end: bool = True
    announce_days: int = 60

    def __post_init__(self) -> None:
        months = 1 if self.valid_months is None else self.valid_months
        days = self.window_days, self.announce_days
        if not (min(days) >= 0 and max(days) <= _MOST_DAYS and 1 <= months <= _MOST_MONTHS):
            raise DomainError("loyalty_terms_invalid", http_status=400)

    def lot(self, on: date) -> LotTerms:
        """The terms of what is given on a day."""
        vests_on = on + timedelta(days=self.window_days)
        if self.valid_months is None:
            return LotTerms(vests_on if self.window_days else None)
        last = _months_later(vests_on, self.valid_months)
        if self.year_end:
            last = date(last.year, 12, 31)
        return LotTerms(vests_on if self.window_days else None, last)


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def unit_of(purse: Purse, currency: str) -> LedgerUnit:
    """What a purse counts: points of the programme, or a currency."""
    return points_unit(PROGRAMME) if purse is Purse.POINTS else money_unit(currency)


def purse_key(purse: Purse, customer: str, currency: str) -> AccountKey:
    """The account of a customer's purse; points are the same in every currency."""
    return AccountKey(_KINDS[purse], unit_of(purse, currency), OwnerType.CUSTOMER, customer)


def debt_key(purse: Purse, customer: str, currency: str) -> AccountKey:
    """The account of what a customer spent of what was given for goods that came back: one for each unit."""
    unit = unit_of(purse, currency)
    return AccountKey(AccountKind.POINTS_DEBT, unit, OwnerType.CUSTOMER, customer)


def source_key(purse: Purse, store_id: str, currency: str) -> AccountKey:
    """Where what is given comes from: points out of the programme, money as an expense of the store."""
    unit = unit_of(purse, currency)
    if purse is Purse.POINTS:
        return AccountKey(AccountKind.POINTS_ISSUED, unit)
    return AccountKey(AccountKind.LOYALTY, unit, store_id=store_id)
