"""Tables of webhooks: who wants to be told, and what is to be told."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, Integer, String, Table, Text, Uuid

from central_server.platform.columns import StaffKey, UtcDateTime, personal, plain
from central_server.platform.schema import metadata

webhook = Table(
    "webhook",
    metadata,
    plain("webhook_id", String(12), primary_key=True),
    plain("name", String(80)),
    plain("url", String(500)),
    # What deliveries are signed with, sealed: it has to be read again, so a digest would not do.
    plain("sealed_secret", Text),
    # Words with blanks between them.
    plain("topics", Text),
    plain("stores", Text),
    personal(
        "made_by",
        StaffKey,
        purpose="know who lets data out",
        basis="Art. 6(1)(f) GDPR",
        source="the person's own sign-in",
        retention="one year after the webhook ended",
    ),
    plain("made_at", UtcDateTime),
    plain("ended_at", UtcDateTime, nullable=True),
    # While it pauses, what happens is noted for it and waits.
    plain("paused_at", UtcDateTime, nullable=True),
)

webhook_delivery = Table(
    "webhook_delivery",
    metadata,
    plain("delivery_id", Uuid, primary_key=True),
    plain("webhook_id", String(12), ForeignKey("webhook.webhook_id")),
    plain("topic", String(40)),
    plain("body", Text),
    plain("made_at", UtcDateTime),
    plain("tries", Integer),
    # Null when nothing more is to be tried: it arrived, or it was given up.
    plain("next_at", UtcDateTime, nullable=True),
    plain("delivered_at", UtcDateTime, nullable=True),
    plain("outcome", String(40)),
    Index(None, "webhook_id", "next_at"),
    Index(None, "made_at"),
)
