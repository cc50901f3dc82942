"""SQL of statements: what moved on an account with the document behind it, and what is owed to customers by age."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, insert, literal, or_, select, union_all

from central_server.features.instruments.tables import payment_journal
from central_server.features.ledger.tables import (
    ledger_account,
    ledger_journal,
    ledger_lot,
    ledger_lot_use,
    ledger_transfer,
)
from central_server.features.sales.tables import sale

_MOVES = ("single", "post")
DayAmount = tuple[str, str, date, int]


def keep_document(connection: Connection, journal_id: UUID, event_id: UUID) -> None:
    """Keep which receipt a journal of a payment belongs to."""
    connection.execute(insert(payment_journal).values(journal_id=journal_id, event_id=event_id))


def movements(connection: Connection, account_id: int, first: date, last: date) -> list[Row[Any]]:
    """What moved on an account between two days, by the day on which it happened and then as it was booked, with the
    receipt that it belongs to. A till without a network sends late, so the two orders differ.
    """
    event = func.coalesce(ledger_journal.c.source_event_id, payment_journal.c.event_id)
    query = (
        select(
            ledger_transfer.c.effective_date,
            ledger_transfer.c.debit_id,
            ledger_transfer.c.amount,
            ledger_transfer.c.code,
            ledger_transfer.c.journal_id,
            ledger_journal.c.rule,
            sale.c.till_id,
            sale.c.incarnation,
            sale.c.receipt_no,
        )
        .join(ledger_journal, ledger_journal.c.id == ledger_transfer.c.journal_id)
        .outerjoin(payment_journal, payment_journal.c.journal_id == ledger_journal.c.id)
        .outerjoin(sale, sale.c.event_id == event)
        .where(
            or_(
                ledger_transfer.c.debit_id == account_id, ledger_transfer.c.credit_id == account_id
            ),
            ledger_transfer.c.phase.in_(_MOVES),
            ledger_transfer.c.effective_date.between(first, last),
        )
        .order_by(ledger_transfer.c.effective_date, ledger_transfer.c.id)
    )
    return list(connection.execute(query))


def lots_by_day(connection: Connection, kinds: tuple[str, ...], on: date) -> Iterator[DayAmount]:
    """What was given on each day to accounts with lots and was there on a day: kind, unit, day, amount. What was taken
    of it by then comes as rows below nothing.
    """
    taking = ledger_transfer.alias()
    facts = (ledger_account.c.kind, ledger_account.c.unit, ledger_transfer.c.effective_date)
    given = (
        select(*facts, func.sum(ledger_lot.c.amount).label("amount"))
        .join(ledger_account, ledger_account.c.id == ledger_lot.c.account_id)
        .join(ledger_transfer, ledger_transfer.c.id == ledger_lot.c.source_transfer_id)
        .where(ledger_account.c.kind.in_(kinds), ledger_transfer.c.effective_date <= on)
        .group_by(*facts)
    )
    taken = (
        select(*facts, (-func.sum(ledger_lot_use.c.amount)).label("amount"))
        .join(ledger_lot, ledger_lot.c.id == ledger_lot_use.c.lot_id)
        .join(taking, taking.c.id == ledger_lot_use.c.transfer_id)
        .join(ledger_account, ledger_account.c.id == ledger_lot.c.account_id)
        .join(ledger_transfer, ledger_transfer.c.id == ledger_lot.c.source_transfer_id)
        .where(ledger_account.c.kind.in_(kinds), taking.c.effective_date <= on)
        .group_by(*facts)
    )
    for query in (given, taken):
        for row in connection.execute(query):
            yield row.kind, row.unit, row.effective_date, int(row.amount)


def accounts_by_day(
    connection: Connection, kinds: tuple[str, ...], on: date
) -> Iterator[DayAmount]:
    """The balances of accounts without lots on a day, by the day of their first movement: kind, unit, day, amount."""
    sides = union_all(
        *(
            select(
                side.label("account"),
                ledger_transfer.c.effective_date.label("day"),
                (ledger_transfer.c.amount * literal(sign)).label("amount"),
            )
            .join(ledger_account, ledger_account.c.id == side)
            .where(
                ledger_account.c.kind.in_(kinds),
                ledger_transfer.c.phase.in_(_MOVES),
                ledger_transfer.c.effective_date <= on,
            )
            for side, sign in ((ledger_transfer.c.credit_id, 1), (ledger_transfer.c.debit_id, -1))
        )
    ).subquery()
    each = (
        select(
            sides.c.account,
            func.min(sides.c.day).label("day"),
            func.sum(sides.c.amount).label("amount"),
        )
        .group_by(sides.c.account)
        .subquery()
    )
    facts = (ledger_account.c.kind, ledger_account.c.unit, each.c.day)
    query = (
        select(*facts, func.sum(each.c.amount).label("amount"))
        .join(ledger_account, ledger_account.c.id == each.c.account)
        .group_by(*facts)
    )
    for row in connection.execute(query):
        yield row.kind, row.unit, row.day, int(row.amount)
