"""SQL of the catalogue. Reads and writes whole batches: a function gets all keys of a batch at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Row, Table, bindparam, select

from central_server.features.catalogue.tables import (
    article,
    article_attribute,
    article_image,
    article_text,
    barcode,
    category,
    category_text,
    variant,
    vat_rate,
)
from central_server.platform.database import among, bulk_insert
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork


def categories_of(unit: ReadUnit, article_nos: Iterable[str]) -> dict[str, str]:
    """The category of each of these articles that has one."""
    query = select(article.c.article_no, article.c.category_code).where(
        among(unit.connection, article.c.article_no, sorted(set(article_nos))),
        article.c.category_code.is_not(None),
    )
    return {row[0]: row[1] for row in unit.connection.execute(query)}


def articles(unit: ReadUnit, article_nos: Iterable[str]) -> dict[str, Row[Any]]:
    """Articles by number."""
    query = select(article).where(among(unit.connection, article.c.article_no, article_nos))
    return {row.article_no: row for row in unit.connection.execute(query).all()}


def texts(unit: ReadUnit, article_nos: Iterable[str]) -> dict[str, dict[str, tuple[str, str]]]:
    """Name and description per article and language."""
    table = article_text
    query = select(table.c.article_no, table.c.language, table.c.name, table.c.description).where(
        among(unit.connection, table.c.article_no, article_nos)
    )
    found: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for article_no, language, name, description in unit.connection.execute(query).all():
        found[article_no][language] = (name, description)
    return found


def names_of(unit: ReadUnit, article_nos: Iterable[str]) -> dict[str, dict[str, str]]:
    """The names of each article by language, languages in order."""
    table = article_text
    query = (
        select(table.c.article_no, table.c.language, table.c.name)
        .where(among(unit.connection, table.c.article_no, article_nos))
        .order_by(table.c.article_no, table.c.language)
    )
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for article_no, language, name in unit.connection.execute(query).all():
        found[article_no][language] = name
    return found


def variants(unit: ReadUnit, skus: Iterable[str]) -> dict[str, Row[Any]]:
    """Variants by sku."""
    query = select(variant).where(among(unit.connection, variant.c.sku, skus))
    return {row.sku: row for row in unit.connection.execute(query).all()}


def variants_of(unit: ReadUnit, article_nos: Iterable[str]) -> list[Row[Any]]:
    """The variants of some articles, by sku."""
    query = (
        select(variant)
        .where(among(unit.connection, variant.c.article_no, article_nos))
        .order_by(variant.c.sku)
    )
    return list(unit.connection.execute(query))


def barcode_owners(unit: ReadUnit, codes: Iterable[str]) -> dict[str, str]:
    """The sku of each barcode that exists."""
    query = select(barcode.c.code, barcode.c.sku).where(
        among(unit.connection, barcode.c.code, codes)
    )
    return {row[0]: row[1] for row in unit.connection.execute(query)}


def barcodes_of(unit: ReadUnit, skus: Iterable[str]) -> dict[str, list[str]]:
    """The barcodes of each sku, in order."""
    query = (
        select(barcode.c.sku, barcode.c.code)
        .where(among(unit.connection, barcode.c.sku, skus))
        .order_by(barcode.c.code)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for sku, code in unit.connection.execute(query).all():
        found[sku].append(code)
    return found


def images_of(unit: ReadUnit, article_nos: Iterable[str]) -> dict[str, list[str]]:
    """The images of each article, in order."""
    table = article_image
    query = (
        select(table.c.article_no, table.c.url)
        .where(among(unit.connection, table.c.article_no, article_nos))
        .order_by(table.c.article_no, table.c.position)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for article_no, url in unit.connection.execute(query).all():
        found[article_no].append(url)
    return found


def attributes_of(
    unit: ReadUnit, article_nos: Iterable[str]
) -> dict[str, dict[str, dict[str, str]]]:
    """Per article and attribute the value by language (empty: any)."""
    table = article_attribute
    query = select(table.c.article_no, table.c.name, table.c.language, table.c.value).where(
        among(unit.connection, table.c.article_no, article_nos)
    )
    found: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for article_no, name, language, value in unit.connection.execute(query).all():
        found[article_no][name][language] = value
    return found


def item_rows(unit: ReadUnit, skus: Iterable[str]) -> Sequence[Any]:
    """Active variants with what their article says, as plain tuples in the order of the columns below."""
    query = (
        select(
            variant.c.sku,
            variant.c.article_no,
            variant.c.size,
            variant.c.colour,
            article.c.brand,
            article.c.category_code,
            article.c.vat_category,
            article.c.age_class,
            article.c.uom,
            article.c.discountable,
        )
        .join(article, article.c.article_no == variant.c.article_no)
        .where(variant.c.active, among(unit.connection, variant.c.sku, skus))
    )
    return unit.connection.execute(query).all()


def known_categories(unit: ReadUnit, codes: Iterable[str]) -> set[str]:
    """Which of these categories exist."""
    query = select(category.c.code).where(among(unit.connection, category.c.code, codes))
    return set(unit.connection.execute(query).scalars())


def category_names(unit: ReadUnit, code: str) -> dict[str, str]:
    """The names of a category by language."""
    query = select(category_text.c.language, category_text.c.name).where(
        category_text.c.code == code
    )
    return {row[0]: row[1] for row in unit.connection.execute(query)}


def insert_rows(unit: UnitOfWork, table: Table, rows: list[dict[str, Any]]) -> None:
    """Add rows to one of the catalogue's tables; all have the same keys."""
    bulk_insert(unit.connection, table, rows)


def update_rows(
    unit: UnitOfWork, table: Table, key_names: Sequence[str], rows: list[dict[str, Any]]
) -> None:
    """Change rows of one of the catalogue's tables, found by `key_names`; all rows have the same keys."""
    if not rows:
        return
    columns: list[Column[Any]] = [table.c[name] for name in key_names]
    statement = table.update().where(
        *(column == bindparam(f"k_{column.name}") for column in columns)
    )
    statement = statement.values(
        {name: bindparam(name) for name in rows[0] if name not in key_names}
    )
    unit.connection.execute(
        statement,
        [
            {(f"k_{name}" if name in key_names else name): value for name, value in row.items()}
            for row in rows
        ],
    )


def replace_images(unit: UnitOfWork, images: dict[str, tuple[str, ...]]) -> None:
    """Give each article exactly these images."""
    if not images:
        return
    unit.connection.execute(
        article_image.delete().where(among(unit.connection, article_image.c.article_no, images))
    )
    rows = [
        {"article_no": article_no, "position": position, "url": url}
        for article_no, urls in images.items()
        for position, url in enumerate(urls)
    ]
    insert_rows(unit, article_image, rows)


def replace_texts(unit: UnitOfWork, article_no: str, texts: dict[str, tuple[str, str]]) -> None:
    """Give an article exactly these names and descriptions by language."""
    table = article_text
    unit.connection.execute(table.delete().where(table.c.article_no == article_no))
    rows = [
        {"article_no": article_no, "language": tag, "name": name, "description": description}
        for tag, (name, description) in texts.items()
    ]
    insert_rows(unit, table, rows)


def replace_attributes(unit: UnitOfWork, article_no: str, values: Mapping[str, str]) -> None:
    """Give an article exactly these attributes; those that differ by language stay."""
    table = article_attribute
    unit.connection.execute(
        table.delete().where(table.c.article_no == article_no, table.c.language == "")
    )
    rows = [
        {"article_no": article_no, "name": name, "language": "", "value": value}
        for name, value in values.items()
    ]
    insert_rows(unit, table, rows)


def replace_barcodes(unit: UnitOfWork, sku: str, codes: Iterable[str]) -> None:
    """Give a variant exactly these barcodes."""
    unit.connection.execute(barcode.delete().where(barcode.c.sku == sku))
    insert_rows(unit, barcode, [{"code": code, "sku": sku} for code in codes])


def category_codes(unit: ReadUnit, limit: int) -> list[str]:
    """Categories by path, at most `limit` of them."""
    query = select(category.c.code).order_by(category.c.code).limit(limit)
    return list(unit.connection.execute(query).scalars())


def vat_rows(unit: ReadUnit) -> list[Row[Any]]:
    """All VAT rates."""
    return list(unit.connection.execute(select(vat_rate)))
