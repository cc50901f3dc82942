"""Tables of gift cards."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    text,
)

from central_server.platform.columns import (
    CurrencyCode,
    CustomerKey,
    IdentityNumber,
    StaffKey,
    StoreKey,
    TillKey,
    UtcDateTime,
    personal,
    plain,
)
from central_server.platform.schema import metadata

CardNumber = String(19)
_APPROVED = text("approved")

gift_card_range = Table(
    "gift_card_range",
    metadata,
    plain("prefix", String(8), primary_key=True),
    plain("currency", CurrencyCode),
    plain("serial_digits", Integer),
    plain("secret_digits", Integer),
    plain("next_serial", BigInteger),
    # The least a card is sold with, and the most it may hold, in minor units.
    plain("least", BigInteger),
    plain("most", BigInteger),
    plain("created_at", UtcDateTime),
)

gift_card = Table(
    "gift_card",
    metadata,
    plain("number", CardNumber, primary_key=True),
    plain("prefix", String(8), ForeignKey("gift_card_range.prefix")),
    plain("serial", BigInteger),
    plain("state", String(8)),
    # Names the account in the ledger. A card that replaces another takes it over.
    plain("instrument_id", Uuid, nullable=True),
    plain("sold_in", StoreKey, nullable=True),
    plain("sold_on", Date, nullable=True),
    plain("expires_on", Date, nullable=True),
    plain("replaced_by", CardNumber, ForeignKey("gift_card.number"), nullable=True),
    plain("changed_at", UtcDateTime),
    UniqueConstraint("prefix", "serial"),
    Index(None, "instrument_id"),
    Index(None, "state", "expires_on"),
)

# Everything that was asked of a card, what was refused as well.
gift_card_event = Table(
    "gift_card_event",
    metadata,
    plain("id", IdentityNumber, primary_key=True, autoincrement=True),
    plain("request_id", Uuid),
    plain("number", CardNumber),
    plain("action", String(8)),
    plain("amount", BigInteger),
    plain("asked", BigInteger),
    plain("currency", CurrencyCode),
    plain("store_id", StoreKey),
    plain("approved", Boolean),
    plain("code", String(60)),
    plain("reason", String(200)),
    personal(
        "asked_by",
        StaffKey,
        purpose="who asked something of a gift card",
        basis="GDPR art. 6(1)(f): audit trail against fraud",
        source="till, head office",
        retention="10 years after the year ends",
    ),
    plain("at", UtcDateTime),
    Index(None, "number", "id"),
    Index(
        "uq_gift_card_event_request_id",
        "request_id",
        unique=True,
        postgresql_where=_APPROVED,
        sqlite_where=_APPROVED,
    ),
)

# What tills asked to hold, and what became of it: one row for each id, also where receipt or release came first.
authorisation = Table(
    "authorisation",
    metadata,
    plain("auth_id", Uuid, primary_key=True),
    plain("till_id", TillKey),
    plain("store_id", StoreKey),
    # What was asked of: a gift card, or which purse of a customer.
    plain("kind", String(16)),
    # As asked: a card's number, or that of a customer; empty where only the id is known.
    personal(
        "number",
        CustomerKey,
        purpose="take what was held from whom it was held",
        basis="Art. 6(1)(b) GDPR: what the person pays with",
        source="till",
        retention="10 years after the year ends",
    ),
    plain("asked", BigInteger),
    plain("currency", CurrencyCode),
    plain("part_ok", Boolean),
    plain("basket_id", Uuid, nullable=True),
    plain("state", String(10)),
    # What is held or was taken, what could be spent then, and of a receipt what the card did not give.
    plain("amount", BigInteger),
    # What that is in the unit of the account: points, or the same minor units.
    plain("units", BigInteger),
    plain("balance", BigInteger),
    plain("lost", BigInteger),
    plain("code", String(60)),
    plain("params", Text),
    plain("expires_at", UtcDateTime, nullable=True),
    plain("asked_at", UtcDateTime),
    plain("ended_at", UtcDateTime, nullable=True),
    plain("event_id", Uuid, nullable=True),
    Index(None, "number", "asked_at"),
)

# Everything that was asked of customers' purses, what was refused as well.
purse_event = Table(
    "purse_event",
    metadata,
    plain("id", IdentityNumber, primary_key=True, autoincrement=True),
    plain("request_id", Uuid),
    plain("kind", String(16)),
    personal(
        "number",
        CustomerKey,
        purpose="tell the person what was paid from a purse",
        basis="Art. 6(1)(b) GDPR: what the person pays with",
        source="till",
        retention="10 years after the year ends",
    ),
    plain("action", String(8)),
    plain("amount", BigInteger),
    plain("asked", BigInteger),
    plain("currency", CurrencyCode),
    plain("store_id", StoreKey),
    plain("approved", Boolean),
    plain("code", String(60)),
    personal(
        "asked_by",
        StaffKey,
        purpose="who asked something of a customer's purse",
        basis="GDPR art. 6(1)(f): audit trail against fraud",
        source="till, head office",
        retention="10 years after the year ends",
    ),
    plain("at", UtcDateTime),
    Index(None, "number", "id"),
)

# What vouchers are sold or given as. Where all goods have one rate in one country, they are single-purpose.
voucher_type = Table(
    "voucher_type",
    metadata,
    plain("code", String(20), primary_key=True),
    plain("name", String(80)),
    plain("currency", CurrencyCode),
    plain("class", String(6)),
    plain("in_parts", Boolean),
    plain("vat_category", String(20), nullable=True),
    plain("country", String(2), nullable=True),
    # None: as the law of the store's country has it.
    plain("valid_days", Integer, nullable=True),
    plain("created_at", UtcDateTime),
)

_VOUCHER = {
    "purpose": "let only the person redeem it for whom it is",
    "basis": "Art. 6(1)(b) GDPR: the customer programme that the person joined",
    "source": "receipts of tills, head office",
    "retention": "10 years after the year of its last day ends",
}

# Class, rate and country are frozen when a voucher is issued.
voucher = Table(
    "voucher",
    metadata,
    plain("number", String(18), primary_key=True),
    plain("instrument_id", Uuid, unique=True),
    plain("type_code", String(20), ForeignKey("voucher_type.code"), nullable=True),
    plain("class", String(6)),
    plain("currency", CurrencyCode),
    plain("amount", BigInteger),
    plain("in_parts", Boolean),
    plain("vat_category", String(20), nullable=True),
    plain("vat_rate_thousandths", BigInteger, nullable=True),
    personal("customer", CustomerKey, nullable=True, index=True, **_VOUCHER),
    plain("customer_group", String(80), nullable=True),
    plain("store_id", StoreKey),
    plain("issued_on", Date),
    plain("expires_on", Date, nullable=True),
    plain("blocked", Boolean),
    plain("reason", String(200)),
    # Of one that a promotion gave: for which receipt, how much of it is left after what came back, and for whom.
    plain("event_id", Uuid, nullable=True, index=True),
    plain("receipt", String(60), nullable=True, index=True),
    plain("promotion_id", String(100), nullable=True),
    plain("left_amount", BigInteger),
    personal("earned_by", CustomerKey, nullable=True, **_VOUCHER),
    plain("next_percent", String(20)),
    plain("signature", LargeBinary(64)),
    plain("changed_at", UtcDateTime),
)

# Which receipt a journal of a payment belongs to: the journals of several tenders of one receipt have one each.
payment_journal = Table(
    "payment_journal",
    metadata,
    plain("journal_id", Uuid, ForeignKey("ledger_journal.id"), primary_key=True),
    plain("event_id", Uuid),
)

# Vouchers that are issued many at a time: `made` of the `wanted` ones are there, and their numbers follow from the id.
voucher_batch = Table(
    "voucher_batch",
    metadata,
    plain("batch_id", Uuid, primary_key=True),
    plain("type_code", String(20)),
    plain("store_id", StoreKey),
    plain("amount", BigInteger),
    plain("customer_group", String(80)),
    plain("wanted", Integer),
    plain("made", Integer),
    plain("issued_on", Date),
    personal(
        "asked_by",
        StaffKey,
        purpose="who asked for the batch",
        basis="GDPR art. 6(1)(f): audit trail",
        source="head office",
        retention="as long as the vouchers of the batch",
    ),
    plain("asked_at", UtcDateTime),
    # What its vouchers are numbered from; null for one that was numbered from its id.
    plain("seed", Uuid, nullable=True),
    # Whether each voucher is for a customer of its own, named in the table below.
    plain("one_each", Boolean, server_default=false()),
)

# Whom the vouchers of a batch are for, where each is for somebody.
voucher_batch_customer = Table(
    "voucher_batch_customer",
    metadata,
    plain("batch_id", Uuid, ForeignKey("voucher_batch.batch_id"), primary_key=True),
    plain("place", Integer, primary_key=True, autoincrement=False),
    personal(
        "customer",
        CustomerKey,
        purpose="whom a voucher is for",
        basis="GDPR art. 6(1)(b): the voucher",
        source="head office",
        retention="until the batch is issued",
    ),
)
