"""Figures: of the day by till, and of every period by dimension. Every cell is a sum over booked receipts."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Date, Index, Integer, String, Table, Text

from central_server.platform.columns import (
    CurrencyCode,
    IdentityNumber,
    StaffKey,
    StoreKey,
    TillKey,
    UtcDateTime,
    personal,
    plain,
)
from central_server.platform.schema import metadata

figure_sales = Table(
    "figure_sales",
    metadata,
    plain("store_id", StoreKey, primary_key=True),
    plain("business_date", Date, primary_key=True),
    plain("till_id", TillKey, primary_key=True),
    plain("hour", Integer, primary_key=True, autoincrement=False),
    plain("currency", CurrencyCode, primary_key=True),
    plain("receipts", BigInteger),
    plain("returns", BigInteger),
    plain("lines", BigInteger),
    plain("quantity_thousandths", BigInteger),
    plain("gross", BigInteger),
    plain("discount", BigInteger),
    Index(None, "business_date"),
)

HEAD_OFFICE = ""
"""The till of what no till sold: vouchers that head office issued."""

figure_vat = Table(
    "figure_vat",
    metadata,
    plain("store_id", StoreKey, primary_key=True),
    plain("business_date", Date, primary_key=True),
    plain("till_id", TillKey, primary_key=True),
    plain("category", String(20), primary_key=True),
    plain("rate_thousandths", Integer, primary_key=True, autoincrement=False),
    plain("currency", CurrencyCode, primary_key=True),
    plain("gross", BigInteger),
    plain("net", BigInteger),
    plain("vat", BigInteger),
    Index(None, "business_date"),
)

figure_tender = Table(
    "figure_tender",
    metadata,
    plain("store_id", StoreKey, primary_key=True),
    plain("business_date", Date, primary_key=True),
    plain("till_id", TillKey, primary_key=True),
    plain("tender", String(20), primary_key=True),
    plain("currency", CurrencyCode, primary_key=True),
    plain("count", BigInteger),
    plain("amount", BigInteger),
    Index(None, "business_date"),
)

CHAIN = "*"

# The periods that each business date lies in, so that the database itself can add receipts up to all of them.
figure_period = Table(
    "figure_period",
    metadata,
    plain("business_date", Date, primary_key=True),
    plain("grain", String(5), primary_key=True),
    plain("period", Date),
)

# One cell for each period, store (CHAIN: all of them), currency and key of a dimension: hour, tender, VAT rate,
# category, article, promotion or team; the dimension "sales" has one key, which is empty. `net` is kept where VAT rows
# say it: of sales and of VAT rates.
figure_cell = Table(
    "figure_cell",
    metadata,
    plain("dimension", String(10), primary_key=True),
    plain("grain", String(5), primary_key=True),
    plain("period", Date, primary_key=True),
    plain("store_id", StoreKey, primary_key=True),
    plain("currency", CurrencyCode, primary_key=True),
    plain("key", String(120), primary_key=True),
    plain("receipts", BigInteger),
    plain("quantity_thousandths", BigInteger),
    plain("gross", BigInteger),
    plain("net", BigInteger),
    plain("discount", BigInteger),
    # SQLite keeps the rows of a page side by side then.
    sqlite_with_rowid=False,
)

# What a store is meant to sell in a month, gross, in minor units of its currency.
figure_plan = Table(
    "figure_plan",
    metadata,
    plain("store_id", StoreKey, primary_key=True),
    plain("month", Date, primary_key=True),
    plain("amount", BigInteger),
    plain("changed_at", UtcDateTime),
    personal(
        "changed_by",
        StaffKey,
        purpose="who set the plan",
        basis="GDPR art. 6(1)(f): audit trail",
        source="head office",
        retention="as long as the plan, until it is set again",
    ),
)

_MAIL = {
    "basis": "GDPR art. 6(1)(f): the report that the person asked for",
    "source": "head office",
    "retention": "until the report is deleted",
}

# A report that goes out by mail after each period. `sent_for` is the first day of the last period that went out.
report_mail = Table(
    "report_mail",
    metadata,
    plain("id", IdentityNumber, primary_key=True, autoincrement=True),
    plain("name", String(80)),
    plain("grain", String(5)),
    plain("by", String(10)),
    plain("store_id", StoreKey, nullable=True),
    plain("language", String(2)),
    plain("hour", Integer),
    personal("receivers", Text, purpose="send the report to whom it is for", **_MAIL),
    personal("made_by", StaffKey, purpose="whose stores the report is about", **_MAIL),
    plain("made_at", UtcDateTime),
    plain("active", Boolean),
    plain("sent_for", Date),
    plain("tried_at", UtcDateTime, nullable=True),
    # ok, or the code of what kept it from going out; empty before the first.
    plain("outcome", String(60)),
)
