"""What customers agree to, and who may take it back: of two that disagree the more restrictive holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from shared.errors import DomainError
from shared.journal.reader import BodyReader

CONSENT_EVENT = "consent.changed"
FIRST_CONSENT = ""
_LONGEST_NUMBER = 40


class ConsentPurpose(StrEnum):
    """What a consent is for. Nothing is agreed to unless somebody says so."""

    MAIL = "mail"
    PHONE = "phone"
    PROFILE = "profile"


@dataclass(frozen=True, slots=True)
class Consent:
    """A customer agreed to a purpose, or took it back, at `at`; `by` is who took that down."""

    number: str
    purpose: ConsentPurpose
    given: bool
    at: datetime
    by: str


def read_purpose(text: str) -> ConsentPurpose:
    """A purpose by its word; `DomainError('event_field_wrong')` for another word."""
    try:
        return ConsentPurpose(text)
    except ValueError:
        raise DomainError("event_field_wrong", {"field": "purpose"}) from None


def consent_facts(number: str, purpose: ConsentPurpose, *, given: bool) -> dict[str, object]:
    """What the event says beside the facts of every one."""
    return {"customer": number, "purpose": purpose.value, "given": given}


def consent_of_event(body: Mapping[str, object]) -> Consent:
    """The consent in the body of an event; `DomainError('event_field_wrong')` names a malformed field."""
    read = BodyReader(body)
    return Consent(
        read.text("customer")[:_LONGEST_NUMBER],
        read_purpose(read.text("purpose")),
        _given(read),
        read.time("occurred_at"),
        read.text("operator_id"),
    )


def consents_now(heard: Iterable[tuple[Consent, datetime]]) -> dict[ConsentPurpose, bool]:
    """What holds of what was said of one customer, with when the centre heard of it, in that order.

    The most restrictive wins: a refusal holds as soon as it is heard, whatever was said meanwhile, and a consent holds
    only if it was given after the centre had heard of the last refusal.
    """
    holds: dict[ConsentPurpose, bool] = {}
    refused: dict[ConsentPurpose, datetime] = {}
    for consent, arrived in heard:
        last = refused.get(consent.purpose)
        if not consent.given:
            refused[consent.purpose] = arrived
            holds[consent.purpose] = False
        elif last is None or consent.at > last:
            holds[consent.purpose] = True
    return holds


def consent_hash(previous: str, position: int, token: str, consent: Consent, source: str) -> str:
    """The hash of the consent at `position` (1, 2 …) behind that of the one before, in lower-case hex. It is made of a
    token of the customer, so that it holds when the customer is erased.
    """
    moment = consent.at.astimezone(UTC).isoformat(timespec="microseconds")
    word = "given" if consent.given else "refused"
    parts = (
        previous,
        str(position),
        token,
        consent.purpose.value,
        word,
        moment,
        consent.by,
        source,
    )
    return hashlib.sha256("\n".join(parts).encode("utf-8")).hexdigest()


def _given(read: BodyReader) -> bool:
    given = read.values.get("given")
    if not isinstance(given, bool):
        raise DomainError("event_field_wrong", {"field": "given"})
    return given
