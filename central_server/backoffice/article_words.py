"""What codes of imports and of changes of prices are called by people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from central_server.backoffice.formats import Formats
from central_server.platform.translations import Texts, mark

IMPORT_FIELDS: Mapping[str, str] = {
    "sku": mark("Number of the variant"),
    "article_no": mark("Article number"),
    "parent": mark("Number of the parent"),
    "name_de": mark("German name"),
    "name_en": mark("English name"),
    "size": mark("Size"),
    "colour": mark("Colour"),
    "brand": mark("Brand"),
    "category": mark("Category"),
    "barcode": mark("Barcodes"),
    "vat_category": mark("VAT category"),
    "age_class": mark("Sold from the age of"),
    "price": mark("Price"),
    "currency": mark("Currency"),
    "stock": mark("Stock"),
    "image": mark("Pictures"),
    "uom": mark("Unit"),
}
UNIT_WORDS: Mapping[str, str] = {
    "H87": mark("piece"),
    "KGM": mark("kilogram"),
    "MTR": mark("metre"),
    "LTR": mark("litre"),
}
_SYMBOLS: Mapping[str, str] = {"KGM": "kg", "MTR": "m", "LTR": "l"}
CHANGE_STATES: Mapping[str, tuple[str, str]] = {
    "draft": (mark("Draft"), "info"),
    "waiting": (mark("Waiting"), "warning"),
    "applied": (mark("Applied"), "ok"),
    "undone": (mark("Undone"), ""),
    "dropped": (mark("Dropped"), ""),
}
# Why a price of a change stays as it is.
PRICE_PROBLEMS: Mapping[str, str] = {
    "price_before_missing": mark("has no price to start from"),
    "price_below_zero": mark("would be below zero"),
    "reduction_without_reference": mark("no price in the last 30 days: nothing to call reduced"),
    "reduction_not_real": mark("not below the lowest price of the last 30 days"),
    "price_validity_overlaps": mark("another price holds in that time"),
    "price_backdated": mark("a price held already then"),
}


def category_names(codes: Sequence[str]) -> list[str]:
    """Categories by their last name; where several end alike, with as much of the way there as tells them apart:
    `Hosen`, but `Damen › Hosen` beside `Herren › Hosen`.
    """
    paths = {code: code.split(">") for code in codes}
    lengths = dict.fromkeys(paths, 1)
    while True:
        tails = {code: tuple(paths[code][-length:]) for code, length in lengths.items()}
        alike = Counter(tails.values())
        short = [c for c, tail in tails.items() if alike[tail] > 1 and lengths[c] < len(paths[c])]
        if not short:
            return [" › ".join(tails[code]) for code in codes]
        for code in short:
            lengths[code] += 1


def in_unit(texts: Texts, uom: str) -> str:
    """What numbers without a unit count: `in pieces`, `in kg`."""
    if uom == "H87":
        return texts.gettext("in pieces")
    return texts.gettext("in {symbol}", symbol=_SYMBOLS.get(uom, uom))


def counted(texts: Texts, formats: Formats, uom: str, thousandths: int) -> str:
    """So much of an article in its unit: `1 piece`, `2.5 kg`."""
    amount = formats.quantity(thousandths)
    if uom == "H87":
        return texts.ngettext(
            "{amount} piece", "{amount} pieces", 1 if thousandths == 1000 else 2, amount=amount
        )
    return f"{amount} {_SYMBOLS.get(uom, uom)}"
