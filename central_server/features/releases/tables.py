"""The table of what waits for a release, and of what was decided."""

from __future__ import annotations

from sqlalchemy import Index, String, Table

from central_server.platform.columns import IdentityNumber, StaffKey, UtcDateTime, personal, plain
from central_server.platform.schema import metadata

_BASIS = "Art. 6(1)(c) and (f) GDPR, section 146 AO"
_KEPT = "ten years with the change it belongs to"

release_request = Table(
    "release_request",
    metadata,
    plain("request_id", IdentityNumber, primary_key=True, autoincrement=True),
    # What waits: a kind such as price_change, and its number there.
    plain("kind", String(24)),
    plain("subject", String(64)),
    plain("title", String(160)),
    plain("state", String(12)),
    personal(
        "asked_by",
        StaffKey,
        purpose="see to it that two persons decide",
        basis=_BASIS,
        source="the person's own sign-in",
        retention=_KEPT,
    ),
    plain("asked_at", UtcDateTime),
    personal(
        "decided_by",
        StaffKey,
        nullable=True,
        purpose="see to it that two persons decide",
        basis=_BASIS,
        source="the person's own sign-in",
        retention=_KEPT,
    ),
    plain("decided_at", UtcDateTime, nullable=True),
    plain("note", String(300)),
    Index(None, "state", "request_id"),
)
