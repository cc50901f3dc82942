"""Tables of promotions. Versions and withdrawals are only ever added: receipts name them for ten years."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    Uuid,
    text,
)

from central_server.platform.columns import (
    CurrencyCode,
    CustomerKey,
    StaffKey,
    UtcDateTime,
    personal,
    plain,
)
from central_server.platform.schema import metadata

PromotionKey = String(100)
_WHO = {
    "basis": "GDPR art. 6(1)(f): audit trail",
    "source": "head office",
    "retention": "as long as the promotion, ten years with receipts that name it",
}

# What stands now: the newest version, whether it was withdrawn, and the sums of all uses.
promotion = Table(
    "promotion",
    metadata,
    plain("promotion_id", PromotionKey, primary_key=True),
    plain("currency", CurrencyCode),
    plain("newest", Integer),
    plain("withdrawn", Boolean),
    plain("uses", BigInteger),
    plain("amount", BigInteger),
)

promotion_version = Table(
    "promotion_version",
    metadata,
    plain("promotion_id", PromotionKey, ForeignKey("promotion.promotion_id"), primary_key=True),
    plain("version", Integer, primary_key=True, autoincrement=False),
    # The promotion in the JSON form of the contract, keys sorted, without blanks; `hash` is its SHA-256.
    plain("body", Text),
    plain("hash", LargeBinary(32)),
    plain("starts_at", UtcDateTime, nullable=True),
    plain("ends_at", UtcDateTime, nullable=True),
    # What limits all receipts together, out of the body; amounts in minor units.
    plain("total_limit", BigInteger, nullable=True),
    plain("customer_limit", BigInteger, nullable=True),
    plain("budget", BigInteger, nullable=True),
    plain("published_at", UtcDateTime),
    personal("published_by", StaffKey, purpose="who published a promotion", **_WHO),
)

promotion_withdrawal = Table(
    "promotion_withdrawal",
    metadata,
    plain("promotion_id", PromotionKey, primary_key=True),
    plain("version", Integer, primary_key=True, autoincrement=False),
    plain("withdrawn_at", UtcDateTime),
    personal("withdrawn_by", StaffKey, purpose="who withdrew a promotion", **_WHO),
    plain("reason", String(300), server_default=text("''")),
    ForeignKeyConstraint(
        ["promotion_id", "version"],
        ["promotion_version.promotion_id", "promotion_version.version"],
    ),
)

# At how much discount a promotion is withdrawn by itself; `reached_at` is when that happened.
promotion_budget_stop = Table(
    "promotion_budget_stop",
    metadata,
    plain("promotion_id", PromotionKey, ForeignKey("promotion.promotion_id"), primary_key=True),
    plain("amount", BigInteger),
    personal("set_by", StaffKey, purpose="who set a budget stop", **_WHO),
    plain("set_at", UtcDateTime),
    plain("reached_at", UtcDateTime, nullable=True),
)

# The versions that tills have been told of and not been told to forget.
promotion_on_tills = Table(
    "promotion_on_tills",
    metadata,
    plain("promotion_id", PromotionKey, primary_key=True),
    plain("version", Integer, primary_key=True, autoincrement=False),
    ForeignKeyConstraint(
        ["promotion_id", "version"],
        ["promotion_version.promotion_id", "promotion_version.version"],
    ),
)

# Each use by a booked receipt. The version is no foreign key: what a till did is booked, whatever was published.
promotion_use = Table(
    "promotion_use",
    metadata,
    plain("event_id", Uuid, primary_key=True),
    plain("number", Integer, primary_key=True, autoincrement=False),
    plain("promotion_id", PromotionKey, ForeignKey("promotion.promotion_id"), index=True),
    plain("version", BigInteger),
    plain("applications", BigInteger),
    # 1, or -1 where goods came back
    plain("uses", Integer),
    plain("amount", BigInteger),
    personal(
        "customer",
        CustomerKey,
        nullable=True,
        purpose="promotions that each customer may use only so often",
        basis="Art. 6(1)(b) GDPR: the customer programme that the person joined",
        source="receipts of tills",
        retention="with the receipt, ten years",
    ),
    plain("used_at", UtcDateTime),
    Index(None, "customer", "promotion_id"),
)

# Promotions in the making. Publishing one makes a version; the draft stays, for who wants to know how it came about.
promotion_draft = Table(
    "promotion_draft",
    metadata,
    plain("draft_id", Integer, primary_key=True),
    plain("promotion_id", PromotionKey),
    plain("currency", CurrencyCode),
    plain("body", Text),
    plain("state", String(16)),
    # The version that it was made from, if any, and the one that it became.
    plain("basis", Integer, nullable=True),
    plain("became", Integer, nullable=True),
    personal("made_by", StaffKey, purpose="who made the draft", **_WHO),
    plain("made_at", UtcDateTime),
    personal("changed_by", StaffKey, purpose="who changed the draft last", **_WHO),
    plain("changed_at", UtcDateTime),
)

# Baskets and what they must cost. They belong to the promotion and not to one version: each release runs them.
promotion_case = Table(
    "promotion_case",
    metadata,
    plain("case_id", Integer, primary_key=True),
    plain("promotion_id", PromotionKey, index=True),
    # What stands in the basket and for whom it is priced, as JSON.
    plain("body", Text),
    plain("expected", BigInteger),
    personal("made_by", StaffKey, purpose="who wrote the check", **_WHO),
    plain("made_at", UtcDateTime),
)
