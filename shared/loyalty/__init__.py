"""Loyalty as rules: what a receipt earns, when it may be spent, and what a return takes back."""

from shared.loyalty.awards import (
    Award,
    Benefits,
    Lost,
    StillThere,
    VoucherAward,
    awards_of,
    benefits_of,
    lost_benefits,
    owed_of,
    still_given,
    vouchers_of,
)
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
    "Benefits",
    "Debt",
    "Holding",
    "Lost",
    "Purse",
    "PurseTerms",
    "StillThere",
    "VoucherAward",
    "Worth",
    "awards_of",
    "benefits_of",
    "debt_key",
    "lost_benefits",
    "owed_of",
    "purse_key",
    "source_key",
    "still_given",
    "unit_of",
    "vouchers_of",
]
