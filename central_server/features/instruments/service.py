"""What can be done with gift cards. Every request has an id made by who asks: asked again, it gets the same answer.

What is refused is an answer too, and is kept like what is approved; so nothing here raises for what a customer or a
cashier can ask. Value moves between the card's account and the store's account for instruments, on which the receipt
that sold or took the card has the other side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from central_server.features.instruments import repository
from central_server.features.instruments.repository import Card, CardRange
from central_server.features.instruments.sources import Answer, Asked
from central_server.features.ledger import service as ledger
from central_server.features.stores.service import get_store
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError
from shared.identity import derived_id
from shared.ledger import AccountKey, AccountKind, Journal, OwnerType, Transfer, money_unit
from shared.ledger.posting import store_account
from shared.vouchers import CardAction, CardState, NumberRange, after, read_number, valid_until

MOST_PRINTED = 10_000
_RULE = "giftcard"
_INWARD = frozenset((CardAction.SELL, CardAction.TOP_UP, CardAction.REFUND))
_AT_ONCE = 200


# --- ranges and printing ----------------------------------------------------------------------


def add_range(
    unit: UnitOfWork, numbers: NumberRange, currency: str, least: int, most: int, at: datetime
) -> CardRange:
    """Add a range of numbers. `DomainError`: `giftcard_range_overlaps` if a prefix begins like another,
    `giftcard_limits_invalid` unless 0 < least <= most, `currency_unknown`.
    """
    money_unit(currency)
    if not 0 < least <= most:
        raise DomainError("giftcard_limits_invalid", {"least": least, "most": most})
    for other in repository.ranges(unit.connection):
        known = other.numbers.prefix
        if known.startswith(numbers.prefix) or numbers.prefix.startswith(known):
            raise DomainError("giftcard_range_overlaps", {"prefix": known})
    new = CardRange(numbers, currency, least, most, next_serial=0)
    repository.insert_range(unit.connection, new, at)
    return new


def list_ranges(unit: ReadUnit) -> list[CardRange]:
    """All ranges by prefix."""
    return repository.ranges(unit.connection)


def print_cards(
    unit: UnitOfWork, prefix: str, count: int, draw: Callable[[], int], at: datetime
) -> list[str]:
    """The numbers of `count` new cards of a range; `draw` gives a large number by chance for each.

    `DomainError`: `giftcard_range_unknown`, `giftcard_range_full`, `giftcard_count_invalid`.
    """
    if not 0 < count <= MOST_PRINTED:
        raise DomainError("giftcard_count_invalid", {"most": MOST_PRINTED})
    found = repository.locked_range(unit.connection, prefix)
    if found is None:
        raise DomainError("giftcard_range_unknown", {"prefix": prefix[:20]}, http_status=404)
    numbers = [found.numbers.number(found.next_serial + n, draw()) for n in range(count)]
    repository.add_printed(unit.connection, found, numbers, at)
    return numbers


# --- looking ----------------------------------------------------------------------------------


def find_card(unit: ReadUnit, number: str) -> Card:
    """A card; `DomainError('giftcard_number_invalid')`, 400, or `('giftcard_unknown')`, 404."""
    found = repository.card(unit.connection, read_number(number))
    if found is None:
        raise DomainError("giftcard_unknown", http_status=404)
    return found


def balance_of(unit: ReadUnit, card: Card) -> int:
    """What can be spent of a card, in minor units: what it holds less what is held."""
    if card.instrument_id is None or card.state is CardState.REPLACED:
        return 0
    key = card_account(card.instrument_id, card.range.currency)
    account = ledger.find_account(unit, key)
    return 0 if account is None else account.counters.free(account.floor)


def history_of(unit: ReadUnit, card: Card, limit: int = 100) -> Sequence[Row[Any]]:
    """What was asked of a card, newest first."""
    return repository.events_of(unit.connection, card.number, limit)


def card_account(instrument_id: UUID, currency: str) -> AccountKey:
    """The account on which a card's value stands."""
    unit = money_unit(currency)
    return AccountKey(AccountKind.GIFT_CARD, unit, OwnerType.GIFT_CARD, str(instrument_id))


# --- value ------------------------------------------------------------------------------------


def sell(unit: UnitOfWork, asked: Asked, at: datetime) -> Answer:
    """Give a printed card its first value; from now on it is valid as long as the store's country has it."""
    return _answer(unit, asked, CardAction.SELL, at)


def top_up(unit: UnitOfWork, asked: Asked, at: datetime) -> Answer:
    """Put more value on a card, up to what its range allows."""
    return _answer(unit, asked, CardAction.TOP_UP, at)


def load(unit: UnitOfWork, asked: Asked, at: datetime) -> Answer:
    """Put on a card what a receipt sold: a printed one is sold, one in use topped up. Two tills may have sold the same
    one before the centre heard of either; what was paid is never lost.
    """
    known = repository.approved_event(unit.connection, asked.request_id)
    if known is not None:
        return _answer(unit, asked, CardAction(known.action), at)
    found = repository.card(unit.connection, asked.number)
    printed = found is not None and found.state is CardState.PRINTED
    return _answer(unit, asked, CardAction.SELL if printed else CardAction.TOP_UP, at)


def redeem(unit: UnitOfWork, asked: Asked, at: datetime, *, part_ok: bool = False) -> Answer:
    """Take value from a card. With `part_ok` what it has is taken where that is less than what was asked for."""
    return _answer(unit, asked, CardAction.REDEEM, at, part_ok=part_ok)


def refund(unit: UnitOfWork, asked: Asked, at: datetime) -> Answer:
    """Put value back on a card, also beyond what its range allows: it was the customer's before."""
    return _answer(unit, asked, CardAction.REFUND, at)


# --- state ------------------------------------------------------------------------------------


def block(unit: UnitOfWork, asked: Asked, at: datetime) -> Answer:
    """Let nobody use a card; what it holds stays."""
    return _answer(unit, asked, CardAction.BLOCK, at)


def unblock(unit: UnitOfWork, asked: Asked, at: datetime) -> Answer:
    """Let a blocked card be used again."""
    return _answer(unit, asked, CardAction.UNBLOCK, at)


def replace_card(unit: UnitOfWork, asked: Asked, by_number: str, at: datetime) -> Answer:
    """Give everything a card has, its history and its last day to a printed one; the old number is worth nothing."""
    return _answer(unit, asked, CardAction.REPLACE, at, by_number=by_number)


def expire_cards(unit: UnitOfWork, today: date, at: datetime) -> int:
    """End sold cards whose last day is over, some hundred at once; how many. One of which something is held for a
    receipt ends another night: what comes free would stay on it for ever.
    """
    numbers = repository.cards_over(unit.connection, today, _AT_ONCE)
    ended = 0
    for card in repository.locked_cards(unit.connection, numbers).values():
        ledger.expire_holds_on(unit, account_of(card), at, today)
        account = ledger.find_account(unit, account_of(card))
        if account is not None and account.counters.held:
            continue
        request = derived_id(_instrument(card), f"expire:{card.number}")
        asked = Asked(request, card.number, card.sold_in or "", today, "")
        amount = balance_of(unit, card)
        if amount:
            breakage = AccountKey(AccountKind.BREAKAGE, money_unit(card.range.currency))
            transfer = Transfer(account_of(card), breakage, amount, CardAction.EXPIRE.value)
            ledger.require_posted([_post(unit, asked, transfer, at)])
        _change(unit, card, after(card.state, CardAction.EXPIRE), at)
        keep(unit, asked, CardAction.EXPIRE, Answer(True, amount, 0), at)
        ended += 1
    return ended


# --- one request ------------------------------------------------------------------------------


def _answer(
    unit: UnitOfWork,
    asked: Asked,
    action: CardAction,
    at: datetime,
    *,
    part_ok: bool = False,
    by_number: str = "",
) -> Answer:
    card: Card | None = None
    try:
        asked = replace(asked, number=read_number(asked.number))
        cards = repository.locked_cards(unit.connection, [asked.number, *_target(by_number)])
        card = cards.get(asked.number)
        if card is None:
            raise DomainError("giftcard_unknown")
        if (known := _known(unit, asked, action, card)) is not None:
            return known
        amount = _do(unit, asked, action, card, at, part_ok=part_ok, target=cards.get(by_number))
    except DomainError as refusal:
        held = balance_of(unit, card) if card is not None else 0
        answer = Answer(False, 0, held, refusal.code, dict(refusal.params))
    else:
        held = 0 if action is CardAction.REPLACE else balance_of(unit, find_card(unit, card.number))
        answer = Answer(True, amount, held)
    keep(unit, asked, action, answer, at)
    return answer


def _target(by_number: str) -> list[str]:
    return [read_number(by_number)] if by_number else []


def _known(unit: UnitOfWork, asked: Asked, action: CardAction, card: Card) -> Answer | None:
    """The answer that this request got before; `DomainError('giftcard_request_differs')` for another under its id."""
    event = repository.approved_event(unit.connection, asked.request_id)
    if event is None:
        return None
    before = event.number, event.action, event.asked
    if before != (asked.number, action.value, asked.amount):
        raise DomainError("giftcard_request_differs")
    return Answer(True, event.amount, balance_of(unit, card))


def _do(
    unit: UnitOfWork,
    asked: Asked,
    action: CardAction,
    card: Card,
    at: datetime,
    *,
    part_ok: bool,
    target: Card | None,
) -> int:
    """Do what was asked of a locked card; the amount that moved. `DomainError` for what is refused."""
    state = state_after(asked, action, card)
    if action in (CardAction.BLOCK, CardAction.UNBLOCK):
        _change(unit, card, state, at)
        return 0
    if action is CardAction.REPLACE:
        _hand_over(unit, card, target, at)
        return 0
    # What is refused must have changed nothing: the state is written last.
    amount = amount_to_move(unit, asked, action, card, at, part_ok=part_ok)
    moved = _sold(unit, asked, card) if action is CardAction.SELL else card
    own = account_of(moved)
    other = store_account(AccountKind.INSTRUMENTS, asked.store_id, asked.currency)
    debit, credit = (other, own) if action in _INWARD else (own, other)
    transfer = Transfer(debit, credit, amount, action.value)
    ledger.require_posted([_post(unit, asked, transfer, at)])
    if action is CardAction.SELL:
        _change(unit, moved, state, at)
    return amount


def state_after(asked: Asked, action: CardAction, card: Card) -> CardState:
    """What a card is after an action; `DomainError` if its state or its last day does not allow it."""
    state = after(card.state, action)
    if card.expires_on is not None and card.expires_on < asked.business_date:
        raise DomainError("giftcard_expired")
    return state


def amount_to_move(
    unit: UnitOfWork, asked: Asked, action: CardAction, card: Card, at: datetime, *, part_ok: bool
) -> int:
    """What is moved. `DomainError` for another currency, outside of what the card's range allows or of what the card
    has, and for a store that is not known.
    """
    get_store(unit, asked.store_id)
    if asked.currency != card.range.currency:
        raise DomainError("giftcard_currency_differs", {"currency": card.range.currency})
    if card.instrument_id is not None:
        ledger.expire_holds_on(unit, account_of(card), at, asked.business_date)
    held = balance_of(unit, card)
    limits = card.range
    if asked.amount <= 0:
        raise DomainError("giftcard_amount_invalid")
    if action is CardAction.SELL and asked.amount < limits.least:
        raise DomainError("giftcard_below_least", {"least": limits.shown(limits.least)})
    if action in (CardAction.SELL, CardAction.TOP_UP) and held + asked.amount > limits.most:
        raise DomainError(
            "giftcard_above_most",
            {"most": limits.shown(limits.most), "balance": limits.shown(held)},
        )
    if action is not CardAction.REDEEM or asked.amount <= held:
        return asked.amount
    if not part_ok or not held:
        raise DomainError("giftcard_short", {"balance": limits.shown(held)})
    return held


def _sold(unit: UnitOfWork, asked: Asked, card: Card) -> Card:
    store = get_store(unit, asked.store_id)
    return replace(
        card,
        instrument_id=derived_id(asked.request_id, "giftcard"),
        sold_in=asked.store_id,
        sold_on=asked.business_date,
        expires_on=valid_until(store.market, asked.business_date),
    )


def _hand_over(unit: UnitOfWork, card: Card, target: Card | None, at: datetime) -> None:
    if target is None:
        raise DomainError("giftcard_unknown")
    if target.range.currency != card.range.currency:
        raise DomainError("giftcard_currency_differs", {"currency": card.range.currency})
    after(target.state, CardAction.SELL)
    heir = replace(
        target,
        instrument_id=card.instrument_id,
        sold_in=card.sold_in,
        sold_on=card.sold_on,
        expires_on=card.expires_on,
    )
    _change(unit, heir, CardState.ACTIVE, at)
    _change(unit, replace(card, replaced_by=target.number), CardState.REPLACED, at)


def _change(unit: UnitOfWork, card: Card, state: CardState, at: datetime) -> None:
    changes = {
        "state": state.value,
        "instrument_id": card.instrument_id,
        "sold_in": card.sold_in,
        "sold_on": card.sold_on,
        "expires_on": card.expires_on,
        "replaced_by": card.replaced_by,
        "changed_at": at,
    }
    repository.change_card(unit.connection, card.number, changes)


def _post(unit: UnitOfWork, asked: Asked, transfer: Transfer, at: datetime) -> ledger.Outcome:
    journal = Journal(asked.request_id, _RULE, asked.business_date, (transfer,))
    return ledger.post(unit, journal, at)


def keep(unit: UnitOfWork, asked: Asked, action: CardAction, answer: Answer, at: datetime) -> None:
    """Keep what was asked of a card and what became of it."""
    row = {
        "request_id": asked.request_id,
        "number": asked.number[:19],
        "action": action.value,
        "amount": answer.amount,
        "asked": asked.amount,
        "currency": asked.currency[:3],
        "store_id": asked.store_id[:31],
        "approved": answer.approved,
        "code": answer.code,
        "reason": asked.reason[:200],
        "asked_by": asked.by[:31],
        "at": at,
    }
    repository.add_event(unit.connection, row)


def account_of(card: Card) -> AccountKey:
    """The account of a card that was sold."""
    return card_account(_instrument(card), card.range.currency)


def _instrument(card: Card) -> UUID:
    if card.instrument_id is None:
        raise ValueError(f"card of range {card.range.numbers.prefix} was never sold")
    return card.instrument_id
