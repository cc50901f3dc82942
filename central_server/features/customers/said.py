"""What tills wrote down about customers: consents, notes, changed names and contacts.

The most restrictive consent wins, notes are only added, of a field that two changed at once the later arrival holds and
somebody looks at both (docs/protocol.md, conflict rules).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Row

from central_server.features.customers import (
    card_repository,
    newcomer_repository,
    repository,
    said_repository,
)
from central_server.features.customers.service import ChangeSource, CustomerDraft, enter_batch
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.customers import Consent, ConsentPurpose, SealedWords, consents_now
from shared.errors import DomainError

_NONCE_BYTES = 12
_HISTORY = 50


@dataclass(frozen=True, slots=True)
class Heard:
    """An event of a till about a customer."""

    event_id: UUID
    till_id: str
    said: Consent | SealedWords

    @property
    def source(self) -> str:
        """Where it was said."""
        return f"till {self.till_id}"


@dataclass(frozen=True, slots=True)
class SaidFinding:
    """What somebody should look at, although the event is booked."""

    event_id: UUID
    code: str
    params: Mapping[str, str]


def book_said(unit: UnitOfWork, heard: Sequence[Heard], at: datetime) -> list[SaidFinding]:
    """Keep what was said, each event once. Of an erased customer nothing is kept."""
    kept = said_repository.booked(unit.connection, [each.event_id for each in heard])
    fresh = [each for each in heard if each.event_id not in kept]
    found: list[SaidFinding] = []
    for each in fresh:
        number = _current(unit, each.said.number)
        row = repository.rows(unit, [number], lock=True).get(number)
        if row is None:
            params = {"number": each.said.number}
            found.append(SaidFinding(each.event_id, "customer_said_unknown", params))
        elif row.erased_at is not None:
            if isinstance(each.said, SealedWords):
                newcomer_repository.delete_keys(unit.connection, [each.said.key])
        elif isinstance(each.said, Consent):
            keep_consent(unit, number, each.said, each.source, at, each.event_id)
        else:
            found += _book_words(unit, number, each, each.said, at)
    return found


def keep_consent(
    unit: UnitOfWork,
    number: str,
    consent: Consent,
    source: str,
    at: datetime,
    event_id: UUID | None = None,
) -> None:
    """Keep that a customer agreed to something or took it back; every change is kept."""
    row = {
        "number": number,
        "purpose": consent.purpose.value,
        "given": consent.given,
        "said_at": consent.at,
        "arrived_at": at,
        "taken_by": consent.by[:31],
        "source": source[:40],
        "event_id": event_id,
    }
    said_repository.add_consents(unit.connection, [row])


def consents_of(unit: ReadUnit, number: str) -> dict[ConsentPurpose, bool]:
    """What a customer agrees to now; what was never asked is not in it."""
    rows = said_repository.consents_of(unit.connection, number)
    return consents_now(
        (
            Consent(row.number, ConsentPurpose(row.purpose), row.given, row.said_at, row.taken_by),
            row.arrived_at,
        )
        for row in rows
    )


def notes_of(unit: ReadUnit, number: str) -> Sequence[Row[Any]]:
    """The notes on a customer, newest first."""
    return said_repository.notes_of(unit.connection, number, _HISTORY)


def changes_of(unit: ReadUnit, number: str) -> Sequence[Row[Any]]:
    """What was changed of a customer's name and contact, newest first."""
    return said_repository.changes_of(unit.connection, number, _HISTORY)


def _current(unit: ReadUnit, number: str) -> str:
    return card_repository.aliases(unit.connection, [number]).get(number, number)


def _book_words(
    unit: UnitOfWork, number: str, heard: Heard, said: SealedWords, at: datetime
) -> list[SaidFinding]:
    text = _opened(unit, said)
    if text is None:
        return [SaidFinding(heard.event_id, "customer_said_unreadable", {"number": number})]
    said_repository.name_owner(unit.connection, said.key, number)
    if not said.field:
        row = {
            "number": number,
            "text": text,
            "written_by": said.by[:31],
            "source": heard.source[:40],
            "written_at": said.at,
            "arrived_at": at,
            "event_id": heard.event_id,
        }
        said_repository.add_notes(unit.connection, [row])
        return []
    others = said_repository.changes_since(
        unit.connection, number, said.field, said.base, heard.source
    )
    conflict = bool(others) and others[-1].value != text
    source = ChangeSource(said.by, heard.source, said.at, heard.event_id, conflict)
    draft = CustomerDraft(number, {said.field: text if said.field == "name" else text or None})
    enter_batch(unit, [draft], at, source)
    if not conflict:
        return []
    params = {"number": number, "field": said.field}
    return [SaidFinding(heard.event_id, "customer_field_conflict", params)]


def _opened(unit: ReadUnit, said: SealedWords) -> str | None:
    key = newcomer_repository.keys_of(unit.connection, [said.key]).get(said.key)
    if key is None:
        return None
    nonce, text = said.sealed[:_NONCE_BYTES], said.sealed[_NONCE_BYTES:]
    try:
        return said.opened(AESGCM(key).decrypt(nonce, text, said.key.encode("utf-8")))
    except (InvalidTag, ValueError, DomainError):
        return None
