"""What a PIN's verifier is made from: the PIN keyed with a secret that is not where the verifiers are.

A PIN has a million values at most, so that whoever has the verifiers alone would have the PINs within hours, however
slow the hash. Keyed, a stolen reference file tells nothing (docs/adr).
"""

from __future__ import annotations

import hashlib
import hmac

PIN_KEY_BYTES = 32
# What stands before the Argon2id hash of a keyed PIN; without it the hash is of the bare PIN (before there were keys).
KEYED = "hmac-sha256:"


def keyed_pin(key: bytes, staff_id: str, pin: str) -> str:
    """HMAC-SHA256 over `<staff number>:<PIN>` in hex: what is hashed, and what a till compares with."""
    return hmac.new(key, f"{staff_id}:{pin}".encode(), hashlib.sha256).hexdigest()
