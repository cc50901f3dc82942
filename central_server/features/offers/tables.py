"""The table of offers."""

from __future__ import annotations

from sqlalchemy import String, Table

from central_server.platform.columns import UtcDateTime, plain
from central_server.platform.schema import metadata

OfferCode = String(31)

offer = Table(
    "offer",
    metadata,
    plain("code", OfferCode, primary_key=True),
    plain("name", String(120)),
    plain("kind", String(16)),
    plain("valid_from", UtcDateTime, nullable=True),
    plain("valid_to", UtcDateTime, nullable=True),
    plain("created_at", UtcDateTime),
)
