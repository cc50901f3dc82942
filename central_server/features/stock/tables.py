"""Tables of stock. Quantities are thousandths of the article's unit."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String, Table, Uuid

from central_server.platform.columns import SkuKey, StoreKey, UtcDateTime, plain
from central_server.platform.schema import metadata

LocationKey = String(31)

location = Table(
    "location",
    metadata,
    plain("location_id", LocationKey, primary_key=True),
    # warehouse, branch or area
    plain("kind", String(16)),
    plain("name", String(120)),
    plain("parent_id", LocationKey, ForeignKey("location.location_id"), nullable=True),
    plain("store_id", StoreKey, ForeignKey("store.store_id"), nullable=True, index=True),
    plain("created_at", UtcDateTime),
)

# The sku is no foreign key: a till may sell what the catalogue does not know (yet), and the stock is booked all
# the same.
stock_movement = Table(
    "stock_movement",
    metadata,
    plain("movement_id", Uuid, primary_key=True),
    plain("location_id", LocationKey, ForeignKey("location.location_id")),
    plain("sku", SkuKey),
    plain("kind", String(16)),
    plain("quantity_thousandths", BigInteger),
    # The till's event that caused it, if one did.
    plain("event_id", Uuid, nullable=True),
    plain("occurred_at", UtcDateTime),
    plain("recorded_at", UtcDateTime),
    Index(None, "location_id", "sku"),
)

stock_level = Table(
    "stock_level",
    metadata,
    plain("location_id", LocationKey, ForeignKey("location.location_id"), primary_key=True),
    plain("sku", SkuKey, primary_key=True),
    plain("quantity_thousandths", BigInteger),
    plain("changed_at", UtcDateTime),
    Index(None, "sku"),
)
