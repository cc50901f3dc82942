"""The digest of a feed: how many keys are there, and one number over all of them. Both sides ask this function.

The till compares nightly and after each snapshot; a difference means its reference file is not what it should be.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

_MODULUS = 1 << 64


def entry_hash(kind: str, key: str, scope: str, seq: int) -> int:
    """The first 8 bytes, big-endian, of SHA-256(kind ‖ NUL ‖ key ‖ NUL ‖ scope ‖ NUL ‖ seq in decimal)."""
    text = f"{kind}\0{key}\0{scope}\0{seq}".encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big")


@dataclass(frozen=True, slots=True)
class DigestSum:
    """`count` keys that are put, and the sum of their hashes modulo 2^64 as 16 hexadecimal digits."""

    count: int
    sum64: str


def digest_of(entries: Iterable[tuple[str, str, str, int]]) -> DigestSum:
    """The digest of `(kind, key, scope, seq)` of every key that is put, in any order."""
    count, total = 0, 0
    for kind, key, scope, seq in entries:
        count += 1
        total += entry_hash(kind, key, scope, seq)
    return DigestSum(count, f"{total % _MODULUS:016x}")
