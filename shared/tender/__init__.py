"""Paying: what was given, what is still due, what change is handed out, in which notes and coins."""

from shared.tender.cash import Denomination, denominations, fewest_pieces, quick_amounts
from shared.tender.purpose import TaxedBefore, VoucherPurpose
from shared.tender.slip import TerminalSlip, masked, masked_on_paper
from shared.tender.tender import (
    AUTHORISED,
    MEANS,
    PURSES,
    Means,
    Tender,
    TenderKind,
    TenderMix,
    means_of,
)

__all__ = [
    "AUTHORISED",
    "MEANS",
    "PURSES",
    "Denomination",
    "Means",
    "TaxedBefore",
    "Tender",
    "TenderKind",
    "TenderMix",
    "TerminalSlip",
    "VoucherPurpose",
    "denominations",
    "fewest_pieces",
    "masked",
    "masked_on_paper",
    "means_of",
    "quick_amounts",
]
