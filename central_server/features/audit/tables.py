"""The table of the audit trail. Rows are added and never changed, but for their place in the chain, and for whom an
entry named where that person is erased.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String, Table, Text

from central_server.platform.columns import IdentityNumber, UtcDateTime, personal, plain
from central_server.platform.schema import metadata

audit_entry = Table(
    "audit_entry",
    metadata,
    plain("entry_id", IdentityNumber, primary_key=True, autoincrement=True),
    plain("at", UtcDateTime),
    # A staff number, or `key:` and the id of an API key. No foreign key: the trail outlives both.
    personal(
        "actor",
        String(64),
        purpose="show who changed something",
        basis="Art. 6(1)(c) and (f) GDPR, section 146 AO",
        source="the person's own sign-in",
        retention="ten years with the change it belongs to",
    ),
    plain("action", String(24)),
    plain("kind", String(24)),
    personal(
        "object_key",
        String(160),
        purpose="show what was changed",
        basis="Art. 6(1)(c) and (f) GDPR, section 146 AO",
        source="the changed record; the number of a customer's card",
        retention="ten years; a card's until its customer is erased",
    ),
    # JSON objects that hold only what differs.
    personal(
        "before",
        Text,
        purpose="show what stood there before a change",
        basis="Art. 6(1)(c) and (f) GDPR, section 146 AO",
        source="the changed record; names of staff, numbers of customers",
        retention="ten years with the change it belongs to; a customer's until erased",
    ),
    personal(
        "after",
        Text,
        purpose="show what a change made of it",
        basis="Art. 6(1)(c) and (f) GDPR, section 146 AO",
        source="the changed record; names of staff, numbers of customers",
        retention="ten years with the change it belongs to; a customer's until erased",
    ),
    # Its place in the chain, empty until it is chained; `content` is what it says, as a digest with `salt`.
    plain("salt", String(32), nullable=True),
    plain("content", String(64), nullable=True),
    plain("position", BigInteger, nullable=True, unique=True),
    plain("hash", String(64), nullable=True),
    # When what it said of a person was taken out of it.
    plain("redacted_at", UtcDateTime, nullable=True),
    Index(None, "kind", "object_key", "entry_id"),
    Index(None, "actor", "entry_id"),
    Index(None, "at"),
)
