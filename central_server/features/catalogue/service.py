"""What can be asked of the catalogue and how articles get into it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from central_server.features.catalogue import media_repository, repository
from central_server.features.catalogue.tables import vat_rate as vat_rate_table
from central_server.platform.changes import Change, mark_changed, market_scope
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.catalogue import Item, language_chain, pick_text
from shared.errors import DomainError
from shared.quantity import format_quantity
from shared.tax import RATE_TABLE, VatCategory, VatRate
from shared.wire.payloads import vat_key

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")


@dataclass(frozen=True, slots=True)
class ProductVariant:
    """One size and colour of a product."""

    sku: str
    size: str
    colour: str
    barcodes: tuple[str, ...]
    active: bool


@dataclass(frozen=True, slots=True)
class Product:
    """An article with everything that is known of it; `language` is the tag its name was found under."""

    article_no: str
    name: str
    description: str
    language: str
    names: Mapping[str, str]
    brand: str
    category: str
    category_name: str
    vat_category: str
    age_class: int
    uom: str
    discountable: bool
    variants: tuple[ProductVariant, ...]
    images: tuple[str, ...]
    attributes: Mapping[str, str]


def items(unit: ReadUnit, skus: Iterable[str]) -> dict[str, Item]:
    """The items that tills get for these skus; unknown and inactive ones are missing."""
    wanted = list(skus)
    rows = repository.item_rows(unit, wanted)
    article_nos = {row[1] for row in rows}
    names = repository.names_of(unit, article_nos)
    barcodes = repository.barcodes_of(unit, wanted)
    images = repository.images_of(unit, article_nos)
    attributes = repository.attributes_of(unit, article_nos)
    pictures = media_repository.first_digests(unit, article_nos)
    found: dict[str, Item] = {}
    for sku, article_no, size, colour, brand, category, vat, age, uom, discountable in rows:
        found[sku] = Item(
            sku=sku,
            article_no=article_no,
            names=names.get(article_no, {}),
            vat_category=vat,
            size=size,
            colour=colour,
            brand=brand,
            category=category or "",
            uom=uom,
            age_class=age,
            discountable=discountable,
            barcodes=tuple(barcodes.get(sku, ())),
            images=tuple(images.get(article_no, ())),
            attributes=_attributes(attributes[article_no]) if article_no in attributes else {},
            picture=pictures.get(article_no, ""),
        )
    return found


def _attributes(found: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The values that hold in every language, or those of the nearest one."""
    return {name: texts.get("") or pick_text(texts, "en") for name, texts in sorted(found.items())}


def categories_of(unit: ReadUnit, article_nos: Iterable[str]) -> dict[str, str]:
    """The category code of each of these articles that is known and has one."""
    return repository.categories_of(unit, article_nos)


def article_names(unit: ReadUnit, article_nos: Iterable[str], language: str) -> dict[str, str]:
    """What each of these articles is called in `language` or the nearest there is; unknown ones are missing."""
    found = repository.texts(unit, article_nos)
    return {
        number: pick_text({tag: each[0] for tag, each in texts.items()}, language)
        for number, texts in found.items()
    }


def require_sku(unit: ReadUnit, sku: str) -> None:
    """`DomainError('sku_unknown')`, 404, if there is no such variant."""
    if not repository.variants(unit, [sku]):
        raise DomainError("sku_unknown", {"sku": sku[:64]}, http_status=404)


def skus_of(unit: ReadUnit, article_no: str) -> list[str]:
    """The skus of an article's variants; `DomainError('article_unknown')`, 404."""
    if not repository.articles(unit, [article_no]):
        raise DomainError("article_unknown", {"article": article_no[:64]}, http_status=404)
    return [row.sku for row in repository.variants_of(unit, [article_no])]


def get_product(unit: ReadUnit, article_no: str, language: str) -> Product:
    """An article in `language` or the nearest there is (de-AT, de, en, any).

    `DomainError('article_unknown')`, 404; `('language_invalid')`, 400.
    """
    if not _LANGUAGE.fullmatch(language):
        raise DomainError("language_invalid", {"value": language[:20]}, http_status=400)
    row = repository.articles(unit, [article_no]).get(article_no)
    if row is None:
        raise DomainError("article_unknown", {"article": article_no[:64]}, http_status=404)
    texts = repository.texts(unit, [article_no]).get(article_no, {})
    names = {tag: text[0] for tag, text in sorted(texts.items())}
    variants = repository.variants_of(unit, [article_no])
    barcodes = repository.barcodes_of(unit, [v.sku for v in variants])
    category_names = repository.category_names(unit, row.category_code or "")
    attributes = repository.attributes_of(unit, [article_no]).get(article_no, {})
    return Product(
        article_no=article_no,
        name=pick_text(names, language) or article_no,
        description=pick_text({tag: text[1] for tag, text in texts.items()}, language),
        language=_found_in(names, language),
        names=names,
        brand=row.brand,
        category=row.category_code or "",
        category_name=pick_text(category_names, language),
        vat_category=row.vat_category,
        age_class=row.age_class,
        uom=row.uom,
        discountable=row.discountable,
        variants=tuple(
            ProductVariant(v.sku, v.size, v.colour, tuple(barcodes.get(v.sku, ())), v.active)
            for v in variants
        ),
        images=tuple(repository.images_of(unit, [article_no]).get(article_no, ())),
        attributes={
            name: pick_text(values, language) for name, values in sorted(attributes.items())
        },
    )


def _found_in(names: Mapping[str, str], language: str) -> str:
    for tag in language_chain(language):
        if names.get(tag):
            return tag
    return next((tag for tag in sorted(names) if names[tag]), "")


def vat_rates(unit: ReadUnit, country: str | None = None) -> dict[str, VatRate]:
    """The VAT rates of a country, or of all, by feed key."""
    found = {}
    for row in repository.vat_rows(unit):
        if country is None or row.country == country:
            rate = VatRate(
                country=row.country,
                category=VatCategory(row.category),
                valid_from=row.valid_from,
                rate=Decimal(row.rate),
                source=row.source,
                confirmed=row.confirmed,
            )
            found[vat_key(rate)] = rate
    return found


def ensure_vat_rates(unit: UnitOfWork, _at: datetime) -> int:
    """Bring the VAT rates that this version ships into the database; how many were new or changed.

    Rows of the same country, category and day follow the shipped table; rows added by hand stay.
    """
    present = vat_rates(unit)
    shipped = {vat_key(rate): rate for rate in RATE_TABLE}
    new = [rate for key, rate in shipped.items() if key not in present]
    changed = [rate for key, rate in shipped.items() if key in present and present[key] != rate]
    repository.insert_rows(unit, vat_rate_table, [_vat_values(rate) for rate in new])
    repository.update_rows(
        unit,
        vat_rate_table,
        ("country", "category", "valid_from"),
        [_vat_values(rate) for rate in changed],
    )
    mark_changed(
        unit,
        [
            Change("reference", market_scope(rate.country), "vat", vat_key(rate))
            for rate in (*new, *changed)
        ],
    )
    return len(new) + len(changed)


def _vat_values(rate: VatRate) -> dict[str, object]:
    return {
        "country": rate.country,
        "category": rate.category.value,
        "valid_from": rate.valid_from,
        "rate": format_quantity(rate.rate),
        "source": rate.source,
        "confirmed": rate.confirmed,
    }
