"""Secrets: password and PIN hashes, random codes, the centre's signing key, and a limit on guessing.

Nothing here logs or returns what it was given to hash.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import os
import secrets
import threading
from collections import OrderedDict
from pathlib import Path
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from shared.errors import EnvironmentProblem
from shared.identity import Clock
from shared.wire.pins import PIN_KEY_BYTES

# RFC 9106, second recommended option (64 MiB, three passes), which argon2-cffi takes as its default too.
_HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)
# Without 0, O, 1, I, L and U: read aloud over the telephone nothing is mistaken.
_CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_KEY_FILE = "centre_ed25519.pem"
_PIN_KEY_FILE = "pin.key"
_SEALING_KEY_FILE = "sealing.key"
_SEALING_KEY_BYTES = 32


def hash_secret(secret: str) -> str:
    """An Argon2id verifier of a password or PIN."""
    return _HASHER.hash(secret)


def verify_secret(verifier: str | None, secret: str) -> bool:
    """Whether `secret` belongs to `verifier`.

    Takes as long for somebody who has none, so that the time of the answer does not tell which names exist.
    """
    nobodys = _nobodys_verifier()
    try:
        _HASHER.verify(verifier or nobodys, secret)
    except (VerificationError, InvalidHashError):
        return False
    return verifier is not None


@functools.cache
def _nobodys_verifier() -> str:
    """Made when the first secret is checked, whoever's it is: most commands check none."""
    return _HASHER.hash(secrets.token_urlsafe(16))


def random_code(groups: int = 3, size: int = 4) -> str:
    """A one-time code such as `K7QM-3XPD-9R2T` (about 59 bits with the defaults)."""
    parts = ("".join(secrets.choice(_CODE_LETTERS) for _ in range(size)) for _ in range(groups))
    return "-".join(parts)


def normal_code(text: str) -> str:
    """A code as typed by a person in the form in which it was issued: capitals, no blanks, no dashes."""
    return "".join(text.upper().split()).replace("-", "")


def random_seed() -> UUID:
    """128 bits drawn by chance, for numbers that nobody may guess."""
    return UUID(bytes=secrets.token_bytes(16))


def random_key() -> bytes:
    """32 bytes drawn by chance, for what only keys may tell."""
    return secrets.token_bytes(32)


def random_token() -> str:
    """An unguessable token for a URL or cookie (256 bits)."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """What the database keeps of a random token or code: its SHA-256 in hex. Only for random ones."""
    return hashlib.sha256(token.encode()).hexdigest()


def same_token(left: str, right: str) -> bool:
    """Whether two tokens are equal, in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())


class SigningKey:
    """The centre's Ed25519 key: signs snapshots and receipts of the journal; tills pin its public half."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    @property
    def public_bytes(self) -> bytes:
        """The public half, 32 raw bytes."""
        return self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, message: bytes) -> bytes:
        """A signature of 64 bytes over `message`."""
        return self._private.sign(message)


def load_signing_key(keys_dir: Path) -> SigningKey:
    """The centre's key from `keys_dir`; made there at the first start, readable by its owner only.

    `EnvironmentProblem('signing_key_unreadable')` if the file is damaged or cannot be written.
    """
    path = keys_dir / _KEY_FILE
    try:
        if not path.exists():
            _create_key(path)
        private = _load_private(path.read_bytes())
    except (OSError, ValueError) as problem:
        raise EnvironmentProblem("signing_key_unreadable", {"path": str(path)}) from problem
    return SigningKey(private)


def load_pin_key(keys_dir: Path) -> bytes:
    """The chain's secret for PINs, beside the signing key and kept like it. Lost, every PIN must be set anew.

    `EnvironmentProblem('pin_key_unreadable')` if the file is damaged or cannot be written.
    """
    return _load_key(keys_dir / _PIN_KEY_FILE, PIN_KEY_BYTES, "pin_key_unreadable")


def load_sealing_key(keys_dir: Path) -> bytes:
    """What secrets in the database are sealed with; it never leaves the centre. Lost, second factors are set anew.

    `EnvironmentProblem('sealing_key_unreadable')` if the file is damaged or cannot be written.
    """
    return _load_key(keys_dir / _SEALING_KEY_FILE, _SEALING_KEY_BYTES, "sealing_key_unreadable")


def _load_key(path: Path, size: int, problem_code: str) -> bytes:
    try:
        if not path.exists():
            _write_once(path, secrets.token_bytes(size))
        key = path.read_bytes()
    except OSError as problem:
        raise EnvironmentProblem(problem_code, {"path": str(path)}) from problem
    if len(key) != size:
        raise EnvironmentProblem(problem_code, {"path": str(path)})
    return key


def _load_private(pem: bytes) -> Ed25519PrivateKey:
    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("not an Ed25519 key")  # noqa: TRY004 - the file's content is wrong
    return key


def _create_key(path: Path) -> None:
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    _write_once(path, pem)


def _write_once(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Written aside and linked into place: two processes that start at once agree on one key.
    aside = path.with_suffix(f".{secrets.token_hex(4)}.new")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()


def verify_signature(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether `signature` is the Ed25519 signature of `message` by the owner of `public_key`."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def valid_public_key(public_key: bytes) -> bool:
    """Whether these bytes are an Ed25519 public key at all."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key)
    except ValueError:
        return False
    return True


class RateLimiter:
    """A token bucket per name (an address, a login): `rate_per_minute` tries, that many at once.

    Lives in the process; with several web processes each allows that many. Remembers at most `most_names`.
    """

    def __init__(self, clock: Clock, rate_per_minute: int, most_names: int = 10_000) -> None:
        self._clock = clock
        self._rate = rate_per_minute
        self._most = most_names
        self._guard = threading.Lock()
        # Per name: millionths of a try left, and the Unix microsecond at which that was so.
        self._buckets: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def allow(self, name: str) -> bool:
        """Whether `name` may try once more now; counts the try if so."""
        now = self._clock.now()
        micros = int(now.timestamp() * 1_000_000)
        full = self._rate * 1_000_000
        with self._guard:
            left, since = self._buckets.pop(name, (full, micros))
            # A clock that jumped back gives nothing and takes nothing.
            left = min(full, left + max(0, micros - since) * self._rate // 60)
            allowed = left >= 1_000_000
            self._buckets[name] = (left - 1_000_000 if allowed else left, micros)
            while len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        return allowed
