"""The table of the exceptions queue."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Integer, String, Table, Text, Uuid

from central_server.platform.columns import (
    IdentityNumber,
    StaffKey,
    TillKey,
    UtcDateTime,
    personal,
    plain,
)
from central_server.platform.schema import metadata

event_exception = Table(
    "event_exception",
    metadata,
    plain("id", IdentityNumber, primary_key=True, autoincrement=True),
    plain("till_id", TillKey),
    plain("incarnation", Integer),
    plain("seq", BigInteger),
    plain("event_id", Uuid),
    plain("type", String(60)),
    plain("code", String(60)),
    plain("params", Text),
    # `blocked`: the event is not booked. `notice`: it is booked, but somebody should look.
    plain("kind", String(10)),
    plain("state", String(10)),
    plain("raised_at", UtcDateTime),
    plain("closed_at", UtcDateTime, nullable=True),
    personal(
        "closed_by",
        StaffKey,
        purpose="who closed an exception",
        basis="GDPR art. 6(1)(f): audit trail",
        source="head office",
        retention="as long as the exception",
        nullable=True,
    ),
    Index(None, "state", "raised_at"),
    Index(None, "till_id", "incarnation", "seq"),
)
