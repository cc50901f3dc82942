"""The table of prices, past, present and to come."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
)

from central_server.platform.columns import (
    CurrencyCode,
    IdentityNumber,
    SkuKey,
    StaffKey,
    UtcDateTime,
    personal,
    plain,
)
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
    # What an offer has prices for.
    Index(None, "offer_code", "sku"),
)

# A change of many prices at once, from its preview on.
price_change = Table(
    "price_change",
    metadata,
    plain("change_id", IdentityNumber, primary_key=True, autoincrement=True),
    plain("title", String(160)),
    plain("offer_code", String(31), ForeignKey("offer.code")),
    plain("scope", String(40)),
    plain("currency", CurrencyCode),
    plain("valid_from", UtcDateTime),
    plain("valid_to", UtcDateTime, nullable=True),
    # The rule: percent, amount or exactly; hundredths of a percent or minor units; the two last digits.
    plain("step", String(12)),
    plain("step_value", BigInteger),
    plain("ending", Integer, nullable=True),
    # Said to be reduced: then every price lies below the lowest of the last 30 days.
    plain("advertised", Boolean),
    plain("state", String(12)),
    personal(
        "made_by",
        StaffKey,
        purpose="know who changed prices",
        basis="Art. 6(1)(c) and (f) GDPR, section 146 AO",
        source="the person's own sign-in",
        retention="ten years with the change",
    ),
    plain("made_at", UtcDateTime),
    plain("applied_at", UtcDateTime, nullable=True),
    plain("undone_at", UtcDateTime, nullable=True),
)

price_change_row = Table(
    "price_change_row",
    metadata,
    plain(
        "change_id",
        IdentityNumber,
        ForeignKey("price_change.change_id"),
        primary_key=True,
        autoincrement=False,
    ),
    plain("sku", SkuKey, ForeignKey("variant.sku"), primary_key=True),
    plain("before", BigInteger, nullable=True),
    plain("after", BigInteger),
    # The lowest price of the 30 days before it begins.
    plain("lowest", BigInteger, nullable=True),
    # Why it is not changed; empty if it is.
    plain("problem", String(40)),
)
