"""The ledger's rules: units, accounts and their floors, transfers, lots, and what receipts and cash book."""

from shared.ledger.accounts import CHAIN, AccountKey, AccountKind, Floor, OwnerType, rule_of
from shared.ledger.counters import Counters, Effect, effect
from shared.ledger.lots import Lot, parts_back, spendable, take
from shared.ledger.transfers import (
    Journal,
    LotTerms,
    PendingRef,
    Phase,
    Transfer,
    flaw_of,
    moved,
    reversal,
)
from shared.ledger.units import LedgerUnit, UnitKind, money_unit, points_unit

__all__ = [
    "CHAIN",
    "AccountKey",
    "AccountKind",
    "Counters",
    "Effect",
    "Floor",
    "Journal",
    "LedgerUnit",
    "Lot",
    "LotTerms",
    "OwnerType",
    "PendingRef",
    "Phase",
    "Transfer",
    "UnitKind",
    "effect",
    "flaw_of",
    "money_unit",
    "moved",
    "parts_back",
    "points_unit",
    "reversal",
    "rule_of",
    "spendable",
    "take",
]
