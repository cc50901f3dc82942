"""Changing one article by hand: what is checked, what is written, and which tills hear of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from central_server.features.catalogue import repository, search_index
from central_server.features.catalogue.entry import (
    ArticleDraft,
    VariantDraft,
    enter_batch,
)
from central_server.features.catalogue.tables import article as article_table
from central_server.features.catalogue.tables import variant as variant_table
from central_server.platform.changes import CHAIN, Change, mark_changed
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError
from shared.quantity import check_digit, is_gtin, normal_gtin
from shared.tax import VatCategory

_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")
_GTIN_LENGTHS = frozenset((8, 12, 13, 14))
_OLDEST = 99


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """Everything an article says of itself; names and descriptions by language."""

    names: Mapping[str, str]
    descriptions: Mapping[str, str]
    brand: str = ""
    category: str = ""
    vat_category: str = VatCategory.STANDARD.value
    age_class: int = 0
    uom: str = "H87"
    discountable: bool = True
    images: tuple[str, ...] = ()
    attributes: Mapping[str, str] | None = None

    def recorded(self) -> dict[str, Any]:
        """The facts as the audit trail shows them."""
        found: dict[str, Any] = {
            "brand": self.brand,
            "category": self.category,
            "vat_category": self.vat_category,
            "age_class": self.age_class,
            "uom": self.uom,
            "discountable": self.discountable,
            "images": list(self.images),
        }
        found.update({f"name_{tag}": name for tag, name in self.names.items()})
        found.update({f"text_{tag}": text for tag, text in self.descriptions.items() if text})
        found.update({f"attribute_{k}": v for k, v in (self.attributes or {}).items()})
        return found


def article_facts(unit: ReadUnit, article_no: str) -> ArticleFacts:
    """What an article says of itself; `DomainError('article_unknown')`, 404."""
    row = repository.articles(unit, [article_no]).get(article_no)
    if row is None:
        raise DomainError("article_unknown", {"article": article_no[:64]}, http_status=404)
    texts = repository.texts(unit, [article_no]).get(article_no, {})
    attributes = repository.attributes_of(unit, [article_no]).get(article_no, {})
    return ArticleFacts(
        names={tag: text[0] for tag, text in sorted(texts.items())},
        descriptions={tag: text[1] for tag, text in sorted(texts.items())},
        brand=row.brand,
        category=row.category_code or "",
        vat_category=row.vat_category,
        age_class=row.age_class,
        uom=row.uom,
        discountable=row.discountable,
        images=tuple(repository.images_of(unit, [article_no]).get(article_no, ())),
        attributes={name: values[""] for name, values in attributes.items() if "" in values},
    )


def add_article(unit: UnitOfWork, article_no: str, facts: ArticleFacts, at: datetime) -> None:
    """Add an article without variants.

    `DomainError`: `article_exists`; 400: `article_no_invalid` and what `change_article` refuses.
    """
    if not _NUMBER.fullmatch(article_no):
        raise DomainError("article_no_invalid", {"value": article_no[:64]}, http_status=400)
    if repository.articles(unit, [article_no]):
        raise DomainError("article_exists", {"article": article_no})
    _check(facts)
    enter_batch(unit, [_draft(article_no, facts)], [], at)
    _write(unit, article_no, facts, at)


def change_article(unit: UnitOfWork, article_no: str, facts: ArticleFacts, at: datetime) -> None:
    """Let an article say exactly this; every till hears of its variants.

    `DomainError`: `article_unknown`, 404; 400: `article_name_missing`, `vat_category_invalid`,
    `age_class_invalid`, `uom_invalid`, `category_invalid`.
    """
    before = article_facts(unit, article_no)
    _check(facts)
    if before == facts:
        return
    enter_batch(unit, [_draft(article_no, facts)], [], at)
    _write(unit, article_no, facts, at)


def add_variant(unit: UnitOfWork, draft: VariantDraft, at: datetime) -> None:
    """Add a variant with its barcodes.

    `DomainError`: `article_unknown`, 404; `sku_exists`, `variant_exists`, `barcode_taken`; 400: `sku_invalid`,
    `barcode_invalid`.
    """
    article_facts(unit, draft.article_no)
    if not _NUMBER.fullmatch(draft.sku):
        raise DomainError("sku_invalid", {"value": draft.sku[:64]}, http_status=400)
    if repository.variants(unit, [draft.sku]):
        raise DomainError("sku_exists", {"sku": draft.sku})
    for one in repository.variants_of(unit, [draft.article_no]):
        if (one.size, one.colour) == (draft.size or "", draft.colour or ""):
            raise DomainError("variant_exists", {"sku": one.sku})
    _check_barcodes(unit, draft.barcodes, draft.sku)
    enter_batch(unit, [], [draft], at)


def change_variant(
    unit: UnitOfWork, sku: str, barcodes: tuple[str, ...], *, active: bool
) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Give a variant exactly these barcodes and say whether it is sold; its article, and facts before and after."""
    row = repository.variants(unit, [sku]).get(sku)
    if row is None:
        raise DomainError("sku_unknown", {"sku": sku[:64]}, http_status=404)
    _check_barcodes(unit, barcodes, sku)
    old = tuple(repository.barcodes_of(unit, [sku]).get(sku, ()))
    before = {"barcodes": list(old), "sold": row.active}
    after = {"barcodes": sorted(barcodes), "sold": active}
    if before != after:
        repository.replace_barcodes(unit, sku, barcodes)
        repository.update_rows(unit, variant_table, ("sku",), [{"sku": sku, "active": active}])
        mark_changed(unit, [Change("reference", CHAIN, "item", sku, "put" if active else "remove")])
        search_index.refresh(unit, [row.article_no])
    return row.article_no, before, after


def checked_barcodes(text: str) -> tuple[str, ...]:
    """The barcodes of a line with blanks or commas between them, in the form that is stored."""
    codes = re.split(r"[\s,;]+", text.strip())
    return tuple(
        dict.fromkeys(normal_gtin(code) if len(code) == 12 else code for code in codes if code)
    )


def _check_barcodes(unit: ReadUnit, codes: tuple[str, ...], sku: str) -> None:
    for code in codes:
        wrong = code.isdigit() and len(code) in _GTIN_LENGTHS and not is_gtin(code)
        if wrong or len(code) > 90:
            expected = check_digit(code[:-1]) if wrong else ""
            params = {"code": code[:40], "expected": expected}
            raise DomainError("barcode_invalid", params, http_status=400)
    for code, owner in repository.barcode_owners(unit, codes).items():
        if owner != sku:
            raise DomainError("barcode_taken", {"code": code, "sku": owner})


def _check(facts: ArticleFacts) -> None:
    if not any(name.strip() for name in facts.names.values()):
        raise DomainError("article_name_missing", http_status=400)
    if facts.vat_category not in {one.value for one in VatCategory}:
        raise DomainError("vat_category_invalid", http_status=400)
    if not 0 <= facts.age_class <= _OLDEST:
        raise DomainError("age_class_invalid", http_status=400)
    if not re.fullmatch(r"[A-Z0-9]{2,3}", facts.uom):
        raise DomainError("uom_invalid", http_status=400)
    if len(facts.category) > 120 or any(
        not part.strip() for part in facts.category.split(">") if facts.category
    ):
        raise DomainError("category_invalid", http_status=400)


def _draft(article_no: str, facts: ArticleFacts) -> ArticleDraft:
    return ArticleDraft(
        article_no=article_no,
        names={tag: name.strip() for tag, name in facts.names.items() if name.strip()},
        brand=facts.brand,
        category=facts.category,
        vat_category=facts.vat_category,
        age_class=facts.age_class,
        uom=facts.uom,
    )


def _write(unit: UnitOfWork, article_no: str, facts: ArticleFacts, at: datetime) -> None:
    """What a batch never does because a file that says nothing must not take anything away."""
    repository.update_rows(
        unit,
        article_table,
        ("article_no",),
        [
            {
                "article_no": article_no,
                "category_code": facts.category or None,
                "discountable": facts.discountable,
                "changed_at": at,
            }
        ],
    )
    repository.replace_texts(
        unit,
        article_no,
        {
            tag: (name.strip(), facts.descriptions.get(tag, "").strip())
            for tag, name in facts.names.items()
            if name.strip()
        },
    )
    repository.replace_images(unit, {article_no: facts.images})
    if facts.attributes is not None:
        repository.replace_attributes(unit, article_no, facts.attributes)
    skus = [row.sku for row in repository.variants_of(unit, [article_no]) if row.active]
    mark_changed(unit, [Change("reference", CHAIN, "item", sku) for sku in skus])
    search_index.refresh(unit, [article_no])
