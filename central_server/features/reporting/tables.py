"""Figures of the day, by store, till and hour, VAT rate and tender. Every cell is a sum over booked receipts."""

from __future__ import annotations

from sqlalchemy import BigInteger, Date, Index, Integer, String, Table

from central_server.platform.columns import CurrencyCode, StoreKey, TillKey, plain
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
