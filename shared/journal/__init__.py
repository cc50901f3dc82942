"""The journal: event types, canonical bytes, the hash chain, and how receipts are written into events and read back.

Journal bytes never change: they are hashed and sent as stored, and old versions are read by upcasting.
"""

from shared.journal.canonical import canonical_bytes, parse_body
from shared.journal.chain import ChainedEvent, event_hash, first_prev_hash, link
from shared.journal.receipt_body import RECEIPT_VERSION, receipt_from_body, receipt_to_body
from shared.journal.types import EVENT_TYPES, ConflictRule, EventType, event_type

__all__ = [
    "EVENT_TYPES",
    "RECEIPT_VERSION",
    "ChainedEvent",
    "ConflictRule",
    "EventType",
    "canonical_bytes",
    "event_hash",
    "event_type",
    "first_prev_hash",
    "link",
    "parse_body",
    "receipt_from_body",
    "receipt_to_body",
]
