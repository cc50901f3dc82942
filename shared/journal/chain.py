"""The hash chain of one till's journal: each event's hash covers the one before, its header and its stored body.

Byte layout (docs/protocol.md has worked examples): till id, 32 bytes ASCII padded with NUL; incarnation, 4 bytes;
sequence, 8 bytes; event id, 16 bytes; length of the type, 2 bytes; type, UTF-8; type version, 2 bytes. Integers are
big-endian.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from uuid import UUID

_HEADER = struct.Struct(">32sIQ16sH")
_VERSION = struct.Struct(">H")
_INCARNATION = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class ChainedEvent:
    """An event as journalled; `body` are the canonical bytes, never serialised again."""

    till_id: str
    incarnation: int
    seq: int
    event_id: UUID
    type: str
    type_version: int
    body: bytes
    prev_hash: bytes
    hash: bytes


def first_prev_hash(till_id: str, incarnation: int) -> bytes:
    """What the first event of an incarnation links to: SHA-256 of till id, a NUL byte and the incarnation."""
    return hashlib.sha256(till_id.encode("ascii") + b"\0" + _INCARNATION.pack(incarnation)).digest()


def event_header(
    till_id: str, incarnation: int, seq: int, event_id: UUID, event_type: str, version: int
) -> bytes:
    """The header bytes; ValueError if the till id does not fit 32 ASCII bytes."""
    till = till_id.encode("ascii")
    if not 1 <= len(till) <= 32:
        raise ValueError("a till id has 1 to 32 ASCII bytes")
    name = event_type.encode("utf-8")
    return (
        _HEADER.pack(till, incarnation, seq, event_id.bytes, len(name))
        + name
        + _VERSION.pack(version)
    )


def event_hash(prev_hash: bytes, header: bytes, body: bytes) -> bytes:
    """SHA-256 over previous hash, header and body."""
    digest = hashlib.sha256(prev_hash)
    digest.update(header)
    digest.update(body)
    return digest.digest()


def link(
    *,
    till_id: str,
    incarnation: int,
    seq: int,
    event_id: UUID,
    event_type: str,
    version: int,
    body: bytes,
    prev_hash: bytes,
) -> ChainedEvent:
    """The event with its place in the chain worked out."""
    header = event_header(till_id, incarnation, seq, event_id, event_type, version)
    return ChainedEvent(
        till_id=till_id,
        incarnation=incarnation,
        seq=seq,
        event_id=event_id,
        type=event_type,
        type_version=version,
        body=body,
        prev_hash=prev_hash,
        hash=event_hash(prev_hash, header, body),
    )
