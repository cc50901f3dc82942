"""SQL that looks for what must never be: each query gives the rows that break a rule, some hundred at most."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, case, func, or_, select, union_all

from central_server.features.ledger.tables import (
    ledger_account,
    ledger_checkpoint,
    ledger_lot,
    ledger_lot_use,
    ledger_transfer,
)
from shared.ledger import CHAIN, AccountKind, rule_of

MOST_FINDINGS = 100
_MOVES = ("single", "post")
_LOT_KINDS = tuple(kind.value for kind in AccountKind if rule_of(kind).lots)
Row = dict[str, Any]


def unbalanced_units(connection: Connection) -> list[Row]:
    """Units in which what was debited is not what was credited, by the units of the accounts themselves."""
    sides = union_all(
        *(
            select(ledger_account.c.unit, (func.sum(ledger_transfer.c.amount) * sign).label("sum"))
            .join(ledger_account, ledger_account.c.id == side)
            .where(ledger_transfer.c.phase.in_(_MOVES))
            .group_by(ledger_account.c.unit)
            for side, sign in (
                (ledger_transfer.c.debit_id, 1),
                (ledger_transfer.c.credit_id, -1),
            )
        )
    ).subquery()
    difference = func.sum(sides.c.sum)
    query = select(sides.c.unit, difference.label("amount")).group_by(sides.c.unit)
    rows = connection.execute(query.having(difference != 0))
    return [{"unit": row.unit, "amount": int(row.amount)} for row in rows]


def open_clearing(connection: Connection) -> list[Row]:
    """Journals that leave something on a clearing account."""
    clearing = select(ledger_account.c.id).where(
        ledger_account.c.kind == AccountKind.CLEARING.value
    )
    sides = union_all(
        *(
            select(
                ledger_transfer.c.journal_id,
                side.label("account"),
                (ledger_transfer.c.amount * sign).label("amount"),
            ).where(side.in_(clearing), ledger_transfer.c.phase.in_(_MOVES))
            for side, sign in (
                (ledger_transfer.c.debit_id, 1),
                (ledger_transfer.c.credit_id, -1),
            )
        )
    ).subquery()
    left = func.sum(sides.c.amount)
    query = (
        select(sides.c.journal_id, sides.c.account, left.label("amount"))
        .group_by(sides.c.journal_id, sides.c.account)
        .having(left != 0)
        .limit(MOST_FINDINGS)
    )
    return [
        {"journal": str(row.journal_id), "account": row.account, "amount": int(row.amount)}
        for row in connection.execute(query)
    ]


def wrong_counters(connection: Connection) -> list[int]:
    """Accounts with a floor whose counters are not the sums of their transfers."""
    ending = ledger_transfer.alias()
    held = case((and_(ledger_transfer.c.phase == "pending", ending.c.id.is_(None)), 1), else_=0)
    posted = case((ledger_transfer.c.phase.in_(_MOVES), 1), else_=0)
    sums = []
    for side in (ledger_transfer.c.debit_id, ledger_transfer.c.credit_id):
        query = (
            select(
                side.label("account"),
                func.sum(ledger_transfer.c.amount * posted).label("posted"),
                func.sum(ledger_transfer.c.amount * held).label("held"),
            )
            .select_from(
                ledger_transfer.join(ledger_account, ledger_account.c.id == side).outerjoin(
                    ending, ending.c.pending_id == ledger_transfer.c.id
                )
            )
            .where(ledger_account.c.floor != "none")
            .group_by(side)
        )
        sums.append(query.subquery())
    debits, credits_ = sums
    pairs = (
        (ledger_account.c.debits_posted, debits.c.posted),
        (ledger_account.c.debits_pending, debits.c.held),
        (ledger_account.c.credits_posted, credits_.c.posted),
        (ledger_account.c.credits_pending, credits_.c.held),
    )
    query = (
        select(ledger_account.c.id)
        .outerjoin(debits, debits.c.account == ledger_account.c.id)
        .outerjoin(credits_, credits_.c.account == ledger_account.c.id)
        .where(
            ledger_account.c.floor != "none",
            or_(*(counter != func.coalesce(total, 0) for counter, total in pairs)),
        )
        .limit(MOST_FINDINGS)
    )
    return list(connection.execute(query).scalars())


def broken_floors(connection: Connection) -> list[int]:
    """Accounts that are drawn below their floor, or whose floor is not that of their kind."""
    account = ledger_account.c
    below = or_(
        and_(
            account.floor == "credit",
            account.debits_posted + account.debits_pending > account.credits_posted,
        ),
        and_(
            account.floor == "debit",
            account.credits_posted + account.credits_pending > account.debits_posted,
        ),
        account.floor
        != case(
            {kind.value: rule_of(kind).floor.value for kind in AccountKind}, value=account.kind
        ),
    )
    query = select(account.id).where(below).limit(MOST_FINDINGS)
    return list(connection.execute(query).scalars())


def broken_holds(connection: Connection) -> list[int]:
    """Transfers that end what is no hold, a hold on other accounts, or more than was held."""
    held = ledger_transfer.alias()
    query = (
        select(ledger_transfer.c.id)
        .join(held, held.c.id == ledger_transfer.c.pending_id)
        .where(
            or_(
                held.c.phase != "pending",
                held.c.debit_id != ledger_transfer.c.debit_id,
                held.c.credit_id != ledger_transfer.c.credit_id,
                ledger_transfer.c.amount > held.c.amount,
            )
        )
        .limit(MOST_FINDINGS)
    )
    return list(connection.execute(query).scalars())


def wrong_lots(connection: Connection) -> list[Row]:
    """Accounts with lots whose lots do not add up to their balance."""
    lots = (
        select(ledger_lot.c.account_id, func.sum(ledger_lot.c.remaining).label("remaining"))
        .group_by(ledger_lot.c.account_id)
        .subquery()
    )
    held = func.coalesce(lots.c.remaining, 0)
    balance = ledger_account.c.credits_posted - ledger_account.c.debits_posted
    expected = case((ledger_account.c.kind.in_(_LOT_KINDS), balance), else_=0)
    query = (
        select(ledger_account.c.id, held.label("lots"), expected.label("balance"))
        .outerjoin(lots, lots.c.account_id == ledger_account.c.id)
        .where(held != expected)
        .limit(MOST_FINDINGS)
    )
    return [
        {"account": row.id, "lots": int(row.lots), "balance": int(row.balance)}
        for row in connection.execute(query)
    ]


def wrong_lot_uses(connection: Connection) -> list[Row]:
    """Lots of which another amount is left than was not taken."""
    used = (
        select(ledger_lot_use.c.lot_id, func.sum(ledger_lot_use.c.amount).label("amount"))
        .group_by(ledger_lot_use.c.lot_id)
        .subquery()
    )
    expected = ledger_lot.c.amount - func.coalesce(used.c.amount, 0)
    query = (
        select(ledger_lot.c.id, ledger_lot.c.remaining, expected.label("expected"))
        .outerjoin(used, used.c.lot_id == ledger_lot.c.id)
        .where(ledger_lot.c.remaining != expected)
        .limit(MOST_FINDINGS)
    )
    return [
        {"lot": row.id, "remaining": row.remaining, "expected": int(row.expected)}
        for row in connection.execute(query)
    ]


def wrong_checkpoints(connection: Connection) -> list[int]:
    """Accounts whose newest checkpoint is not the sum of their transfers."""
    newest = (
        select(
            ledger_checkpoint.c.account_id,
            func.max(ledger_checkpoint.c.through_id).label("through_id"),
        )
        .group_by(ledger_checkpoint.c.account_id)
        .subquery()
    )
    sums = []
    for side in (ledger_transfer.c.debit_id, ledger_transfer.c.credit_id):
        query = (
            select(side.label("account"), func.sum(ledger_transfer.c.amount).label("amount"))
            .join(newest, newest.c.account_id == side)
            .where(ledger_transfer.c.id <= newest.c.through_id, ledger_transfer.c.phase.in_(_MOVES))
            .group_by(side)
        )
        sums.append(query.subquery())
    debits, credits_ = sums
    point = ledger_checkpoint
    query = (
        select(point.c.account_id)
        .join(
            newest,
            and_(
                newest.c.account_id == point.c.account_id,
                newest.c.through_id == point.c.through_id,
            ),
        )
        .outerjoin(debits, debits.c.account == point.c.account_id)
        .outerjoin(credits_, credits_.c.account == point.c.account_id)
        .where(
            or_(
                point.c.debits != func.coalesce(debits.c.amount, 0),
                point.c.credits != func.coalesce(credits_.c.amount, 0),
            )
        )
        .limit(MOST_FINDINGS)
    )
    return list(connection.execute(query).scalars())


def store_sums(connection: Connection, first: date, last: date) -> Iterable[Row]:
    """What each account of a store moved on each day, by the word for it; debits positive."""
    for side, sign in ((ledger_transfer.c.debit_id, 1), (ledger_transfer.c.credit_id, -1)):
        sums = (
            select(
                side.label("account"),
                ledger_transfer.c.effective_date,
                ledger_transfer.c.code,
                func.sum(ledger_transfer.c.amount).label("amount"),
            )
            .where(
                ledger_transfer.c.effective_date.between(first, last),
                ledger_transfer.c.phase.in_(_MOVES),
            )
            .group_by(side, ledger_transfer.c.effective_date, ledger_transfer.c.code)
            .subquery()
        )
        query = (
            select(
                ledger_account.c.store_id,
                ledger_account.c.kind,
                ledger_account.c.owner_id,
                ledger_account.c.unit,
                sums.c.effective_date,
                sums.c.code,
                sums.c.amount,
            )
            .join(ledger_account, ledger_account.c.id == sums.c.account)
            .where(ledger_account.c.store_id != CHAIN)
        )
        for row in connection.execute(query).mappings():
            yield {**row, "amount": sign * int(row["amount"])}
