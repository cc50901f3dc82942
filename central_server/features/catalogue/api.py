"""Products for head office: `/api/v1/products`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from central_server.features.catalogue import service
from central_server.platform.access import Right, StaffIdentity, needs
from central_server.platform.unit_of_work import ReadOnlyUnit

CatalogueReader = Annotated[StaffIdentity, needs(Right.CATALOGUE_READ)]

router = APIRouter(prefix="/api/v1", tags=["catalogue"])


class VariantView(BaseModel):
    """One size and colour."""

    sku: str
    size: str
    colour: str
    barcodes: list[str]
    active: bool


class ProductView(BaseModel):
    """A product; `language` is the tag of the fallback chain under which the name was found."""

    article_no: str
    name: str
    description: str
    language: str
    names: dict[str, str]
    brand: str
    category: str
    category_name: str
    vat_category: str
    age_class: int
    uom: str
    discountable: bool
    variants: list[VariantView]
    images: list[str]
    attributes: dict[str, str]

    @classmethod
    def of(cls, product: service.Product) -> ProductView:
        """The view of a product."""
        return cls(
            article_no=product.article_no,
            name=product.name,
            description=product.description,
            language=product.language,
            names=dict(product.names),
            brand=product.brand,
            category=product.category,
            category_name=product.category_name,
            vat_category=product.vat_category,
            age_class=product.age_class,
            uom=product.uom,
            discountable=product.discountable,
            variants=[
                VariantView(
                    sku=v.sku,
                    size=v.size,
                    colour=v.colour,
                    barcodes=list(v.barcodes),
                    active=v.active,
                )
                for v in product.variants
            ],
            images=list(product.images),
            attributes=dict(product.attributes),
        )


@router.get("/products/{article_no}", summary="A product in a language or the nearest there is")
def product(
    article_no: str,
    _staff: CatalogueReader,
    unit: ReadOnlyUnit,
    lang: Annotated[str, Query(max_length=20)] = "de",
) -> ProductView:
    """Name, texts, variants, media, attributes, age and VAT class. `lang=de-AT` tries de-AT, de, en, any."""
    return ProductView.of(service.get_product(unit, article_no, lang))
