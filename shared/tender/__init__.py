"""Paying: what was given, what is still due, what change is handed out, in which notes and coins."""

from shared.tender.cash import Denomination, denominations, fewest_pieces, quick_amounts
from shared.tender.tender import Tender, TenderKind, TenderMix

__all__ = [
    "Denomination",
    "Tender",
    "TenderKind",
    "TenderMix",
    "denominations",
    "fewest_pieces",
    "quick_amounts",
]
