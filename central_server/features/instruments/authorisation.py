"""Authorisations: a till asks, under an id of its own, that an amount be held for a receipt: of a gift card, or of what
a customer has.

The same id gets the same answer however often it comes. What is held is taken by the receipt that names the id (see
`projector`), given back on request, or comes free by itself. Card or customer are locked first, so that whoever asks,
releases or books at once comes one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from central_server.features.instruments import authorisation_repository as repository
from central_server.features.instruments.authorisation_repository import Authorisation
from central_server.features.instruments.desk import SOURCES
from central_server.features.instruments.sources import Answer, Asked, ValueSource
from central_server.features.ledger import service as ledger
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError
from shared.identity import derived_id
from shared.ledger import Journal, PendingRef, Phase, Transfer
from shared.tender import TenderKind
from shared.vouchers import CardAction, is_token
from shared.wire.authorisations import AuthorisationState

# Longer than anybody stands at a till; a receipt that comes later still gets what the card has left.
HELD_FOR = timedelta(minutes=30)
RELEASE_RULE = "authorisation.release"


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """Till `till_id` in a store of `store_currency` asks for `amount` of a card or purse, for the receipt
    `basket_id`, on `day` by the store's calendar: what ends on a day ends with the shop's day.
    """

    auth_id: UUID
    till_id: str
    store_id: str
    store_currency: str
    day: date
    number: str
    amount: int
    currency: str
    basket_id: UUID
    part_ok: bool = False
    kind: TenderKind = TenderKind.GIFT_CARD
    customer: str = ""


def authorise(
    unit: UnitOfWork, asked: HoldRequest, at: datetime, *, new_id: bool
) -> Authorisation | None:
    """Hold what is asked for, or the answer that this id got before; None if it stands for something else.

    What is refused is kept like what is approved. `new_id` spares the question whether the id is known, which nearly
    none is: if it is, the table of authorisations says so at the end (`IntegrityError`), and nothing was done.
    """
    source = SOURCES[asked.kind]
    holder = source.locked(unit, [asked.number]).get(asked.number)
    known = None if new_id else repository.one(unit.connection, asked.auth_id, lock=True)
    new = _new(asked, at)
    request = _asked(new, asked)
    if known is not None:
        if _same(known, new):
            return known
        refused = Answer(False, 0, 0, "authorisation_differs")
        source.keep(unit, request, CardAction.REDEEM, refused, at)
        return None
    try:
        made = _held(unit, source, new, asked, request, at, holder)
    except DomainError as refusal:
        balance = 0
        if holder is not None:
            balance = source.balance(unit, holder, asked.currency, asked.day)
        made = replace(new, balance=balance, code=refusal.code, params=dict(refusal.params))
        _keep_refusal(unit, source, request, made, at)
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
        SOURCES[TenderKind(known.kind)].locked(unit, [known.number])
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


def hold_of(auth_id: UUID) -> PendingRef:
    """The transfer that holds what an authorisation was given."""
    return PendingRef(derived_id(auth_id, "hold"), 1)


def _held(
    unit: UnitOfWork,
    source: ValueSource,
    new: Authorisation,
    asked: HoldRequest,
    request: Asked,
    at: datetime,
    holder: object,
) -> Authorisation:
    holder = source.check(unit, request, holder)
    if asked.currency != asked.store_currency:
        raise DomainError("authorisation_currency_foreign", {"currency": asked.store_currency})
    debit, credit = source.held_on(holder, request)
    # Both at once: what follows looks at one and books on the other.
    ledger.lock_floored(unit, (debit, credit))
    amount = source.amount(unit, request, holder, at, part_ok=asked.part_ok)
    units = source.units(unit, amount, asked.currency)
    until = at + HELD_FOR
    word = CardAction.REDEEM.value
    transfer = Transfer(debit, credit, units, word, Phase.PENDING, expires_at=until)
    held = hold_of(asked.auth_id).journal_id
    journal = Journal(held, source.hold_rule, asked.day, (transfer,))
    ledger.require_posted([ledger.post(unit, journal, at)])
    return replace(
        new,
        state=AuthorisationState.APPROVED,
        amount=amount,
        units=units,
        balance=source.balance(unit, holder, asked.currency, asked.day),
        expires_at=until,
    )


def _keep_refusal(
    unit: UnitOfWork, source: ValueSource, request: Asked, made: Authorisation, at: datetime
) -> None:
    """A refusal of a purse stands among the customer's events; that of a card among the authorisations alone."""
    if TenderKind(made.kind) is not TenderKind.GIFT_CARD:
        answer = Answer(False, 0, made.balance, made.code)
        source.keep(unit, request, CardAction.REDEEM, answer, at)


def _new(asked: HoldRequest, at: datetime) -> Authorisation:
    # Of a voucher's printed code only the number is kept.
    number = asked.number.split(".")[1] if is_token(asked.number) else asked.number
    number = number[:40]
    if asked.kind is TenderKind.GIFT_CARD:
        number = asked.number.replace(" ", "").replace("-", "")[:19]
    return Authorisation(
        asked.auth_id,
        asked.till_id,
        asked.store_id,
        number,
        asked.amount,
        asked.currency,
        asked.part_ok,
        asked.basket_id,
        AuthorisationState.DECLINED,
        asked_at=at,
        kind=asked.kind.value,
    )


def _same(known: Authorisation, new: Authorisation) -> bool:
    if known.till_id != new.till_id:
        return False
    if known.basket_id is None:
        return True  # it was released or taken before it was asked for: there is nothing to compare
    compared = ("kind", "number", "asked", "currency", "part_ok", "basket_id")
    return all(getattr(known, name) == getattr(new, name) for name in compared)


def _asked(new: Authorisation, asked: HoldRequest) -> Asked:
    return Asked(
        new.auth_id,
        asked.number,
        new.store_id,
        asked.day,
        new.till_id,
        new.asked,
        new.currency,
        customer=asked.customer,
    )
