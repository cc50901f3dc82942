"""Payloads of feed rows, version 1: how items, prices, VAT rates, staff and stock levels are written and read.

Promotions and customers have rooms of their own beside this one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.catalogue import Item
from shared.journal.reader import BodyReader
from shared.pricing import PriceEntry
from shared.quantity import format_quantity
from shared.tax import VatCategory, VatRate

# The config row with the rules by which a chain's codes are told apart: `shared.catalogue.scan_rules`.
SCAN_RULES_KEY = "scan_rules"

FEEDS: dict[str, tuple[str, ...]] = {
    "reference": ("item", "price", "vat", "promotion"),
    "staff": ("staff",),
    "config": ("config",),
    "stock": ("stock_level",),
    "customer": ("customer",),
    "usage": ("promotion_use",),
}


@dataclass(frozen=True, slots=True)
class StaffRow:
    """What a till needs to let a person in; `name` is what receipts may show.

    `pin_verifier` is an Argon2id hash of the keyed PIN: `shared.wire.pins`.
    """

    staff_id: str
    name: str
    role: str
    language: str
    pin_verifier: str
    active: bool


@dataclass(frozen=True, slots=True)
class StockLevel:
    """What is booked of a sku at a location (a store id, until stores have several)."""

    sku: str
    location: str
    quantity: Decimal


def item_payload(item: Item) -> dict[str, object]:
    """An item as feed payload; empty fields are left out."""
    full: dict[str, object] = {
        "sku": item.sku,
        "article_no": item.article_no,
        "names": dict(item.names),
        "vat": item.vat_category,
        "size": item.size,
        "colour": item.colour,
        "brand": item.brand,
        "category": item.category,
        "uom": "" if item.uom == "H87" else item.uom,
        "age": item.age_class,
        "no_discount": not item.discountable,
        "barcodes": list(item.barcodes),
        "images": list(item.images),
        "attributes": dict(item.attributes),
        "picture": item.picture,
    }
    return {
        name: value
        for name, value in full.items()
        if value or name in ("sku", "article_no", "names", "vat")
    }


def item_from_payload(values: dict[str, object]) -> Item:
    """The item in a payload; `DomainError('event_field_wrong')` names a malformed field."""
    read = BodyReader(values)
    return Item(
        sku=read.text("sku"),
        article_no=read.text("article_no"),
        names=_text_map(values.get("names")),
        vat_category=read.text("vat"),
        size=read.text("size", ""),
        colour=read.text("colour", ""),
        brand=read.text("brand", ""),
        category=read.text("category", ""),
        uom=read.text("uom", "H87"),
        age_class=read.integer("age", 0),
        discountable=not values.get("no_discount", False),
        barcodes=read.texts("barcodes") if "barcodes" in values else (),
        images=read.texts("images") if "images" in values else (),
        attributes=_text_map(values.get("attributes")),
        picture=read.text("picture", ""),
    )


def price_payload(entries: Iterable[PriceEntry]) -> list[dict[str, object]]:
    """All price entries of one sku in one scope; sku and scope are the row's key and scope."""
    rows: list[dict[str, object]] = []
    for entry in entries:
        row: dict[str, object] = {
            "amount": entry.amount,
            "currency": entry.currency,
            "from": entry.valid_from.isoformat(),
            "offer": entry.offer,
        }
        if entry.valid_to is not None:
            row["to"] = entry.valid_to.isoformat()
        if entry.channel:
            row["channel"] = entry.channel
        rows.append(row)
    return rows


def prices_from_payload(
    sku: str, scope: str, rows: Iterable[dict[str, object]]
) -> tuple[PriceEntry, ...]:
    """The price entries in a payload."""
    entries = []
    for values in rows:
        read = BodyReader(values)
        entries.append(
            PriceEntry(
                sku=sku,
                scope=scope,
                amount=read.integer("amount"),
                currency=read.text("currency"),
                valid_from=read.time("from"),
                valid_to=read.time("to") if "to" in values else None,
                offer=read.text("offer"),
                channel=read.text("channel", ""),
            )
        )
    return tuple(entries)


def vat_payload(rate: VatRate) -> dict[str, object]:
    """A VAT row; its key is `country|category|valid_from`."""
    return {
        "country": rate.country,
        "category": str(rate.category),
        "from": rate.valid_from.isoformat(),
        "rate": format_quantity(rate.rate),
        "source": rate.source,
        "confirmed": rate.confirmed,
    }


def vat_key(rate: VatRate) -> str:
    """The feed key of a VAT row."""
    return f"{rate.country}|{rate.category}|{rate.valid_from.isoformat()}"


def vat_from_payload(values: dict[str, object]) -> VatRate:
    """The VAT row in a payload."""
    read = BodyReader(values)
    return VatRate(
        country=read.text("country"),
        category=VatCategory(read.text("category")),
        valid_from=date.fromisoformat(read.text("from")),
        rate=read.quantity("rate"),
        source=read.text("source"),
        confirmed=bool(values.get("confirmed", True)),
    )


def staff_payload(row: StaffRow) -> dict[str, object]:
    """A member of staff for the tills of a store."""
    return {
        "staff_id": row.staff_id,
        "name": row.name,
        "role": row.role,
        "language": row.language,
        "pin": row.pin_verifier,
        "active": row.active,
    }


def staff_from_payload(values: dict[str, object]) -> StaffRow:
    """The member of staff in a payload."""
    read = BodyReader(values)
    return StaffRow(
        staff_id=read.text("staff_id"),
        name=read.text("name"),
        role=read.text("role"),
        language=read.text("language", "de"),
        pin_verifier=read.text("pin"),
        active=bool(values.get("active", True)),
    )


def stock_level_key(sku: str, location: str) -> str:
    """The feed key of a stock level: `location|sku`."""
    return f"{location}|{sku}"


def stock_level_payload(level: StockLevel) -> dict[str, object]:
    """A stock level for the tills of a store."""
    return {
        "sku": level.sku,
        "location": level.location,
        "quantity": format_quantity(level.quantity),
    }


def stock_level_from_payload(values: dict[str, object]) -> StockLevel:
    """The stock level in a payload."""
    read = BodyReader(values)
    return StockLevel(read.text("sku"), read.text("location"), read.quantity("quantity"))


# Config rows of the whole chain, one a store: `store:DE01`.
STORE_NAME_KEY = "store:"


@dataclass(frozen=True, slots=True)
class StoreName:
    """What tills of other stores may know of a store."""

    store_id: str
    name: str
    city: str


def store_name_payload(store: StoreName) -> dict[str, object]:
    """The config row `store:<id>`: how a store is called where its stock is shown."""
    return {"store_id": store.store_id, "name": store.name, "city": store.city}


def store_name_from_payload(values: dict[str, object]) -> StoreName:
    """The name in a payload."""
    read = BodyReader(values)
    return StoreName(read.text("store_id"), read.text("name"), read.text("city", ""))


BUSINESS_CLOCK_KEY = "business_clock"


def business_clock_payload(offset_seconds: int) -> dict[str, object]:
    """The config row `business_clock`: how far demo and test tills move their business clock."""
    return {"offset_seconds": offset_seconds}


def business_clock_from_payload(values: dict[str, object]) -> int:
    """The offset in seconds; `DomainError('event_field_wrong')` if it is none."""
    return BodyReader(values).integer("offset_seconds")


def _text_map(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {str(name): str(text) for name, text in value.items()}
