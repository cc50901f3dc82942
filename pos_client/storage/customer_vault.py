"""What the reference file keeps of customers: sealed with a key that the centre gives and can take away.

Rows are sealed as they arrive, before they are staged, so that no page of the file ever holds a name. Only the number
stays readable: it is what rows are found by, and says nothing by itself. Whoever is looked for by name, card or contact
is found by marks: keyed hashes of words, which nobody can make or read back without the key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.customers import offline_words
from shared.errors import DomainError
from shared.wire.customer_payloads import CONTACTS, customer_from_payload
from shared.wire.models import FeedRow

_NONCE_BYTES = 12
_SEALED = "sealed"
_MARKS = "marks"
_MARK_BYTES = 8
_REFUSED = "refused"


class CustomerVault:
    """Seals and opens with the key in `key_file`, as that stands now: without the file nothing can be read any more."""

    def __init__(self, key_file: Path, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self._key_file = key_file
        self._random_bytes = random_bytes
        self._stamp: tuple[int, int] | None = None
        self._key_id = ""
        self._cipher: AESGCM | None = None
        self._mark_key = b""

    @property
    def key_id(self) -> str:
        """Which key it is, without giving it away; empty if there is none."""
        self._current()
        return self._key_id

    def seal(self, row: FeedRow) -> FeedRow:
        """A row of a customer as it may be written. What cannot be read is not kept at all, only why."""
        if row.op != "put":
            return row
        try:
            values = row.d
            if not isinstance(values, dict):
                return _refused(row, "payload is no object")
            facts = customer_from_payload(dict(values))
            if facts.number != row.key:
                return _refused(row, "customer number is not the key")
        except DomainError as error:
            return _refused(row, str(error)[:200])
        cipher = self._current()
        if cipher is None:
            return _refused(row, "no key for customers")
        nonce = self._random_bytes(_NONCE_BYTES)
        kept = {name: value for name, value in values.items() if name != CONTACTS}
        text = json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        sealed = nonce + cipher.encrypt(nonce, text, row.key.encode("utf-8"))
        words = offline_words(facts.name, facts.contacts, (facts.number, *facts.also))
        marks = sorted(self._mark(word) for word in words)
        d = {_SEALED: base64.b64encode(sealed).decode("ascii"), _MARKS: marks}
        return row.model_copy(update={"d": d})

    def marks(self, words: Iterable[str]) -> list[int]:
        """The marks of words, in their order; none without a key."""
        return [self._mark(word) for word in words] if self._current() is not None else []

    def _mark(self, word: str) -> int:
        made = hashlib.blake2b(word.encode("utf-8"), digest_size=_MARK_BYTES, key=self._mark_key)
        return int.from_bytes(made.digest(), "big", signed=True)

    def open(self, number: str, sealed: str) -> Mapping[str, object] | None:
        """The payload of the customer with this number; None without the key that it was sealed with."""
        cipher = self._current()
        if cipher is None:
            return None
        try:
            raw = base64.b64decode(sealed, validate=True)
            text = cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], number.encode("utf-8"))
        except (binascii.Error, ValueError, InvalidTag):
            return None
        values: Mapping[str, object] = json.loads(text)
        return values

    def _current(self) -> AESGCM | None:
        try:
            found = self._key_file.stat()
            stamp = (found.st_ino, found.st_mtime_ns)
            if stamp != self._stamp:
                key = self._key_file.read_bytes()
                self._cipher = AESGCM(key)
                self._mark_key = hashlib.sha256(b"customer marks\0" + key).digest()
                self._key_id = hashlib.sha256(b"customers\0" + key).hexdigest()[:16]
                self._stamp = stamp
        except (OSError, ValueError):
            self._stamp, self._key_id, self._cipher, self._mark_key = None, "", None, b""
        return self._cipher


def sealed_payload(values: Mapping[str, object]) -> str:
    """What a sealed row holds; `ValueError` says why it could not be read when it came, or that it was never sealed."""
    sealed = values.get(_SEALED)
    if isinstance(sealed, str):
        return sealed
    raise ValueError(str(values.get(_REFUSED, "customer was not sealed")))


def marks_of(values: Mapping[str, object]) -> list[int]:
    """The marks of a sealed row; `ValueError` if they are none."""
    marks = values.get(_MARKS)
    if not isinstance(marks, list) or not all(isinstance(mark, int) for mark in marks):
        raise ValueError("customer has no marks")
    return marks


def _refused(row: FeedRow, reason: str) -> FeedRow:
    return row.model_copy(update={"d": {_REFUSED: reason}})
