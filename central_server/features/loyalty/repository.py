"""SQL of loyalty."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, and_, func, insert, select, update

from central_server.features.ledger.tables import ledger_account, ledger_lot
from central_server.features.loyalty.tables import (
    loyalty_award,
    loyalty_credit,
    loyalty_notice,
    loyalty_return,
    loyalty_terms,
    loyalty_worth,
)
from central_server.platform.database import among, bulk_insert
from shared.loyalty import Purse, PurseTerms, Worth


def terms(connection: Connection) -> dict[Purse, PurseTerms]:
    """The terms of those purses that have their own."""
    return {
        Purse(row.purse): PurseTerms(
            row.window_days, row.valid_months, row.year_end, row.announce_days
        )
        for row in connection.execute(select(loyalty_terms))
    }


def set_terms(connection: Connection, purse: Purse, new: PurseTerms, at: datetime) -> None:
    """Write the terms of a purse."""
    connection.execute(loyalty_terms.delete().where(loyalty_terms.c.purse == purse.value))
    connection.execute(
        insert(loyalty_terms).values(
            purse=purse.value,
            window_days=new.window_days,
            valid_months=new.valid_months,
            year_end=new.year_end,
            announce_days=new.announce_days,
            changed_at=at,
        )
    )


def worth(connection: Connection, currency: str) -> Worth | None:
    """What points are worth in a currency; None if nothing is paid with them there."""
    query = select(loyalty_worth.c.points, loyalty_worth.c.minor)
    row = connection.execute(query.where(loyalty_worth.c.currency == currency)).one_or_none()
    return None if row is None else Worth(row.points, row.minor)


def set_worth(connection: Connection, currency: str, new: Worth | None, at: datetime) -> None:
    """Write what points are worth in a currency; None: nothing is paid with them."""
    connection.execute(loyalty_worth.delete().where(loyalty_worth.c.currency == currency))
    if new is not None:
        row = {"points": new.points, "minor": new.minor, "changed_at": at}
        connection.execute(insert(loyalty_worth).values(currency=currency, **row))


def most_credit(connection: Connection, customer: str, currency: str) -> int:
    """How much a customer may owe."""
    query = select(loyalty_credit.c.most).where(
        loyalty_credit.c.customer == customer, loyalty_credit.c.currency == currency
    )
    return int(connection.execute(query).scalar_one_or_none() or 0)


def set_credit(
    connection: Connection, customer: str, currency: str, most: int, at: datetime
) -> None:
    """Write how much a customer may owe."""
    connection.execute(
        loyalty_credit.delete().where(
            loyalty_credit.c.customer == customer, loyalty_credit.c.currency == currency
        )
    )
    row = {"customer": customer, "currency": currency, "most": most, "changed_at": at}
    connection.execute(insert(loyalty_credit).values(row))


def credits_of(connection: Connection, customer: str) -> dict[str, int]:
    """How much a customer may owe, by currency."""
    query = select(loyalty_credit.c.currency, loyalty_credit.c.most)
    rows = connection.execute(query.where(loyalty_credit.c.customer == customer))
    return {row.currency: row.most for row in rows}


def move_owner(connection: Connection, old: str, into: str) -> None:
    """Let what receipts of a customer earned be another's."""
    connection.execute(
        update(loyalty_award).where(loyalty_award.c.customer == old).values(customer=into)
    )
    connection.execute(loyalty_credit.delete().where(loyalty_credit.c.customer == old))


# --- what receipts earned ---------------------------------------------------------------------


def awards(connection: Connection, receipts: Iterable[str]) -> list[Row[Any]]:
    """The awards of receipts by their numbers, locked in one order."""
    query = (
        select(loyalty_award)
        .where(among(connection, loyalty_award.c.receipt, receipts))
        .order_by(loyalty_award.c.event_id, loyalty_award.c.promotion_id)
        .with_for_update()
    )
    return list(connection.execute(query))


def purses_given(connection: Connection, receipt: str) -> list[Row[Any]]:
    """Into which purses of whom the receipt with this number gave what it has not lost yet."""
    of = loyalty_award.c
    query = (
        select(of.event_id, of.customer, of.currency, of.purse)
        .where(of.receipt == receipt, of.left_amount > 0)
        .distinct()
        .order_by(of.purse)
    )
    return list(connection.execute(query))


def add_awards(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Add awards."""
    bulk_insert(connection, loyalty_award, rows)


def set_left(connection: Connection, event_id: UUID, promotion_id: str, left: int) -> None:
    """Write what is left of an award."""
    connection.execute(
        update(loyalty_award)
        .where(loyalty_award.c.event_id == event_id, loyalty_award.c.promotion_id == promotion_id)
        .values(left_amount=left)
    )


def add_returns(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Add what came back."""
    bulk_insert(connection, loyalty_return, rows)


def returned(connection: Connection, receipts: Iterable[str]) -> dict[str, dict[str, int]]:
    """How many thousandths of each line came back so far, by number of the receipt."""
    query = (
        select(
            loyalty_return.c.receipt,
            loyalty_return.c.line,
            func.sum(loyalty_return.c.thousandths).label("thousandths"),
        )
        .where(among(connection, loyalty_return.c.receipt, receipts))
        .group_by(loyalty_return.c.receipt, loyalty_return.c.line)
    )
    found: dict[str, dict[str, int]] = {}
    for row in connection.execute(query):
        found.setdefault(row.receipt, {})[str(row.line)] = int(row.thousandths)
    return found


# --- accounts and ends ------------------------------------------------------------------------


def indebted(connection: Connection, after: int, limit: int) -> Sequence[Row[Any]]:
    """Number, owner and unit of accounts on which something is owed, behind one number."""
    account = ledger_account.c
    query = (
        select(account.id, account.owner_id, account.unit)
        .where(
            account.kind == "customer.points_debt",
            account.debits_posted > account.credits_posted,
            account.id > after,
        )
        .order_by(account.id)
        .limit(limit)
    )
    return list(connection.execute(query))


def ending(
    connection: Connection, kind: str, first: date, last: date, limit: int
) -> Sequence[Row[Any]]:
    """What ends between two days on accounts of a kind and was not announced: account, day, amount."""
    noted = and_(
        loyalty_notice.c.account_id == ledger_lot.c.account_id,
        loyalty_notice.c.expires_on == ledger_lot.c.expires_on,
    )
    query = (
        select(
            ledger_lot.c.account_id,
            ledger_lot.c.expires_on,
            func.sum(ledger_lot.c.remaining).label("amount"),
        )
        .join(ledger_account, ledger_account.c.id == ledger_lot.c.account_id)
        .outerjoin(loyalty_notice, noted)
        .where(
            ledger_account.c.kind == kind,
            ledger_lot.c.expires_on.between(first, last),
            ledger_lot.c.remaining > 0,
            loyalty_notice.c.account_id.is_(None),
        )
        .group_by(ledger_lot.c.account_id, ledger_lot.c.expires_on)
        .limit(limit)
    )
    return list(connection.execute(query))


def add_notices(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Keep what was announced."""
    bulk_insert(connection, loyalty_notice, rows)


def notices(connection: Connection, account_id: int) -> dict[date, date]:
    """When the ends of an account's lots were announced, by day of the end."""
    query = select(loyalty_notice.c.expires_on, loyalty_notice.c.announced_on)
    rows = connection.execute(query.where(loyalty_notice.c.account_id == account_id))
    return {row.expires_on: row.announced_on for row in rows}
