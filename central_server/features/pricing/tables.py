"""The table of prices, past, present and to come."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Table

from central_server.platform.columns import CurrencyCode, SkuKey, UtcDateTime, plain
from central_server.platform.schema import metadata

price = Table(
    "price",
    metadata,
    plain("sku", SkuKey, ForeignKey("variant.sku"), primary_key=True),
    plain("offer_code", String(31), ForeignKey("offer.code"), primary_key=True),
    # chain, market:DE or store:DE01
    plain("scope", String(40), primary_key=True),
    # empty for any channel
    plain("channel", String(16), primary_key=True),
    plain("currency", CurrencyCode, primary_key=True),
    plain("valid_from", UtcDateTime, primary_key=True),
    plain("valid_to", UtcDateTime, nullable=True),
    plain("amount", BigInteger),
    plain("created_at", UtcDateTime),
    CheckConstraint("amount >= 0", name="not_negative"),
    CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="not_empty"),
)
