"""Paying: what was given, what is still due, what change is handed out."""

from shared.tender.tender import Tender, TenderKind, TenderMix

__all__ = ["Tender", "TenderKind", "TenderMix"]
