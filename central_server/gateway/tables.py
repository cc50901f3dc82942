"""Tables of the till-facing side: numbered feed entries, spent nonces, published snapshots."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Integer, String, Table, Text, UniqueConstraint, Uuid

from central_server.platform.columns import TillKey, UtcDateTime, plain
from central_server.platform.schema import metadata

FeedName = String(16)
ScopeName = String(40)

# The last change of each key. The payload is joined when it is served, so this says only "it changed".
feed_entry = Table(
    "feed_entry",
    metadata,
    plain("feed", FeedName, primary_key=True),
    plain("scope", ScopeName, primary_key=True),
    plain("kind", String(16), primary_key=True),
    plain("key", String(128), primary_key=True),
    plain("seq", BigInteger),
    plain("op", String(6)),
    plain("changed_at", UtcDateTime),
    UniqueConstraint("feed", "seq"),
    Index(None, "feed", "scope", "seq"),
)

# `checkpoint` is the last seq at which every committed change was numbered: a consistent place to stop.
feed_head = Table(
    "feed_head",
    metadata,
    plain("feed", FeedName, primary_key=True),
    plain("epoch", Uuid),
    plain("last_seq", BigInteger),
    plain("checkpoint", BigInteger),
    plain("pruned_seq", BigInteger),
)

# The batch that the sequencer works on; empty between its transactions.
feed_batch = Table(
    "feed_batch",
    metadata,
    plain("id", BigInteger, primary_key=True, autoincrement=False),
    plain("feed", FeedName),
    plain("scope", ScopeName),
    plain("kind", String(16)),
    plain("key", String(128)),
    plain("op", String(6)),
)

# A feed's digest at one position, kept so that many tills that compare nightly cost one calculation.
feed_digest = Table(
    "feed_digest",
    metadata,
    plain("feed", FeedName, primary_key=True),
    plain("scopes", String(120), primary_key=True),
    plain("epoch", Uuid, primary_key=True),
    plain("seq", BigInteger, primary_key=True, autoincrement=False),
    plain("entry_count", BigInteger),
    plain("sum64", String(16)),
)

# How far a till has a feed, as it said when it asked for more.
till_position = Table(
    "till_position",
    metadata,
    plain("till_id", TillKey, primary_key=True),
    plain("feed", FeedName, primary_key=True),
    plain("epoch", Uuid),
    plain("wide", BigInteger),
    plain("store", BigInteger),
    plain("reached_at", UtcDateTime),
)

till_nonce = Table(
    "till_nonce",
    metadata,
    plain("till_id", TillKey, primary_key=True),
    plain("nonce", String(64), primary_key=True),
    plain("created_at", UtcDateTime, index=True),
)

snapshot = Table(
    "snapshot",
    metadata,
    plain("snapshot_id", String(36), primary_key=True),
    plain("market", String(2), index=True),
    plain("epoch", Uuid),
    plain("seq", BigInteger),
    plain("schema_version", Integer),
    plain("file_name", String(120)),
    # The signed manifest as JSON text, sent to tills as it stands.
    plain("manifest", Text),
    plain("built_at", UtcDateTime),
    plain("build_milliseconds", BigInteger),
)
