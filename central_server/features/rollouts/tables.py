"""Tables of versions of settings, and of the tills that have one before all others."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, Integer, String, Table, Text

from central_server.platform.columns import (
    IdentityNumber,
    StaffKey,
    TillKey,
    UtcDateTime,
    personal,
    plain,
)
from central_server.platform.schema import metadata

settings_rollout = Table(
    "settings_rollout",
    metadata,
    plain("rollout_id", IdentityNumber, primary_key=True, autoincrement=True),
    # Which setting: the key of its row in the feed `config`.
    plain("key", String(32)),
    # The text as the chain keeps it, and what stood there before; null where nothing was set.
    plain("value", Text),
    plain("before", Text, nullable=True),
    # waiting, running, stopped, done, back or refused
    plain("state", String(8)),
    plain("all_after_hours", Integer, nullable=True),
    # Why it stopped by itself; empty where a person did, or nobody.
    plain("stopped_why", String(40)),
    personal(
        "asked_by",
        StaffKey,
        purpose="know who changed what tills go by",
        basis="Art. 6(1)(c) and (f) GDPR, section 146 AO",
        source="the person's own sign-in",
        retention="ten years with the setting",
    ),
    plain("asked_at", UtcDateTime),
    plain("began_at", UtcDateTime, nullable=True),
    plain("ended_at", UtcDateTime, nullable=True),
    Index(None, "key", "state"),
)

settings_rollout_till = Table(
    "settings_rollout_till",
    metadata,
    plain(
        "rollout_id", IdentityNumber, ForeignKey("settings_rollout.rollout_id"), primary_key=True
    ),
    plain("till_id", TillKey, ForeignKey("till.till_id"), primary_key=True),
    Index(None, "till_id"),
)
