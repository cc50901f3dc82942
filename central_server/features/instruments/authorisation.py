"""Authorisations of gift cards: a till asks, under an id of its own, that an amount be held for a receipt.

The same id gets the same answer however often it comes. What is held is taken by the receipt that names the id (see
`projector`), given back on request, or comes free by itself. The card is locked first, so that whoever asks, releases
or books at once comes one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from central_server.features.instruments import authorisation_repository as repository
from central_server.features.instruments import service
from central_server.features.instruments.authorisation_repository import Authorisation
from central_server.features.instruments.repository import Card, locked_cards
from central_server.features.ledger import service as ledger
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError
from shared.identity import derived_id
from shared.ledger import AccountKind, Journal, PendingRef, Phase, Transfer
from shared.ledger.posting import store_account
from shared.vouchers import CardAction, read_number
from shared.wire.authorisations import AuthorisationState

# Longer than anybody stands at a till; a receipt that comes later still gets what the card has left.
HELD_FOR = timedelta(minutes=30)
HOLD_RULE = "giftcard.hold"
RELEASE_RULE = "giftcard.release"


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """Till `till_id` in a store of `store_currency` asks for `amount` of a card, for the receipt `basket_id`."""

    auth_id: UUID
    till_id: str
    store_id: str
    store_currency: str
    number: str
    amount: int
    currency: str
    basket_id: UUID
    part_ok: bool = False


def authorise(unit: UnitOfWork, asked: HoldRequest, at: datetime) -> Authorisation | None:
    """Hold what is asked for, or the answer that this id got before; None if it stands for something else.

    What is refused is kept like what is approved.
    """
    number = _digits(asked.number)
    card = locked_cards(unit.connection, [number]).get(number)
    known = repository.one(unit.connection, asked.auth_id, lock=True)
    new = _new(asked, number, at)
    if known is not None:
        if _same(known, new):
            return known
        refused = service.Answer(False, 0, 0, "authorisation_differs")
        service.keep(unit, _asked(new, at), CardAction.REDEEM, refused, at)
        return None
    try:
        made = _held(unit, new, asked, card, at)
    except DomainError as refusal:
        balance = 0 if card is None else service.balance_of(unit, card)
        made = replace(new, balance=balance, code=refusal.code, params=dict(refusal.params))
    repository.add(unit.connection, made)
    return made


def release(
    unit: UnitOfWork, auth_id: UUID, till_id: str, store_id: str, at: datetime
) -> Authorisation:
    """Give back what is held. An id that was never asked for is kept as released: its request may still be under way.

    What a receipt took stays taken. `DomainError('authorisation_unknown')`, 404, for one of another till.
    """
    known = find(unit, auth_id, till_id)
    if known is not None:
        locked_cards(unit.connection, [known.number])
        known = repository.one(unit.connection, auth_id, lock=True)
    if known is None:
        made = Authorisation(
            auth_id,
            till_id,
            store_id,
            number="",
            asked=0,
            currency="",
            part_ok=False,
            basket_id=None,
            state=AuthorisationState.RELEASED,
            asked_at=at,
            ended_at=at,
        )
        repository.add(unit.connection, made)
        return made
    if known.state_at(at) is not AuthorisationState.APPROVED:
        return known
    blank = Journal(derived_id(auth_id, "release"), RELEASE_RULE, at.date(), ())
    ledger.require_posted([ledger.release(unit, hold_of(auth_id), blank, at)])
    ended = replace(known, state=AuthorisationState.RELEASED, amount=0, ended_at=at)
    repository.change(unit.connection, ended)
    return ended


def find(unit: ReadUnit, auth_id: UUID, till_id: str) -> Authorisation | None:
    """What is known of an id; `DomainError('authorisation_unknown')`, 404, if another till asked under it."""
    known = repository.one(unit.connection, auth_id)
    if known is not None and known.till_id != till_id:
        raise DomainError("authorisation_unknown", http_status=404)
    return known


def outcome(unit: ReadUnit, auth_id: UUID, till_id: str) -> Authorisation:
    """As `find`; nothing known is `authorisation_unknown`, too."""
    known = find(unit, auth_id, till_id)
    if known is None:
        raise DomainError("authorisation_unknown", http_status=404)
    return known


def hold_of(auth_id: UUID) -> PendingRef:
    """The transfer that holds what an authorisation was given."""
    return PendingRef(derived_id(auth_id, "hold"), 1)


def _held(
    unit: UnitOfWork, new: Authorisation, asked: HoldRequest, card: Card | None, at: datetime
) -> Authorisation:
    read_number(asked.number)
    if card is None:
        raise DomainError("giftcard_unknown")
    if asked.currency != asked.store_currency:
        raise DomainError("authorisation_currency_foreign", {"currency": asked.store_currency})
    request = _asked(new, at)
    service.state_after(request, CardAction.REDEEM, card)
    amount = service.amount_to_move(
        unit, request, CardAction.REDEEM, card, at, part_ok=asked.part_ok
    )
    until = at + HELD_FOR
    transfer = Transfer(
        service.account_of(card),
        store_account(AccountKind.INSTRUMENTS, asked.store_id, asked.currency),
        amount,
        CardAction.REDEEM.value,
        Phase.PENDING,
        expires_at=until,
    )
    journal = Journal(hold_of(asked.auth_id).journal_id, HOLD_RULE, at.date(), (transfer,))
    ledger.require_posted([ledger.post(unit, journal, at)])
    return replace(
        new,
        state=AuthorisationState.APPROVED,
        amount=amount,
        balance=service.balance_of(unit, card),
        expires_at=until,
    )


def _new(asked: HoldRequest, number: str, at: datetime) -> Authorisation:
    return Authorisation(
        asked.auth_id,
        asked.till_id,
        asked.store_id,
        number[:19],
        asked.amount,
        asked.currency,
        asked.part_ok,
        asked.basket_id,
        AuthorisationState.DECLINED,
        asked_at=at,
    )


def _same(known: Authorisation, new: Authorisation) -> bool:
    if known.till_id != new.till_id:
        return False
    if known.basket_id is None:
        return True  # it was released or taken before it was asked for: there is nothing to compare
    compared = ("number", "asked", "currency", "part_ok", "basket_id")
    return all(getattr(known, name) == getattr(new, name) for name in compared)


def _asked(new: Authorisation, at: datetime) -> service.Asked:
    return service.Asked(
        new.auth_id, new.number, new.store_id, at.date(), new.till_id, new.asked, new.currency
    )


def _digits(text: str) -> str:
    return text.replace(" ", "").replace("-", "")
