"""Tables of tills and their one-time codes."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Integer, LargeBinary, String, Table, Uuid

from central_server.platform.columns import (
    StaffKey,
    StoreKey,
    TillKey,
    UtcDateTime,
    personal,
    plain,
)
from central_server.platform.schema import metadata

till = Table(
    "till",
    metadata,
    plain("till_id", TillKey, primary_key=True),
    plain("store_id", StoreKey, ForeignKey("store.store_id"), index=True),
    plain("name", String(120)),
    plain("mode", String(16)),
    # new, active, withdrawn or quarantined
    plain("state", String(16)),
    plain("state_reason", String(200)),
    # 0 until the till joins for the first time; one more at each joining.
    plain("incarnation", Integer),
    plain("public_key", LargeBinary(32), nullable=True),
    plain("joined_at", UtcDateTime, nullable=True),
    plain("last_contact_at", UtcDateTime, nullable=True),
    plain("unsent_events", Integer),
    plain("protocol", Integer, nullable=True),
    plain("build", String(60)),
    plain("created_at", UtcDateTime),
)

# How the devices of each till are, as it said last; what it does not name it does not have.
till_device = Table(
    "till_device",
    metadata,
    plain("till_id", TillKey, ForeignKey("till.till_id"), primary_key=True),
    plain("kind", String(24), primary_key=True),
    # ready, busy, warning or trouble
    plain("condition", String(10)),
    plain("code", String(60)),
    plain("since", UtcDateTime),
    plain("reported_at", UtcDateTime),
)

till_code = Table(
    "till_code",
    metadata,
    plain("code_id", Uuid, primary_key=True),
    plain("till_id", TillKey, ForeignKey("till.till_id"), index=True),
    plain("code_digest", String(64), unique=True),
    plain("created_at", UtcDateTime),
    plain("expires_at", UtcDateTime),
    plain("used_at", UtcDateTime, nullable=True),
    # The key that was let in with the code: the same till may repeat its request when the answer was lost.
    plain("used_by_key", LargeBinary(32), nullable=True),
    personal(
        "created_by",
        StaffKey,
        nullable=True,
        purpose="who let a till in, for audits of till identities",
        basis="Art. 6(1)(c) GDPR, section 146 AO",
        source="the person signed in who issued the code",
        retention="with the till's documentation, ten years",
    ),
)
