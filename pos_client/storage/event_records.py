"""Events as length-prefixed records in a file: the second copy of the journal, and what is saved of a damaged one.

A record is a 4-byte length (big-endian) and then hash (32 bytes), header and body as they are hashed. A torn last
record is what an interrupted write leaves; readers stop before it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO
from uuid import UUID

from shared.journal import ChainedEvent, event_hash, first_prev_hash
from shared.journal.chain import event_header

MAGIC = b"TRESEN JOURNAL 1\n"
_LENGTH = struct.Struct(">I")
_FIXED = struct.Struct(">32sIQ16sH")
_VERSION = struct.Struct(">H")
_MOST = 16_000_000


def record_of(event: ChainedEvent) -> bytes:
    """The record of an event with its length."""
    header = event_header(
        event.till_id,
        event.incarnation,
        event.seq,
        event.event_id,
        event.type,
        event.type_version,
    )
    payload = event.hash + header + event.body
    return _LENGTH.pack(len(payload)) + payload


def read_records(source: BinaryIO) -> Iterator[tuple[ChainedEvent, int]]:
    """The whole, chained events from the start of a file, each with the offset at which it ends.

    Stops at the first record that is torn, malformed or does not continue the chain. Nothing if the file does not
    begin as such a file does.
    """
    source.seek(0)
    if source.read(len(MAGIC)) != MAGIC:
        return
    end = len(MAGIC)
    prev: bytes | None = None
    while True:
        prefix = source.read(_LENGTH.size)
        if len(prefix) < _LENGTH.size:
            return
        (length,) = _LENGTH.unpack(prefix)
        payload = source.read(length) if length <= _MOST else b""
        if len(payload) < length or length > _MOST:
            return
        event = _parse(payload, prev)
        if event is None:
            return
        end += _LENGTH.size + length
        prev = event.hash
        yield event, end


def _parse(payload: bytes, prev: bytes | None) -> ChainedEvent | None:
    start = 32 + _FIXED.size
    if len(payload) < start:
        return None
    till, incarnation, seq, event_id, name_length = _FIXED.unpack(payload[32:start])
    body_at = start + name_length + _VERSION.size
    if len(payload) < body_at:
        return None
    try:
        till_id = till.rstrip(b"\0").decode("ascii")
        name = payload[start : start + name_length].decode("utf-8")
    except UnicodeDecodeError:
        return None
    prev_hash = first_prev_hash(till_id, incarnation) if prev is None else prev
    if event_hash(prev_hash, payload[32:body_at], payload[body_at:]) != payload[:32]:
        return None
    return ChainedEvent(
        till_id=till_id,
        incarnation=incarnation,
        seq=seq,
        event_id=UUID(bytes=event_id),
        type=name,
        type_version=_VERSION.unpack(payload[start + name_length : body_at])[0],
        body=payload[body_at:],
        prev_hash=prev_hash,
        hash=payload[:32],
    )
