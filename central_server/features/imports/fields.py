"""Which column of a file stands for what: by its German or English name, or as the operator says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.errors import DomainError

IGNORED = "-"
_MAPPED = -1
_NAME = re.compile(
    r"(?:name|bezeichnung|artikelbezeichnung|title|titel)_([a-z]{2})(?:_([a-z]{2}))?"
)
_ATTRIBUTE = re.compile(r"(?:attribute|attribut|attr)_(.+)")

_ALIASES: dict[str, tuple[str, ...]] = {
    "sku": ("sku", "variant_sku", "variantennummer", "stockcode", "stock_code", "item_no", "item_number"),
    "article_no": (
        "article_no", "article_number", "article", "artikelnummer", "artikelnr", "artikel_nr", "artikel_no",
        "art_nr", "artnr", "artikel", "product_no", "product_number", "style_no",
    ),
    "parent": ("parent", "parent_sku", "hauptartikel", "modell", "model", "style", "matrixid", "matrix_id"),
    "name": (
        "name", "bezeichnung", "artikelbezeichnung", "artikelname", "produktname", "product_name", "titel",
        "title", "description", "beschreibung",
    ),
    "size": ("size", "groesse", "größe", "gr", "konfektionsgroesse"),
    "colour": ("colour", "color", "farbe"),
    "brand": ("brand", "marke", "hersteller", "manufacturer", "designer"),
    "category": ("category", "categories", "kategorie", "warengruppe", "wgr"),
    "barcode": ("barcode", "barcodes", "ean", "eans", "ean13", "gtin", "gtins", "upc", "strichcode"),
    "vat_category": (
        "vat_category", "vat", "vat_class", "vat_rate", "mwst", "mwst_satz", "ust", "steuer", "steuersatz",
        "steuerklasse", "mehrwertsteuer", "tax", "tax_class",
    ),
    "age_class": ("age_class", "age", "min_age", "mindestalter", "altersfreigabe", "alter", "fsk", "usk"),
    "price": (
        "price", "preis", "vk", "vk_preis", "verkaufspreis", "bruttopreis", "unitprice", "unit_price",
        "retail_price",
    ),
    "cost": (
        "cost", "cost_price", "purchase_price", "ek", "ek_preis", "ek_netto", "einkaufspreis", "einstandspreis",
    ),
    "currency": ("currency", "waehrung", "währung"),
    "stock": ("stock", "bestand", "lagerbestand", "menge", "quantity", "qty"),
    "image": ("image", "images", "image_url", "bild", "bilder", "foto"),
    "uom": ("uom", "unit", "einheit", "mengeneinheit"),
}  # fmt: skip
FIELDS = tuple(_ALIASES)


@dataclass(frozen=True, slots=True)
class Columns:
    """Positions of the fields in a row; names by language tag, attributes by name."""

    header: tuple[str, ...]
    position: Mapping[str, int]
    names: Mapping[str, int]
    attributes: Mapping[str, int]

    def title(self, field: str) -> str:
        """The file's own title of the column that stands for a field."""
        # Where no column is called sku, another one stands in for it.
        for candidate in (field, *(("article_no", "barcode") if field == "sku" else ())):
            if candidate in self.position:
                return self.header[self.position[candidate]]
        return field


def find_columns(
    name: str, header: Sequence[str], mapping: Mapping[str, str], language: str
) -> Columns:
    """The columns of a file with this header; `mapping` (column to field, or `-`) goes before the aliases.

    `DomainError`: `import_map_unknown`, `import_column_twice`, `import_column_missing`. A column that means
    nothing here is left out.
    """
    _check_mapping(header, mapping)
    candidates: dict[str, list[tuple[int, int]]] = {}
    for index, title in enumerate(header):
        field, rank = (mapping[title], _MAPPED) if title in mapping else _field_of(title)
        if field not in ("", IGNORED):
            candidates.setdefault(field, []).append((rank, index))
    position: dict[str, int] = {}
    names: dict[str, int] = {}
    attributes: dict[str, int] = {}
    for field, found in candidates.items():
        found.sort()
        _refuse_twice(name, field, found, header)
        if (match := _NAME.fullmatch(field)) is not None:
            names[match[1] + (f"-{match[2].upper()}" if match[2] else "")] = found[0][1]
        elif (match := _ATTRIBUTE.fullmatch(field)) is not None:
            attributes[match[1]] = found[0][1]
        else:
            position[field] = found[0][1]
    if "name" in position:
        names.setdefault(language, position["name"])
    if not position.keys() & {"sku", "article_no", "barcode"}:
        raise _missing(name, "sku", header)
    if not names:
        raise _missing(name, "name", header)
    return Columns(tuple(header), position, names, attributes)


def _check_mapping(header: Sequence[str], mapping: Mapping[str, str]) -> None:
    for column, field in mapping.items():
        known = (
            field in FIELDS
            or field == IGNORED
            or _NAME.fullmatch(field)
            or _ATTRIBUTE.fullmatch(field)
        )
        if column not in header or not known:
            params = {"entry": f"{column}={field}"[:80], "fields": ", ".join(FIELDS)}
            raise DomainError("import_map_unknown", params, http_status=400)


def _refuse_twice(
    name: str, field: str, found: Sequence[tuple[int, int]], header: Sequence[str]
) -> None:
    """Two columns of the same rank: nobody can say which is meant."""
    if len(found) > 1 and found[0][0] == found[1][0]:
        params = {
            "name": name,
            "field": field,
            "first": header[found[0][1]][:60],
            "second": header[found[1][1]][:60],
        }
        raise DomainError("import_column_twice", params, http_status=400)


def _missing(name: str, field: str, header: Sequence[str]) -> DomainError:
    found = ", ".join(title[:40] for title in header[:40])
    params = {"name": name, "field": field, "found": found}
    return DomainError("import_column_missing", params, http_status=400)


def likely_field(title: str, language: str) -> str:
    """What a column most likely stands for, by its title; `-` for nothing. A plain name is one in `language`."""
    field, _ = _field_of(title)
    return f"name_{language}" if field == "name" else field or IGNORED


def _field_of(title: str) -> tuple[str, int]:
    """The field that a title stands for, and how well it does (0 is best); empty if for none."""
    plain = re.sub(r"[^\w]+", "_", title.strip().lower()).strip("_")
    if _NAME.fullmatch(plain) or _ATTRIBUTE.fullmatch(plain):
        return plain, 0
    return _BY_ALIAS.get(plain, ("", 0))


_BY_ALIAS = {
    alias: (field, rank)
    for field, aliases in _ALIASES.items()
    for rank, alias in enumerate(aliases)
}
