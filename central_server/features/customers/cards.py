"""Cards and numbers of customers: who is named by what is scanned, issuing, blocking, replacing, merging."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from central_server.features.audit import service as audit
from central_server.features.customers import card_repository, finding, repository
from central_server.features.customers.service import (
    CustomerDraft,
    enter_batch,
    leave_tills,
    tell_tills,
)
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.customers import CustomerCardState, read_card_number
from shared.errors import DomainError
from shared.receipt import Receipt

_REFUSALS = {
    CustomerCardState.BLOCKED: "customer_card_blocked",
    CustomerCardState.REPLACED: "customer_card_replaced",
}


@dataclass(frozen=True, slots=True)
class CardChange:
    """Who changes a card, when and why."""

    by: str
    at: datetime
    reason: str = ""


# --- who it is --------------------------------------------------------------------------------


def named_by(unit: ReadUnit, text: str) -> str:
    """The number of the customer whom a card, a number or an old number names.

    `DomainError`: `customer_unknown`, 404, `customer_card_blocked`, `customer_card_replaced`.
    """
    wanted = text.strip()[:40]
    card = card_repository.card(unit.connection, wanted.replace(" ", "").upper())
    if card is not None:
        refusal = _REFUSALS.get(CustomerCardState(card.state))
        if refusal is not None:
            raise DomainError(refusal)
        return str(card.number)
    number = current_numbers(unit, [wanted])[wanted]
    row = repository.rows(unit, [number]).get(number)
    if row is None or row.erased_at is not None:
        raise DomainError("customer_unknown", http_status=404)
    return number


def owner_of(unit: ReadUnit, text: str) -> str | None:
    """As `named_by`, whatever state the card is in; None if it names nobody."""
    wanted = text.strip()[:40]
    card = card_repository.card(unit.connection, wanted.replace(" ", "").upper())
    number = current_numbers(unit, [wanted])[wanted] if card is None else str(card.number)
    return number if repository.rows(unit, [number]) else None


def lock_customers(unit: UnitOfWork, numbers: Iterable[str]) -> None:
    """Lock customers in the order of their numbers: whoever moves what they have comes one after the other."""
    repository.rows(unit, numbers, lock=True)


def current_numbers(unit: ReadUnit, numbers: Iterable[str]) -> dict[str, str]:
    """The number that each of these stands for now: itself, or the one that took it over."""
    wanted = set(numbers)
    taken = card_repository.aliases(unit.connection, wanted)
    return {number: taken.get(number, number) for number in wanted}


def with_current_numbers(unit: ReadUnit, receipts: Sequence[Receipt]) -> list[Receipt]:
    """Receipts as they count: for the customers whom their numbers name now."""
    named = {use.customer for receipt in receipts for use in receipt.promotions}
    named |= {receipt.customer for receipt in receipts}
    taken = card_repository.aliases(unit.connection, named - {""})
    if not taken:
        return list(receipts)
    return [
        replace(
            receipt,
            customer=taken.get(receipt.customer, receipt.customer),
            promotions=tuple(
                replace(use, customer=taken.get(use.customer, use.customer))
                for use in receipt.promotions
            ),
        )
        for receipt in receipts
    ]


# --- cards ------------------------------------------------------------------------------------


def cards_of(unit: ReadUnit, number: str) -> list[Row[Any]]:
    """The cards of a customer, oldest first."""
    return card_repository.cards_of(unit.connection, number)


def issue(unit: UnitOfWork, number: str, card: str, change: CardChange) -> None:
    """Give a customer a card. `DomainError`: `customer_card_invalid`, `customer_card_taken`, `customer_unknown`."""
    text = read_card_number(card)
    customer = _locked(unit, named_by(unit, number))
    if card_repository.card(unit.connection, text) is not None:
        raise DomainError("customer_card_taken", {"card": text})
    _add(unit, customer, text, change)


def block(unit: UnitOfWork, card: str, change: CardChange) -> None:
    """Let a card name nobody; what the customer has stays. `DomainError`: as `_card` and `customer_card_blocked`."""
    row = _card(unit, card)
    _require(row, CustomerCardState.ACTIVE)
    _set(unit, row, CustomerCardState.BLOCKED, change)


def unblock(unit: UnitOfWork, card: str, change: CardChange) -> None:
    """Let a blocked card be used again; `DomainError('customer_card_active')` for one that is."""
    row = _card(unit, card)
    _require(row, CustomerCardState.BLOCKED)
    _set(unit, row, CustomerCardState.ACTIVE, change)


def replace_card(unit: UnitOfWork, card: str, by_card: str, change: CardChange) -> None:
    """Let another card stand for one that is lost. Everything is the customer's, so everything is kept."""
    row, text = _card(unit, card), read_card_number(by_card)
    if CustomerCardState(row.state) is CustomerCardState.REPLACED:
        raise DomainError("customer_card_replaced")
    if card_repository.card(unit.connection, text) is not None:
        raise DomainError("customer_card_taken", {"card": text})
    _add(unit, row.number, text, change)
    _set(unit, row, CustomerCardState.REPLACED, change, replaced_by=text)


def _card(unit: UnitOfWork, card: str) -> Row[Any]:
    row = card_repository.card(unit.connection, read_card_number(card), lock=True)
    if row is None:
        raise DomainError("customer_card_unknown", http_status=404)
    return row


def _require(row: Row[Any], state: CustomerCardState) -> None:
    found = CustomerCardState(row.state)
    if found is not state:
        raise DomainError(_REFUSALS.get(found, "customer_card_active"))


def _locked(unit: UnitOfWork, number: str) -> str:
    if not repository.rows(unit, [number], lock=True):
        raise DomainError("customer_unknown", http_status=404)
    return number


def _add(unit: UnitOfWork, number: str, card: str, change: CardChange) -> None:
    row = {
        "card": card,
        "number": number,
        "state": CustomerCardState.ACTIVE.value,
        "replaced_by": None,
        "reason": "",
        "issued_at": change.at,
        "changed_at": change.at,
    }
    card_repository.add_card(unit.connection, row)
    finding.refresh(unit, [number])
    tell_tills(unit, [number])
    facts = {"customer": number, "state": row["state"]}
    audit.record(unit, change.by, change.at, audit.added("customer_card", card, facts))


def _set(
    unit: UnitOfWork,
    row: Row[Any],
    state: CustomerCardState,
    change: CardChange,
    replaced_by: str | None = None,
) -> None:
    changes = {
        "state": state.value,
        "reason": change.reason[:200],
        "replaced_by": replaced_by,
        "changed_at": change.at,
    }
    card_repository.change_card(unit.connection, row.card, changes)
    tell_tills(unit, [row.number])
    before = {"state": row.state, "reason": row.reason, "replaced_by": row.replaced_by}
    after = {name: changes[name] for name in before}
    changed = audit.changed("customer_card", row.card, before, after)
    audit.record(unit, change.by, change.at, changed)


# --- merging ----------------------------------------------------------------------------------


def old_numbers(unit: ReadUnit, number: str) -> list[str]:
    """The numbers that a customer's number took over."""
    return card_repository.old_numbers(unit.connection, number)


def merge(unit: UnitOfWork, old: str, into: str, change: CardChange) -> tuple[str, str]:
    """Let one customer be another; the numbers of both. What is known of `into` stays, and what only `old` says is
    added: contact, lists of words, attributes, purchases, cards.

    `DomainError`: `customer_unknown`, 404, `customer_same`. What customers have is moved by who calls this.
    """
    old, into = named_by(unit, old), named_by(unit, into)
    if old == into:
        raise DomainError("customer_same", {"number": into})
    rows = repository.rows(unit, [old, into], lock=True)
    leaving, staying = rows[old], rows[into]
    words = repository.words_of(unit, rows)
    attributes = repository.attributes_of(unit, rows)
    facts: dict[str, Any] = {
        name: getattr(staying, name) or getattr(leaving, name)
        for name in ("name", "phone", "email", "birthday")
    }
    facts["since"] = min(
        (day for day in (staying.since, leaving.since) if day is not None), default=None
    )
    facts["purchases_before"] = (
        staying.purchases_before + leaving.purchases_before + leaving.purchases_booked
    )
    lists = {
        kind: (*words.get(into, {}).get(kind, ()), *words.get(old, {}).get(kind, ()))
        for kind in {*words.get(into, {}), *words.get(old, {})}
    }
    leave_tills(unit, leaving)
    card_repository.take_over(unit.connection, old, into, change.at)
    both = {**attributes.get(old, {}), **attributes.get(into, {})}
    enter_batch(unit, [CustomerDraft(into, facts, lists, both)], change.at)
    finding.refresh(unit, [into])
    tell_tills(unit, [into])
    merged = audit.changed("customer", old, {"number": old}, {"number": into})
    audit.record(unit, change.by, change.at, merged)
    return old, into
