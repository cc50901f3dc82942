"""Codes of an authenticator app (RFC 6238: SHA-1, 30 seconds, six digits), and secrets kept sealed.

A code is worth something once: whoever checks one keeps the step it belonged to and refuses that step and all
before it afterwards.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
from datetime import datetime
from urllib.parse import quote

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.errors import EnvironmentProblem

STEP_SECONDS = 30
DIGITS = 6
# A clock that is half a minute off, or a code typed at the last moment, still counts.
_STEPS_AROUND = 1
_SECRET_BYTES = 20
_NONCE_BYTES = 12


def new_secret() -> bytes:
    """A random secret for an authenticator app (160 bits, as RFC 4226 asks)."""
    return secrets.token_bytes(_SECRET_BYTES)


def code_of(secret: bytes, step: int) -> str:
    """The code of one step (seconds since 1970 divided by thirty)."""
    # RFC 6238's HMAC-SHA-1 is what every authenticator app knows; its weakness concerns collisions only.
    digest = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_at(at: datetime) -> int:
    """The step of a moment."""
    return int(at.timestamp()) // STEP_SECONDS


def matching_step(secret: bytes, code: str, at: datetime, last_step: int) -> int | None:
    """The step whose code this is, at most one away from now and later than `last_step`; None if there is none."""
    now = step_at(at)
    found = None
    # All are compared, so that the time of the answer tells nothing.
    for step in range(now - _STEPS_AROUND, now + _STEPS_AROUND + 1):
        if hmac.compare_digest(code_of(secret, step).encode(), code.encode()) and step > last_step:
            found = step
    return found


def shown_secret(secret: bytes) -> str:
    """The secret as it is typed into an app: base32 in groups of four."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def enrolment_address(secret: bytes, account: str, issuer: str) -> str:
    """The `otpauth:` address that stands in the QR code."""
    text = base64.b32encode(secret).decode().rstrip("=")
    label = quote(f"{issuer}:{account}", safe="")
    return f"otpauth://totp/{label}?secret={text}&issuer={quote(issuer, safe='')}"


def seal(key: bytes, purpose: str, content: bytes) -> str:
    """`content` encrypted under a key derived from `key` for one purpose, as text."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(derived_key(key, purpose)).encrypt(nonce, content, purpose.encode())
    return base64.b64encode(nonce + sealed).decode()


def unseal(key: bytes, purpose: str, text: str) -> bytes:
    """What was sealed; `EnvironmentProblem('seal_broken')` if the key is another one or the text was changed."""
    raw = base64.b64decode(text)
    try:
        return AESGCM(derived_key(key, purpose)).decrypt(
            raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], purpose.encode()
        )
    except InvalidTag as problem:
        raise EnvironmentProblem("seal_broken", {"purpose": purpose}) from problem


def derived_key(key: bytes, purpose: str) -> bytes:
    """32 bytes that follow from `key` for one purpose, and tell nothing of those for others."""
    return HKDF(SHA256(), 32, salt=None, info=f"tresen {purpose}".encode()).derive(key)
