"""Tables of loyalty: the terms of purses, what receipts earned, what came back of them, and announced ends."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Uuid,
)

from central_server.platform.columns import (
    CurrencyCode,
    CustomerKey,
    StaffKey,
    StoreKey,
    UtcDateTime,
    personal,
    plain,
)
from central_server.platform.schema import metadata

PurseWord = String(16)
# Till, incarnation and number as they are printed in full.
ReceiptNumber = String(60)

loyalty_terms = Table(
    "loyalty_terms",
    metadata,
    plain("purse", PurseWord, primary_key=True),
    plain("window_days", Integer),
    plain("valid_months", Integer, nullable=True),
    plain("year_end", Boolean),
    plain("announce_days", Integer),
    plain("changed_at", UtcDateTime),
)

# So many points pay for so many minor units of a currency.
loyalty_worth = Table(
    "loyalty_worth",
    metadata,
    plain("currency", CurrencyCode, primary_key=True),
    plain("points", BigInteger),
    plain("minor", BigInteger),
    plain("changed_at", UtcDateTime),
)

# How much customers may owe.
loyalty_credit = Table(
    "loyalty_credit",
    metadata,
    personal(
        "customer",
        CustomerKey,
        primary_key=True,
        purpose="let the person buy on invoice",
        basis="Art. 6(1)(b) GDPR: contract",
        source="head office",
        retention="ten years after the last invoice",
    ),
    plain("currency", CurrencyCode, primary_key=True),
    plain("most", BigInteger),
    plain("changed_at", UtcDateTime),
)

# What each benefit promotion of a receipt gave, and what of it is left after what came back.
loyalty_award = Table(
    "loyalty_award",
    metadata,
    plain("event_id", Uuid, primary_key=True),
    plain("promotion_id", String(100), primary_key=True),
    plain("receipt", ReceiptNumber),
    personal(
        "customer",
        CustomerKey,
        purpose="take back what was given for goods that come back",
        basis="Art. 6(1)(b) GDPR: the customer programme that the person joined",
        source="receipts of tills",
        retention="with the receipt, ten years",
    ),
    plain("purse", PurseWord),
    plain("currency", CurrencyCode),
    plain("store_id", StoreKey),
    plain("amount", BigInteger),
    plain("left_amount", BigInteger),
    plain("given_on", Date),
    Index(None, "receipt"),
    Index(None, "customer"),
)

# How much of each line of a receipt came back, by the receipt that brought it: whichever of the two is booked first.
loyalty_return = Table(
    "loyalty_return",
    metadata,
    plain("event_id", Uuid, primary_key=True),
    plain("receipt", ReceiptNumber, primary_key=True),
    plain("line", Integer, primary_key=True, autoincrement=False),
    plain("thousandths", BigInteger),
    Index(None, "receipt"),
)

# That an amount on an account ends on a day was said on another.
loyalty_notice = Table(
    "loyalty_notice",
    metadata,
    plain("account_id", BigInteger, ForeignKey("ledger_account.id"), primary_key=True),
    plain("expires_on", Date, primary_key=True),
    plain("amount", BigInteger),
    plain("announced_on", Date),
)

_DEBT = {
    "purpose": "show whose debt was written off, by whom and why",
    "basis": "GDPR art. 6(1)(c), AO section 147",
    "source": "head office",
    "retention": "ten years",
}

# Debts that were or shall be written off.
loyalty_write_off = Table(
    "loyalty_write_off",
    metadata,
    plain("request_id", Uuid, primary_key=True),
    personal("customer", CustomerKey, index=True, **_DEBT),
    plain("kind", String(40)),
    plain("unit", String(16)),
    plain("amount", BigInteger),
    personal("reason", String(200), **_DEBT),
    personal("asked_by", StaffKey, **_DEBT),
    plain("asked_at", UtcDateTime),
    plain("state", String(8)),
    personal("decided_by", StaffKey, **_DEBT),
    plain("decided_at", UtcDateTime, nullable=True),
    CheckConstraint("amount > 0", name="amount"),
    Index(None, "state", "asked_at"),
)
