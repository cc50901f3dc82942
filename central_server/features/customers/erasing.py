"""Erasing a customer: nothing says any more who it was; what they have and owe stays, under a token."""

from __future__ import annotations

from collections.abc import Collection

from central_server.features.audit.redacting import redact
from central_server.features.customers import card_repository, erase_repository, repository
from central_server.features.customers.cards import CardChange, named_by
from central_server.features.customers.look_chain import chain_all, token_of
from central_server.features.customers.newcomers import forget_keys
from central_server.features.customers.service import CustomerDraft, enter_batch, leave_tills
from central_server.platform.unit_of_work import UnitOfWork


def strip(unit: UnitOfWork, number: str, change: CardChange) -> tuple[frozenset[str], str, str]:
    """Delete name, contact, birthday, lists, attributes and cards of a customer, and make a nameless one under a token
    to take over the rest; the names of the first (numbers and cards), and the numbers of both. The looks are chained
    first: afterwards nobody knows whose they were.

    `DomainError`: as `named_by`. Who calls this merges the first into the second and calls `finish`.
    """
    number = named_by(unit, number)
    row = repository.rows(unit, [number], lock=True)[number]
    chain_all(unit)
    token = token_of(unit, number)
    old = card_repository.old_numbers(unit.connection, number)
    mine = [each.card for each in card_repository.cards_of(unit.connection, number)]
    leave_tills(unit, row)
    card_repository.delete_cards(unit.connection, number)
    forget_keys(unit, [number, *old])
    erase_repository.clear(unit.connection, number, change.at)
    enter_batch(unit, [CustomerDraft(token, {"store_id": row.store_id})], change.at)
    return frozenset((number, *old, *mine)), number, token


def finish(unit: UnitOfWork, names: Collection[str], token: str, change: CardChange) -> None:
    """The nameless customer is nobody's: no till hears of it, and it is not found. The audit trail says the token where
    it had one of the `names`, in what the merging wrote too.
    """
    redact(unit, names, token, change.by, change.at)
    erase_repository.mark_erased(unit.connection, token, change.at)
    leave_tills(unit, repository.rows(unit, [token])[token])
