"""The table of API keys."""

from __future__ import annotations

from sqlalchemy import String, Table, Text

from central_server.platform.columns import StaffKey, UtcDateTime, personal, plain
from central_server.platform.schema import metadata

api_key = Table(
    "api_key",
    metadata,
    plain("key_id", String(12), primary_key=True),
    plain("name", String(80)),
    # SHA-256 of the secret part: it is random, so nothing slower is needed.
    plain("digest", String(64)),
    # Words with blanks between them.
    plain("scopes", Text),
    plain("stores", Text),
    personal(
        "issued_by",
        StaffKey,
        purpose="know who let a system in",
        basis="Art. 6(1)(f) GDPR",
        source="the person's own sign-in",
        retention="one year after the key was revoked",
    ),
    plain("issued_at", UtcDateTime),
    plain("used_at", UtcDateTime, nullable=True),
    plain("revoked_at", UtcDateTime, nullable=True),
)
