"""Loyalty as rules: what a receipt earns, when it may be spent, and what a return takes back."""

from shared.loyalty.awards import Award, awards_of, still_given
from shared.loyalty.holding import Debt, Holding
from shared.loyalty.purses import (
    PROGRAMME,
    Purse,
    PurseTerms,
    debt_key,
    purse_key,
    source_key,
    unit_of,
)
from shared.loyalty.worth import Worth

__all__ = [
    "PROGRAMME",
    "Award",
    "Debt",
    "Holding",
    "Purse",
    "PurseTerms",
    "Worth",
    "awards_of",
    "debt_key",
    "purse_key",
    "source_key",
    "still_given",
    "unit_of",
]
