"""How articles get into the catalogue: a batch at a time, compared with what is there, so that the same batch twice
changes nothing and tells no till anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from central_server.features.catalogue import repository, search_index
from central_server.features.catalogue.tables import (
    article,
    article_attribute,
    article_text,
    barcode,
    category,
    category_text,
    variant,
)
from central_server.platform.changes import CHAIN, Change, mark_changed
from central_server.platform.unit_of_work import UnitOfWork
from shared.catalogue import CATEGORY_SEPARATOR, category_paths
from shared.tax import VatCategory

_Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """What a source says of an article. None means it says nothing: what is there stays.

    `names` by language; `category` is a path such as `Clothing>Trousers`, named in `category_language`.
    """

    article_no: str
    names: Mapping[str, str]
    brand: str | None = None
    category: str | None = None
    category_language: str = "de"
    vat_category: str | None = None
    age_class: int | None = None
    uom: str | None = None
    images: tuple[str, ...] | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VariantDraft:
    """What a source says of a variant. Barcodes are added to those that are there."""

    sku: str
    article_no: str
    size: str | None = None
    colour: str | None = None
    barcodes: tuple[str, ...] = ()


@dataclass(slots=True)
class EntryResult:
    """How much a batch changed."""

    new_articles: int = 0
    new_variants: int = 0
    changed_skus: set[str] = field(default_factory=set)


def enter_batch(
    unit: UnitOfWork,
    articles: Sequence[ArticleDraft],
    variants: Sequence[VariantDraft],
    at: datetime,
) -> EntryResult:
    """Bring a batch into the catalogue; tills hear of exactly the skus that changed.

    Each article and sku stands once in the batch, each variant's article exists or is in it, and no barcode
    belongs to another sku: the caller has seen to that.
    """
    result = EntryResult()
    _ensure_categories(unit, articles)
    touched = _enter_articles(unit, articles, result, at)
    changed = _enter_variants(unit, variants, result, at)
    for row in repository.variants_of(unit, touched) if touched else ():
        changed.add(row.sku)
    result.changed_skus = changed
    mark_changed(unit, [Change("reference", CHAIN, "item", sku) for sku in sorted(changed)])
    numbers = {draft.article_no for draft in variants if draft.sku in changed}
    fresh = {draft.article_no for draft in articles} if result.new_articles else set()
    search_index.refresh(unit, touched | numbers | fresh)
    return result


def _ensure_categories(unit: UnitOfWork, articles: Iterable[ArticleDraft]) -> None:
    wanted: dict[str, str] = {}
    for draft in articles:
        if draft.category:
            for code in category_paths(draft.category):
                wanted.setdefault(code, draft.category_language)
    if not wanted:
        return
    known = repository.known_categories(unit, wanted)
    # Shorter paths first: a parent exists before its children.
    new = sorted((code for code in wanted if code not in known), key=len)
    rows: _Rows = []
    names: _Rows = []
    for code in new:
        parent, _, name = code.rpartition(CATEGORY_SEPARATOR)
        rows.append({"code": code, "parent_code": parent or None})
        names.append({"code": code, "language": wanted[code], "name": name})
    repository.insert_rows(unit, category, rows)
    repository.insert_rows(unit, category_text, names)


def _enter_articles(
    unit: UnitOfWork, drafts: Sequence[ArticleDraft], result: EntryResult, at: datetime
) -> set[str]:
    """Write articles with their texts, images and attributes; the numbers of those that existed and changed."""
    present = repository.articles(unit, [draft.article_no for draft in drafts])
    new: _Rows = []
    changed: _Rows = []
    touched: set[str] = set()
    for draft in drafts:
        row = present.get(draft.article_no)
        facts = _article_facts(draft, row)
        if row is None:
            new.append(
                {"article_no": draft.article_no, **facts, "created_at": at, "changed_at": at}
            )
        elif any(getattr(row, name) != value for name, value in facts.items()):
            changed.append({"article_no": draft.article_no, **facts, "changed_at": at})
            touched.add(draft.article_no)
    repository.insert_rows(unit, article, new)
    repository.update_rows(unit, article, ("article_no",), changed)
    result.new_articles = len(new)
    touched |= _enter_texts(unit, drafts, present.keys())
    touched |= _enter_images(unit, drafts, present.keys())
    touched |= _enter_attributes(unit, drafts, present.keys())
    return touched & present.keys()


def _article_facts(draft: ArticleDraft, row: Row[Any] | None) -> dict[str, Any]:
    def chosen(value: object, name: str, default: object) -> object:
        if value is not None:
            return value
        return getattr(row, name) if row is not None else default

    category_code = draft.category or None
    return {
        "brand": chosen(draft.brand, "brand", ""),
        "category_code": chosen(category_code, "category_code", None),
        "vat_category": chosen(draft.vat_category, "vat_category", VatCategory.STANDARD.value),
        "age_class": chosen(draft.age_class, "age_class", 0),
        "uom": chosen(draft.uom, "uom", "H87"),
        "discountable": row.discountable if row is not None else True,
    }


def _enter_texts(
    unit: UnitOfWork, drafts: Sequence[ArticleDraft], known: Iterable[str]
) -> set[str]:
    existing = set(known)
    present = repository.texts(unit, existing) if existing else {}
    new: _Rows = []
    changed: _Rows = []
    for draft in drafts:
        there = present.get(draft.article_no, {})
        for language, name in draft.names.items():
            row = {"article_no": draft.article_no, "language": language, "name": name}
            if language not in there:
                new.append({**row, "description": ""})
            elif there[language][0] != name:
                changed.append(row)
    repository.insert_rows(unit, article_text, new)
    repository.update_rows(unit, article_text, ("article_no", "language"), changed)
    return {row["article_no"] for row in (*new, *changed)}


def _enter_images(
    unit: UnitOfWork, drafts: Sequence[ArticleDraft], known: Iterable[str]
) -> set[str]:
    wanted = {draft.article_no: draft.images for draft in drafts if draft.images}
    if not wanted:
        return set()
    present = repository.images_of(unit, wanted.keys() & set(known))
    changed = {
        article_no: images
        for article_no, images in wanted.items()
        if images and tuple(present.get(article_no, ())) != images
    }
    repository.replace_images(unit, changed)
    return set(changed)


def _enter_attributes(
    unit: UnitOfWork, drafts: Sequence[ArticleDraft], known: Iterable[str]
) -> set[str]:
    wanted = {draft.article_no: draft.attributes for draft in drafts if draft.attributes}
    if not wanted:
        return set()
    present = repository.attributes_of(unit, wanted.keys() & set(known))
    new: _Rows = []
    changed: _Rows = []
    for article_no, attributes in wanted.items():
        there = present.get(article_no, {})
        for name, value in attributes.items():
            row = {"article_no": article_no, "name": name, "language": "", "value": value}
            if "" not in there.get(name, {}):
                new.append(row)
            elif there[name][""] != value:
                changed.append(row)
    repository.insert_rows(unit, article_attribute, new)
    repository.update_rows(unit, article_attribute, ("article_no", "name", "language"), changed)
    return {row["article_no"] for row in (*new, *changed)}


def _enter_variants(
    unit: UnitOfWork, drafts: Sequence[VariantDraft], result: EntryResult, at: datetime
) -> set[str]:
    """Write variants and barcodes; the skus that are new or changed."""
    present = repository.variants(unit, [draft.sku for draft in drafts])
    new: _Rows = []
    changed: _Rows = []
    for draft in drafts:
        row = present.get(draft.sku)
        if row is None:
            new.append(
                {
                    "sku": draft.sku,
                    "article_no": draft.article_no,
                    "size": draft.size or "",
                    "colour": draft.colour or "",
                    "active": True,
                    "created_at": at,
                }
            )
            continue
        size = row.size if draft.size is None else draft.size
        colour = row.colour if draft.colour is None else draft.colour
        if (row.size, row.colour, row.active) != (size, colour, True):
            changed.append({"sku": draft.sku, "size": size, "colour": colour, "active": True})
    repository.insert_rows(unit, variant, new)
    repository.update_rows(unit, variant, ("sku",), changed)
    result.new_variants = len(new)
    codes = {code: draft.sku for draft in drafts for code in draft.barcodes}
    owners = repository.barcode_owners(unit, codes) if codes else {}
    fresh = [{"code": code, "sku": sku} for code, sku in codes.items() if code not in owners]
    repository.insert_rows(unit, barcode, fresh)
    return {row["sku"] for row in (*new, *changed, *fresh)}
