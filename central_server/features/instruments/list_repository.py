"""SQL of the lists of cards, vouchers and authorisations that head office looks through."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, select

from central_server.features.instruments.tables import (
    authorisation,
    gift_card,
    gift_card_range,
    voucher,
)
from central_server.platform.unit_of_work import ReadUnit


def cards(unit: ReadUnit, state: str, start: str, after: str, limit: int) -> list[Row[Any]]:
    """Gift cards by number behind `after`: those that begin with `start`, in one state or (empty) in all."""
    query = (
        select(gift_card, gift_card_range.c.currency)
        .join(gift_card_range, gift_card_range.c.prefix == gift_card.c.prefix)
        .where(gift_card.c.number > after)
    )
    if start:
        query = query.where(gift_card.c.number.startswith(start, autoescape=True))
    if state:
        query = query.where(gift_card.c.state == state)
    return list(unit.connection.execute(query.order_by(gift_card.c.number).limit(limit)))


def card_counts(unit: ReadUnit) -> dict[str, int]:
    """How many gift cards are in each state."""
    query = select(gift_card.c.state, func.count()).group_by(gift_card.c.state)
    return {row[0]: row[1] for row in unit.connection.execute(query)}


def vouchers(unit: ReadUnit, start: str, after: str, limit: int) -> list[Row[Any]]:
    """Vouchers by number behind `after` whose number begins with `start`."""
    query = select(voucher).where(voucher.c.number > after)
    if start:
        query = query.where(voucher.c.number.startswith(start, autoescape=True))
    return list(unit.connection.execute(query.order_by(voucher.c.number).limit(limit)))


def authorisations(
    unit: ReadUnit, state: str, before: tuple[datetime, UUID] | None, limit: int
) -> list[Row[Any]]:
    """What tills asked to hold, latest first, in one state or (empty) in all; `before` is the last one shown."""
    asked = authorisation.c
    query = select(authorisation)
    if state:
        query = query.where(asked.state == state)
    if before is not None:
        at, auth_id = before
        same_moment = and_(asked.asked_at == at, asked.auth_id < auth_id)
        query = query.where((asked.asked_at < at) | same_moment)
    ordered = query.order_by(asked.asked_at.desc(), asked.auth_id.desc())
    return list(unit.connection.execute(ordered.limit(limit)))
