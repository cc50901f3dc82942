"""SQL of what was asked of customers' purses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from central_server.features.instruments.sources import Answer, Asked
from central_server.features.instruments.tables import purse_event
from shared.tender import TenderKind
from shared.vouchers import CardAction


def add_event(
    connection: Connection,
    kind: TenderKind,
    number: str,
    asked: Asked,
    action: CardAction,
    answer: Answer,
    at: datetime,
) -> None:
    """Keep what was asked of a customer's purse and what became of it."""
    row = {
        "request_id": asked.request_id,
        "kind": kind.value,
        "number": number,
        "action": action.value,
        "amount": answer.amount,
        "asked": asked.amount,
        "currency": asked.currency[:3],
        "store_id": asked.store_id[:31],
        "approved": answer.approved,
        "code": answer.code,
        "asked_by": asked.by[:31],
        "at": at,
    }
    connection.execute(insert(purse_event).values(row))


def events_of(connection: Connection, number: str, limit: int) -> list[Row[Any]]:
    """What was asked of a customer's purses, newest first."""
    query = select(purse_event).where(purse_event.c.number == number)
    return list(connection.execute(query.order_by(purse_event.c.id.desc()).limit(limit)))


def move_owner(connection: Connection, old: str, into: str) -> None:
    """Let what was asked of one customer's purses be another's."""
    connection.execute(update(purse_event).where(purse_event.c.number == old).values(number=into))
