"""The till's Ed25519 key, made here and never leaving, and the check of what the centre signed."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pos_client.storage.paths import write_atomically
from shared.errors import EnvironmentProblem


class TillKey:
    """The private key in a file that only its owner can read."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    @classmethod
    def make_or_load(cls, path: Path) -> TillKey:
        """The key in `path`, made if there is none; kept there before anybody hears of it."""
        if not path.exists():
            write_atomically(path, Ed25519PrivateKey.generate().private_bytes_raw())
        return cls.load(path)

    @classmethod
    def load(cls, path: Path) -> TillKey:
        """The key in `path`; `EnvironmentProblem('key_missing')` if there is none that can be read."""
        try:
            return cls(Ed25519PrivateKey.from_private_bytes(path.read_bytes()))
        except (OSError, ValueError):
            raise EnvironmentProblem("key_missing", {"file": str(path)}) from None

    def sign(self, data: bytes) -> bytes:
        """The 64 bytes of the signature."""
        return self._private.sign(data)

    def public_bytes(self) -> bytes:
        """The public half, 32 bytes."""
        return self._private.public_key().public_bytes_raw()

    def public_text(self) -> str:
        """The public half, base64."""
        return base64.b64encode(self._private.public_key().public_bytes_raw()).decode("ascii")


def signed_by(key: bytes, data: bytes, signature: bytes) -> bool:
    """Whether the key with these 32 public bytes signed `data`."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


class CentreKey:
    """The centre's public key, pinned at provisioning."""

    def __init__(self, text: str) -> None:
        try:
            self._public = Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
        except (binascii.Error, ValueError):
            raise EnvironmentProblem("identity_damaged", {"file": "centre_key"}) from None

    def signed(self, data: bytes, signature: str) -> bool:
        """Whether the centre signed `data`; `signature` is base64."""
        try:
            self._public.verify(base64.b64decode(signature, validate=True), data)
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True
