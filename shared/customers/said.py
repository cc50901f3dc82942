"""What a till writes down about a customer who exists: a note, or another name, telephone number or mail address.

The words are sealed with a key of the person's that is made for the event and lives outside the journal.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.customers.newcomer import Newcomer
from shared.errors import DomainError
from shared.journal.canonical import canonical_bytes, parse_body
from shared.journal.reader import BodyReader

NOTE_EVENT = "note.added"
FIELD_EVENT = "customer.field_changed"
KEY_PREFIX = "K-"
CHANGED_FIELDS = ("name", "phone", "email")
_LONGEST_NUMBER = 40
_LONGEST_NOTE = 1_000


@dataclass(frozen=True, slots=True)
class SealedWords:
    """Words on the customer `number`: a note, or the new value of `field`, which the till saw in revision `base`.

    `sealed` is nonce (12 bytes) and AES-256-GCM, with the key's name as associated data.
    """

    number: str
    key: str
    sealed: bytes
    by: str
    at: datetime
    field: str = ""
    base: int = 0

    def opened(self, personal_part: bytes) -> str:
        """The words whose personal part this is; `DomainError` or `ValueError` if it is none."""
        text = BodyReader(parse_body(personal_part)).text("text")
        return checked_field(self.field, text) if self.field else checked_note(text)


def checked_note(text: str) -> str:
    """A note without blanks around; `DomainError`: `note_empty`, `note_too_long`."""
    plain = text.strip()
    if not plain:
        raise DomainError("note_empty", http_status=400)
    if len(plain) > _LONGEST_NOTE:
        raise DomainError("note_too_long", {"most": _LONGEST_NOTE}, http_status=400)
    return plain


def checked_field(field: str, text: str) -> str:
    """The new value of a field; contacts may be empty. `DomainError`: `customer_field_unknown`, `Newcomer.checked`."""
    if field not in CHANGED_FIELDS:
        raise DomainError("customer_field_unknown", {"field": field[:20]}, http_status=400)
    checked = Newcomer("", **{"name": "-", field: text}).checked()
    value: str = getattr(checked, field)
    return value


def words_part(text: str) -> bytes:
    """What is sealed."""
    return canonical_bytes({"text": text})


def note_facts(number: str, key: str, sealed: bytes) -> dict[str, object]:
    """What the event of a note says beside the facts of every one."""
    return {"customer": number, "key": key, "sealed": base64.b64encode(sealed).decode("ascii")}


def field_facts(number: str, field: str, base: int, key: str, sealed: bytes) -> dict[str, object]:
    """What the event of a changed field says beside the facts of every one."""
    return {**note_facts(number, key, sealed), "field": field, "base": base}


def words_of_event(kind: str, body: Mapping[str, object]) -> SealedWords:
    """The words in the body of an event; `DomainError('event_field_wrong')` names a malformed field."""
    read = BodyReader(body)
    key, field, base = read.text("key"), "", 0
    if not key.startswith(KEY_PREFIX) or len(key) > _LONGEST_NUMBER:
        raise DomainError("event_field_wrong", {"field": "key"})
    if kind == FIELD_EVENT:
        field, base = read.text("field"), read.integer("base")
        if field not in CHANGED_FIELDS:
            raise DomainError("event_field_wrong", {"field": "field"})
    try:
        sealed = base64.b64decode(read.text("sealed"), validate=True)
    except (binascii.Error, ValueError):
        raise DomainError("event_field_wrong", {"field": "sealed"}) from None
    number = read.text("customer")[:_LONGEST_NUMBER]
    return SealedWords(
        number, key, sealed, read.text("operator_id"), read.time("occurred_at"), field, base
    )
