"""A sellable variant with what its article says about it. Prices and stock are elsewhere: they depend on the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LanguageTexts = Mapping[str, str]
CATEGORY_SEPARATOR = ">"
"""Between the names in the path of a category: `Women>Trousers>Jeans`."""


@dataclass(frozen=True, slots=True)
class Item:
    """One variant (size and colour) of an article; `sku` equals `article_no` where there are no variants.

    `names` by language tag; `age_class` is the youngest age it may be sold to (0: anyone); `uom` is a UN/ECE
    unit code (`H87` piece, `KGM` kilogram); `category` is a path such as `Women>Trousers`; `vat_category` is one of
    `shared.tax.VatCategory`; `picture` is the key under which the centre keeps a small photo, empty for none, while
    `images` are addresses elsewhere.
    """

    sku: str
    article_no: str
    names: LanguageTexts
    vat_category: str
    size: str = ""
    colour: str = ""
    brand: str = ""
    category: str = ""
    uom: str = "H87"
    age_class: int = 0
    discountable: bool = True
    barcodes: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    picture: str = ""

    def name(self, language: str) -> str:
        """The name in `language` or the nearest there is; the article number if there is none at all."""
        return pick_text(self.names, language) or self.article_no


def category_paths(path: str) -> tuple[str, ...]:
    """A category with all those above it, the highest first, each with its whole path."""
    parts = path.split(CATEGORY_SEPARATOR)
    return tuple(CATEGORY_SEPARATOR.join(parts[: depth + 1]) for depth in range(len(parts)))


def language_chain(language: str) -> tuple[str, ...]:
    """The tags to try for a wanted language, best first: `de-AT` gives de-AT, de, en."""
    tags = [language]
    while "-" in tags[-1]:
        tags.append(tags[-1].rpartition("-")[0])
    if "en" not in tags:
        tags.append("en")
    return tuple(tags)


def pick_text(texts: LanguageTexts, language: str) -> str:
    """The text in the first language of the chain that has one, else in any (by tag), else ``""``."""
    for tag in language_chain(language):
        if texts.get(tag):
            return texts[tag]
    return next((texts[tag] for tag in sorted(texts) if texts[tag]), "")
