"""What can be sold: the item as a till needs it, its texts and the order in which languages are tried."""

from shared.catalogue.item import (
    CATEGORY_SEPARATOR,
    Item,
    LanguageTexts,
    category_paths,
    language_chain,
    pick_text,
)
from shared.catalogue.words import fold, search_words

__all__ = [
    "CATEGORY_SEPARATOR",
    "Item",
    "LanguageTexts",
    "category_paths",
    "fold",
    "language_chain",
    "pick_text",
    "search_words",
]
