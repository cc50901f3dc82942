"""Tables of booked receipts."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    Uuid,
    text,
)

from central_server.platform.columns import (
    ArticleKey,
    CurrencyCode,
    SkuKey,
    StaffKey,
    StoreKey,
    TillKey,
    UtcDateTime,
    personal,
    plain,
)
from central_server.platform.schema import metadata

sale = Table(
    "sale",
    metadata,
    plain("event_id", Uuid, primary_key=True),
    plain("store_id", StoreKey),
    plain("till_id", TillKey),
    plain("incarnation", Integer),
    plain("receipt_no", BigInteger),
    plain("is_return", Boolean),
    plain("mode", String(10)),
    plain("business_date", Date),
    plain("started_at", UtcDateTime),
    plain("finished_at", UtcDateTime),
    plain("local_hour", Integer),
    plain("currency", CurrencyCode),
    plain("total", BigInteger),
    # What of the total is gift cards and vouchers, and what of that is net: no turnover of goods.
    plain("value_gross", BigInteger, server_default=text("0")),
    plain("value_net", BigInteger, server_default=text("0")),
    plain("lines", Integer),
    # Of these, goods and services: a receipt without any only sold value, and counts in no average.
    plain("goods_lines", Integer, server_default=text("0")),
    personal(
        "operator_id",
        StaffKey,
        purpose="who recorded the receipt, as bookkeeping and fiscal exports ask",
        basis="GDPR art. 6(1)(c); AO section 147",
        source="till",
        retention="8 years after the year ends",
    ),
    plain("external_ref", String(80)),
    # The team of who recorded it on that day; empty for none.
    plain("team", String(40), server_default=text("''")),
    Index(None, "store_id", "business_date", "till_id"),
    Index(None, "business_date"),
    Index(None, "till_id", "incarnation", "receipt_no"),
    Index(None, "external_ref"),
)

sale_line = Table(
    "sale_line",
    metadata,
    plain("event_id", Uuid, ForeignKey("sale.event_id"), primary_key=True),
    plain("number", Integer, primary_key=True, autoincrement=False),
    plain("sku", SkuKey),
    plain("article_no", ArticleKey),
    # Text: a till may know longer names than the catalogue here does, and a sale is never refused.
    plain("name", Text),
    plain("size", Text),
    plain("colour", Text),
    plain("quantity_thousandths", BigInteger),
    plain("unit_price", BigInteger),
    plain("discount", BigInteger),
    plain("gross", BigInteger),
    plain("vat_category", String(20)),
    plain("vat_rate_thousandths", Integer),
    plain("price_source", String(10)),
    # The category of the article when it was booked, so that figures stay when articles move; empty for none.
    plain("category", String(120), server_default=text("''")),
    # Of a line that sells no goods: `gift_card` or `voucher`.
    plain("value_kind", String(10), server_default=text("''")),
)

# Goods that came back with the number of their receipt, at whichever till. No key to `sale`: its receipt may still be
# on its way from another till.
sale_return = Table(
    "sale_return",
    metadata,
    plain("event_id", Uuid, primary_key=True),
    plain("number", Integer, primary_key=True, autoincrement=False),
    plain("origin_receipt", String(100)),
    plain("origin_line", Integer),
    plain("till_id", TillKey),
    plain("incarnation", Integer),
    plain("receipt_no", BigInteger),
    # Above zero: what came back, and what was given for it.
    plain("quantity_thousandths", BigInteger),
    plain("gross", BigInteger),
    Index(None, "origin_receipt"),
)

sale_vat = Table(
    "sale_vat",
    metadata,
    plain("event_id", Uuid, ForeignKey("sale.event_id"), primary_key=True),
    plain("category", String(20), primary_key=True),
    plain("rate_thousandths", Integer, primary_key=True, autoincrement=False),
    plain("gross", BigInteger),
    plain("net", BigInteger),
    plain("vat", BigInteger),
)

sale_tender = Table(
    "sale_tender",
    metadata,
    plain("event_id", Uuid, ForeignKey("sale.event_id"), primary_key=True),
    plain("number", Integer, primary_key=True, autoincrement=False),
    plain("kind", String(20)),
    plain("amount", BigInteger),
    # Of a single-purpose voucher: how much of the amount was taxed when it was issued, and its VAT, which is not due
    # again. The centre works it out from the voucher.
    plain("vat_category", String(20), server_default=text("''")),
    plain("vat_rate_thousandths", Integer, server_default=text("0")),
    plain("prepaid", BigInteger, server_default=text("0")),
    plain("vat", BigInteger, server_default=text("0")),
)
