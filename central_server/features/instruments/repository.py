"""SQL of gift cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from central_server.features.instruments.tables import (
    gift_card,
    gift_card_event,
    gift_card_range,
)
from central_server.platform.database import bulk_insert
from shared.money import Money
from shared.vouchers import CardState, NumberRange

# What every authorisation asks is put together once.
_CARDS = select(gift_card, *(c for c in gift_card_range.columns if c.name != "prefix")).join(
    gift_card_range, gift_card_range.c.prefix == gift_card.c.prefix
)
_ONE_CARD = _CARDS.where(gift_card.c.number == bindparam("number"))
_LOCKED_CARDS = (
    _CARDS.where(gift_card.c.number.in_(bindparam("numbers", expanding=True)))
    .order_by(gift_card.c.number)
    .with_for_update(of=gift_card)
)


@dataclass(frozen=True, slots=True)
class CardRange:
    """A range of numbers: `least` is what a card is sold with at least, `most` what it may hold, in minor units."""

    numbers: NumberRange
    currency: str
    least: int
    most: int
    next_serial: int

    def shown(self, amount: int) -> str:
        """An amount of its cards as text: `10.00 EUR`."""
        return f"{Money(amount, self.currency).plain()} {self.currency}"


@dataclass(frozen=True, slots=True)
class Card:
    """A gift card with the range it is of. `instrument_id` names its account, None before it is sold."""

    number: str
    range: CardRange
    state: CardState
    instrument_id: UUID | None
    sold_in: str | None
    sold_on: date | None
    expires_on: date | None
    replaced_by: str | None


def insert_range(connection: Connection, new: CardRange, at: datetime) -> None:
    """Add a range."""
    row = {
        "prefix": new.numbers.prefix,
        "currency": new.currency,
        "serial_digits": new.numbers.serial_digits,
        "secret_digits": new.numbers.secret_digits,
        "next_serial": new.next_serial,
        "least": new.least,
        "most": new.most,
        "created_at": at,
    }
    connection.execute(insert(gift_card_range).values(row))


def ranges(connection: Connection) -> list[CardRange]:
    """All ranges by prefix."""
    rows = connection.execute(select(gift_card_range).order_by(gift_card_range.c.prefix))
    return [_range(row) for row in rows]


def locked_range(connection: Connection, prefix: str) -> CardRange | None:
    """A range, locked so that nobody else prints from it."""
    query = select(gift_card_range).where(gift_card_range.c.prefix == prefix).with_for_update()
    row = connection.execute(query).one_or_none()
    return None if row is None else _range(row)


def add_printed(
    connection: Connection, of: CardRange, numbers: Sequence[str], at: datetime
) -> None:
    """Add cards that are printed now, with the range's next serial numbers."""
    rows = [
        {
            "number": number,
            "prefix": of.numbers.prefix,
            "serial": of.next_serial + place,
            "state": CardState.PRINTED.value,
            "changed_at": at,
        }
        for place, number in enumerate(numbers)
    ]
    bulk_insert(connection, gift_card, rows)
    connection.execute(
        update(gift_card_range)
        .where(gift_card_range.c.prefix == of.numbers.prefix)
        .values(next_serial=of.next_serial + len(rows))
    )


def card(connection: Connection, number: str) -> Card | None:
    """A card."""
    row = connection.execute(_ONE_CARD, {"number": number}).one_or_none()
    return None if row is None else _card(row)


def locked_cards(connection: Connection, numbers: Sequence[str]) -> dict[str, Card]:
    """Cards, locked in the order of their numbers."""
    rows = connection.execute(_LOCKED_CARDS, {"numbers": sorted(numbers)})
    return {row.number: _card(row) for row in rows}


def cards_over(connection: Connection, today: date, limit: int) -> list[str]:
    """Sold cards whose last day is over."""
    query = select(gift_card.c.number).where(
        gift_card.c.state.in_((CardState.ACTIVE.value, CardState.BLOCKED.value)),
        gift_card.c.expires_on < today,
    )
    return list(connection.execute(query.order_by(gift_card.c.number).limit(limit)).scalars())


def change_card(connection: Connection, number: str, changes: dict[str, Any]) -> None:
    """Write new values of a card's columns."""
    connection.execute(update(gift_card).where(gift_card.c.number == number).values(changes))


def approved_event(connection: Connection, request_id: UUID) -> Row[Any] | None:
    """What was approved under a request's id."""
    query = select(gift_card_event).where(
        gift_card_event.c.request_id == request_id, gift_card_event.c.approved
    )
    return connection.execute(query).one_or_none()


def add_event(connection: Connection, row: dict[str, Any]) -> None:
    """Keep what was asked of a card and what became of it."""
    connection.execute(insert(gift_card_event).values(row))


def events_of(connection: Connection, number: str, limit: int) -> Sequence[Row[Any]]:
    """What was asked of a card, newest first."""
    query = select(gift_card_event).where(gift_card_event.c.number == number)
    return connection.execute(query.order_by(gift_card_event.c.id.desc()).limit(limit)).all()


def _range(row: Row[Any]) -> CardRange:
    numbers = NumberRange(row.prefix, row.serial_digits, row.secret_digits)
    return CardRange(numbers, row.currency, row.least, row.most, row.next_serial)


def _card(row: Row[Any]) -> Card:
    return Card(
        number=row.number,
        range=_range(row),
        state=CardState(row.state),
        instrument_id=row.instrument_id,
        sold_in=row.sold_in,
        sold_on=row.sold_on,
        expires_on=row.expires_on,
        replaced_by=row.replaced_by,
    )
