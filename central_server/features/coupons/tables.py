"""Tables of code batches. No code has a row before something happens to it: codes follow from their batch."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Uuid,
)

from central_server.platform.columns import (
    CustomerKey,
    StaffKey,
    StoreKey,
    TillKey,
    UtcDateTime,
    personal,
    plain,
)
from central_server.platform.schema import metadata

CodeText = String(40)
_WHO = {
    "basis": "GDPR art. 6(1)(f): audit trail",
    "source": "head office",
    "retention": "as long as the batch",
}

# `signs` and both keys for drawn codes; `digits`, `first_number` and `check_kind` for numbered ones.
code_batch = Table(
    "code_batch",
    metadata,
    plain("batch_id", Uuid, primary_key=True),
    plain("promotion_id", String(100), index=True),
    plain("name", String(80)),
    plain("prefix", String(12)),
    # Signs of a whole code: with the prefix it says which batches a text can be of.
    plain("length", Integer),
    plain("signs", Integer, nullable=True),
    plain("till_key", LargeBinary(32), nullable=True),
    plain("centre_key", LargeBinary(32), nullable=True),
    plain("digits", Integer, nullable=True),
    plain("first_number", BigInteger, nullable=True),
    plain("check_kind", String(8), nullable=True),
    plain("size", BigInteger),
    plain("uses", Integer),
    plain("starts_at", UtcDateTime, nullable=True),
    plain("ends_at", UtcDateTime, nullable=True),
    plain("customer_group", String(80)),
    plain("one_each", Boolean),
    # Whether a code works again once all goods of its receipt came back.
    plain("back_on_return", Boolean),
    plain("blocked_at", UtcDateTime, nullable=True),
    personal("made_by", StaffKey, purpose="who made the batch", **_WHO),
    plain("made_at", UtcDateTime),
    Index(None, "length", "prefix"),
)

# Whose each code of a batch is, where every one is for a customer of its own.
code_owner = Table(
    "code_owner",
    metadata,
    plain("batch_id", Uuid, ForeignKey("code_batch.batch_id"), primary_key=True),
    plain("place", BigInteger, primary_key=True, autoincrement=False),
    personal(
        "customer",
        CustomerKey,
        index=True,
        purpose="whose code it is",
        source="head office",
        basis="Art. 6(1)(b) GDPR: the customer programme that the person joined",
        retention="as long as the batch",
    ),
)

# A code that was kept, used or blocked at least once. The row is what those who want the code at once wait for.
code_state = Table(
    "code_state",
    metadata,
    plain("batch_id", Uuid, ForeignKey("code_batch.batch_id"), primary_key=True),
    plain("place", BigInteger, primary_key=True, autoincrement=False),
    plain("used", Integer),
    plain("blocked_at", UtcDateTime, nullable=True),
)

# A till's wish for a code, under the till's id: kept for a receipt, used by it, given back. Batch and place are empty
# where only the id is known: its release came before the wish.
code_hold = Table(
    "code_hold",
    metadata,
    plain("auth_id", Uuid, primary_key=True),
    plain("till_id", TillKey),
    plain("store_id", StoreKey),
    plain("batch_id", Uuid, nullable=True),
    plain("place", BigInteger, nullable=True),
    plain("code", CodeText),
    plain("basket_id", Uuid, nullable=True),
    plain("state", String(8)),
    plain("expires_at", UtcDateTime, nullable=True),
    plain("asked_at", UtcDateTime),
    plain("ended_at", UtcDateTime, nullable=True),
    plain("receipt", String(60)),
    # The till took it without an answer.
    plain("alone", Boolean),
    Index(None, "batch_id", "place"),
    Index(None, "receipt"),
)
