"""Tables of stores and exchange rates."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Date, Integer, String, Table, Text

from central_server.platform.columns import CurrencyCode, StoreKey, UtcDateTime, plain
from central_server.platform.schema import metadata

store = Table(
    "store",
    metadata,
    plain("store_id", StoreKey, primary_key=True),
    plain("name", String(120)),
    plain("market", String(2)),
    plain("currency", CurrencyCode),
    plain("timezone", String(64)),
    # Lines of the postal address and of the receipt's head, one per line of text.
    plain("address", Text),
    plain("vat_id", String(32)),
    plain("header_lines", Text),
    plain("languages", String(64)),
    plain("day_starts_minutes", Integer),
    plain("active", Boolean),
    plain("created_at", UtcDateTime),
)

# One unit of `from_currency` is `rate_e8` hundred-millionths of `to_currency`, as `source` said for `day`.
exchange_rate = Table(
    "exchange_rate",
    metadata,
    plain("day", Date, primary_key=True),
    plain("from_currency", CurrencyCode, primary_key=True),
    plain("to_currency", CurrencyCode, primary_key=True),
    plain("rate_e8", BigInteger),
    plain("source", String(120)),
    plain("stored_at", UtcDateTime),
)
