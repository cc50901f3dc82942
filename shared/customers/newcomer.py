"""Customers whom a till takes down itself, also without a network: what their event says, and what of it is sealed.

Journals never change, so who it is stands in them only sealed, with a key that is the person's own and lives elsewhere.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from shared.customers.card import read_card_number
from shared.errors import DomainError
from shared.journal.canonical import canonical_bytes, parse_body
from shared.journal.reader import BodyReader

# Not whether they are right, but whether somebody typed into the wrong line.
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{3,38}")

NEWCOMER_EVENT = "customer.provisional_created"
NEWCOMER_PREFIX = "P-"
_LONGEST = {"name": 120, "phone": 40, "email": 120, "card": 40}


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A customer as taken down: the number is made by the till, contacts and card may be empty."""

    number: str
    name: str
    phone: str = ""
    email: str = ""
    card: str = ""

    def checked(self) -> Newcomer:
        """The same without blanks around; `DomainError`: `customer_name_missing`, `customer_field_too_long`,
        `customer_email_invalid`, `customer_phone_invalid`, `customer_card_invalid`.
        """
        plain = self.bounded()
        if plain.email and not _EMAIL.fullmatch(plain.email):
            raise DomainError("customer_email_invalid", http_status=400)
        if plain.phone and not _PHONE.fullmatch(plain.phone):
            raise DomainError("customer_phone_invalid", http_status=400)
        return replace(plain, card=read_card_number(plain.card)) if plain.card else plain

    def bounded(self) -> Newcomer:
        """The same without blanks around; `DomainError('customer_name_missing')`, or `('customer_field_too_long')`."""
        facts = {field: getattr(self, field).strip() for field in _LONGEST}
        if not facts["name"]:
            raise DomainError("customer_name_missing", http_status=400)
        if any(len(facts[field]) > most for field, most in _LONGEST.items()):
            raise DomainError("customer_field_too_long", http_status=400)
        return Newcomer(self.number, **facts)

    def personal_part(self) -> bytes:
        """What is sealed: name and contact always, a card where there is one."""
        facts = {field: getattr(self, field) for field in _LONGEST}
        return canonical_bytes(
            {name: text for name, text in facts.items() if text or name != "card"}
        )


@dataclass(frozen=True, slots=True)
class SealedNewcomer:
    """A newcomer as journalled: `sealed` is nonce (12 bytes) and AES-256-GCM with the number as associated data."""

    number: str
    store_id: str
    sealed: bytes

    def opened(self, personal_part: bytes) -> Newcomer:
        """The newcomer whose personal part this is; `DomainError` or `ValueError` if it is none."""
        read = BodyReader(parse_body(personal_part))
        facts = {field: read.text(field, "") for field in _LONGEST}
        return Newcomer(self.number, **facts).bounded()


def newcomer_facts(number: str, sealed: bytes) -> dict[str, object]:
    """What the event says beside the facts of every one."""
    return {"customer": number, "sealed": base64.b64encode(sealed).decode("ascii")}


def newcomer_of_event(body: Mapping[str, object]) -> SealedNewcomer:
    """The newcomer in the body of an event; `DomainError('event_field_wrong')` names a malformed field."""
    read = BodyReader(body)
    number = read.text("customer")
    if not number.startswith(NEWCOMER_PREFIX) or len(number) > 40:
        raise DomainError("event_field_wrong", {"field": "customer"})
    try:
        sealed = base64.b64decode(read.text("sealed"), validate=True)
    except (binascii.Error, ValueError):
        raise DomainError("event_field_wrong", {"field": "sealed"}) from None
    return SealedNewcomer(number, read.text("store_id"), sealed)
