"""UUID version 7 (RFC 9562) from a time and random bytes that the caller passes in, and ids derived from ids."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from shared.identity.clock import require_aware, unix_milliseconds


def uuid7(at: datetime, random_bytes: bytes) -> UUID:
    """A time-ordered id: 48 bits of Unix milliseconds of `at`, then 74 of the 80 bits of `random_bytes`.

    `random_bytes` must be exactly ten bytes from a good source; anything else is a ValueError.
    """
    if len(random_bytes) != 10:
        raise ValueError("uuid7 takes exactly ten random bytes")
    value = (unix_milliseconds(require_aware(at)) & ((1 << 48) - 1)) << 80
    value |= int.from_bytes(random_bytes, "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)


def derived_id(source: UUID, part: str) -> UUID:
    """The id of a part of something that has an id (`stock:3`): the same at each repetition, so that
    projecting the same event twice meets its own rows.
    """
    return uuid5(source, part)
