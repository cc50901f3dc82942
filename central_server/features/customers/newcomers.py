"""Customers whom tills took down: their keys come beside the journal, and open what is sealed in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from central_server.features.customers import (
    card_repository,
    cards,
    newcomer_repository,
    repository,
)
from central_server.features.customers.cards import CardChange
from central_server.features.customers.service import CustomerDraft, enter_batch
from central_server.platform.unit_of_work import UnitOfWork
from shared.customers import Newcomer, SealedNewcomer
from shared.errors import DomainError

_NONCE_BYTES = 12
NewcomerFinding = tuple[str, str, dict[str, str]]
"""Number, code, and the code's parameters."""

log = structlog.get_logger(__name__)


def keep_keys(unit: UnitOfWork, keys: Mapping[str, bytes]) -> list[str]:
    """Keep keys of persons; the first of each counts. Those whose number was taken over or erased meanwhile are not
    kept, and answered.
    """
    gone = sorted(card_repository.aliases(unit.connection, keys))
    known = newcomer_repository.keys_of(unit.connection, keys)
    new = {number: key for number, key in keys.items() if number not in {*gone, *known}}
    newcomer_repository.add_keys(unit.connection, new)
    return gone


def book_newcomers(
    unit: UnitOfWork, newcomers: Sequence[SealedNewcomer], at: datetime
) -> list[NewcomerFinding]:
    """Make customers of those whom tills took down, with the cards they were given. Answered is what somebody should
    look at: names that cannot be read, cards that were somebody's. They are customers all the same, so that their
    receipts find them.
    """
    numbers = {each.number for each in newcomers}
    keys = newcomer_repository.keys_of(unit.connection, numbers)
    known = {*repository.rows(unit, numbers), *card_repository.aliases(unit.connection, numbers)}
    drafts: list[CustomerDraft] = []
    findings: list[NewcomerFinding] = []
    cards_given: list[tuple[str, str]] = []
    for each in newcomers:
        if each.number in known:
            continue
        found = _opened(each, keys.get(each.number))
        if found is None:
            findings.append((each.number, "newcomer_unreadable", {"number": each.number}))
        facts = {
            "name": found.name if found is not None else "",
            "phone": (found.phone or None) if found is not None else None,
            "email": (found.email or None) if found is not None else None,
            "store_id": each.store_id,
        }
        drafts.append(CustomerDraft(each.number, facts))
        if found is not None and found.card:
            cards_given.append((each.number, found.card))
    enter_batch(unit, drafts, at)
    for number, card in cards_given:
        try:
            cards.issue(unit, number, card, CardChange("till", at))
        except DomainError as refusal:
            findings.append((number, "newcomer_card_taken", {"number": number, "card": card}))
            log.info("newcomer_card_refused", code=refusal.code)
    return findings


def forget_keys(unit: UnitOfWork, numbers: Iterable[str]) -> None:
    """Delete the keys of persons: what is sealed of them in journals can never be read again."""
    newcomer_repository.delete_keys(unit.connection, numbers)


def _opened(sealed: SealedNewcomer, key: bytes | None) -> Newcomer | None:
    if key is None:
        return None
    nonce, text = sealed.sealed[:_NONCE_BYTES], sealed.sealed[_NONCE_BYTES:]
    try:
        return sealed.opened(AESGCM(key).decrypt(nonce, text, sealed.number.encode("utf-8")))
    except (InvalidTag, ValueError, DomainError):
        return None
