"""Kinds of accounts, how far each may be drawn, and how one account is told from another."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shared.ledger.units import LedgerUnit

# In place of a store id: store ids are upper case, so no store is ever called that.
CHAIN = "chain"


class Floor(StrEnum):
    """What a balance never passes. `CREDIT`: debits, held ones too, never exceed posted credits (a gift card).
    `DEBIT`: the other way round.
    """

    NONE = "none"
    CREDIT = "credit"
    DEBIT = "debit"


class OwnerType(StrEnum):
    """What `owner_id` names: nothing (the chain itself), a VAT category and rate, a till, a customer, an instrument."""

    CHAIN = "chain"
    VAT = "vat"
    TILL = "till"
    CUSTOMER = "customer"
    GIFT_CARD = "gift_card"
    VOUCHER = "voucher"


class AccountKind(StrEnum):
    """What an account is for. Kinds of `store` belong to one store; those of customers and instruments to the chain."""

    SALES = "store.sales"
    TAX = "store.tax"
    DISCOUNTS = "store.discounts"
    CLEARING = "store.clearing"
    CASH = "store.tender.cash"
    CARD = "store.tender.card"
    ROUNDING = "store.rounding"
    SAFE = "store.safe"
    BANK = "store.bank"
    EXPENSE = "store.expense"
    CASH_DIFFERENCE = "store.cash_difference"
    INSTRUMENTS = "store.instruments"
    # What single-purpose vouchers sell, and its VAT: due when they are issued, and back when their goods are taxed.
    VOUCHER_SALES = "store.voucher_sales"
    VOUCHER_TAX = "store.voucher_tax"
    VOUCHER_TAX_PREPAID = "store.voucher_tax_prepaid"
    WALLET = "customer.wallet"
    POINTS = "customer.points"
    POINTS_DEBT = "customer.points_debt"
    BONUS = "customer.bonus"
    STORE_CREDIT = "customer.store_credit"
    CASHBACK_PENDING = "customer.cashback_pending"
    CASHBACK = "customer.cashback"
    RECEIVABLE = "customer.receivable"
    # What a customer may still buy on invoice: no value, but drawn down to nothing and no further.
    CREDIT_LINE = "customer.credit_line"
    CREDIT_GRANTED = "memo.credit_granted"
    GIFT_CARD = "giftcard"
    VOUCHER = "voucher"
    POINTS_ISSUED = "points.issued"
    POINTS_REDEEMED = "points.redeemed"
    BREAKAGE = "liability.breakage"
    LOYALTY = "expense.loyalty"
    MARKETING = "expense.marketing"
    STAND_IN_LOSS = "expense.stand_in_loss"
    # Debts that nobody pays any more, in points too.
    WRITTEN_OFF = "expense.written_off"


@dataclass(frozen=True, slots=True)
class KindRule:
    """`floor` of the kind's accounts, and whether what is credited to them is kept in `lots` that may expire."""

    floor: Floor
    lots: bool = False


_PURSE = KindRule(Floor.CREDIT)
_LOTS = KindRule(Floor.CREDIT, lots=True)
_OPEN = KindRule(Floor.NONE)
_RULES = {
    AccountKind.WALLET: _LOTS,
    AccountKind.POINTS: _LOTS,
    AccountKind.POINTS_DEBT: KindRule(Floor.DEBIT),
    AccountKind.BONUS: _LOTS,
    AccountKind.STORE_CREDIT: _LOTS,
    AccountKind.CASHBACK_PENDING: _PURSE,
    AccountKind.CASHBACK: _LOTS,
    AccountKind.CREDIT_LINE: _PURSE,
    AccountKind.GIFT_CARD: _PURSE,
    AccountKind.VOUCHER: _LOTS,
}


def rule_of(kind: AccountKind) -> KindRule:
    """How accounts of this kind behave; those of the house have no floor: they are summed up, never locked."""
    return _RULES.get(kind, _OPEN)


@dataclass(frozen=True, slots=True)
class AccountKey:
    """Which account: there is one for each of these combinations. `store_id` is `CHAIN` where no store is meant."""

    kind: AccountKind
    unit: LedgerUnit
    owner_type: OwnerType = OwnerType.CHAIN
    owner_id: str = ""
    store_id: str = CHAIN

    @property
    def rule(self) -> KindRule:
        """How this account behaves."""
        return rule_of(self.kind)
