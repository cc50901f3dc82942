"""Tables of the journal intake: raw events, where each till's chain stands, and copies that contradict it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String, Table, Uuid

from central_server.platform.columns import TillKey, UtcDateTime, personal, plain
from central_server.platform.schema import metadata

# Event bodies name the operator, and later sealed personal parts; the journal as a whole is bookkeeping.
_BODY = {
    "purpose": "journal of the recording system",
    "basis": "GDPR art. 6(1)(c); AO section 146a, BAO section 131b",
    "source": "till",
    "retention": "10 years after the year ends",
}

till_event = Table(
    "till_event",
    metadata,
    plain("till_id", TillKey, primary_key=True),
    plain("incarnation", Integer, primary_key=True, autoincrement=False),
    plain("seq", BigInteger, primary_key=True, autoincrement=False),
    plain("event_id", Uuid),
    plain("type", String(60)),
    plain("type_version", Integer),
    personal("body", LargeBinary, **_BODY),
    plain("hash", LargeBinary(32)),
    plain("received_at", UtcDateTime),
    # Not unique: a till that sends another's event id must not be able to block its own journal.
    Index(None, "event_id"),
)

till_chain = Table(
    "till_chain",
    metadata,
    plain("till_id", TillKey, primary_key=True),
    plain("incarnation", Integer, primary_key=True, autoincrement=False),
    plain("last_seq", BigInteger),
    plain("head_hash", LargeBinary(32)),
    plain("projected_seq", BigInteger),
    plain("last_receipt_no", BigInteger),
)

till_fork = Table(
    "till_fork",
    metadata,
    plain("till_id", TillKey, primary_key=True),
    plain("incarnation", Integer, primary_key=True, autoincrement=False),
    plain("seq", BigInteger, primary_key=True, autoincrement=False),
    plain("hash", LargeBinary(32), primary_key=True),
    plain("event_id", Uuid),
    plain("type", String(60)),
    plain("type_version", Integer),
    personal("body", LargeBinary, **_BODY),
    plain("received_at", UtcDateTime),
)
