"""What can be sold: the item as a till needs it, its texts and the order in which languages are tried."""

from shared.catalogue.item import Item, LanguageTexts, language_chain, pick_text
from shared.catalogue.words import fold, search_words

__all__ = ["Item", "LanguageTexts", "fold", "language_chain", "pick_text", "search_words"]
