"""SQL of spends: what journals took from lots, and what came back of that."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, case, func, select

from central_server.features.ledger.tables import (
    ledger_account,
    ledger_journal,
    ledger_lot,
    ledger_lot_use,
    ledger_transfer,
)
from shared.ledger import AccountKind

_HOUSE = AccountKind.INSTRUMENTS.value


def uses_of(
    connection: Connection, journal_ids: Iterable[UUID], kind: AccountKind
) -> list[Row[Any]]:
    """What journals took from lots on accounts of a kind, in the order in which they took it: that which expires next
    first, what never expires last.
    """
    query = (
        select(
            ledger_transfer.c.journal_id,
            ledger_account.c.owner_id,
            ledger_account.c.unit,
            ledger_lot_use.c.amount,
            ledger_lot.c.vests_on,
            ledger_lot.c.expires_on,
        )
        .join(ledger_lot_use, ledger_lot_use.c.transfer_id == ledger_transfer.c.id)
        .join(ledger_lot, ledger_lot.c.id == ledger_lot_use.c.lot_id)
        .join(ledger_account, ledger_account.c.id == ledger_lot.c.account_id)
        .where(ledger_transfer.c.journal_id.in_(list(journal_ids)))
        .where(ledger_account.c.kind == kind.value)
        .order_by(
            ledger_transfer.c.id,
            case((ledger_lot.c.expires_on.is_(None), 1), else_=0),
            ledger_lot.c.expires_on,
            ledger_lot.c.id,
        )
    )
    return list(connection.execute(query))


def paid_by(connection: Connection, journal_ids: Iterable[UUID], code: str) -> dict[UUID, int]:
    """What journals credited to stores' accounts for instruments under a word, in minor units."""
    house = ledger_transfer.join(ledger_account, ledger_account.c.id == ledger_transfer.c.credit_id)
    query = (
        select(ledger_transfer.c.journal_id, func.sum(ledger_transfer.c.amount).label("amount"))
        .select_from(house)
        .where(ledger_transfer.c.journal_id.in_(list(journal_ids)))
        .where(ledger_account.c.kind == _HOUSE, ledger_transfer.c.code == code)
        .group_by(ledger_transfer.c.journal_id)
    )
    return {row.journal_id: int(row.amount) for row in connection.execute(query)}


def lots_back(connection: Connection, journal_ids: Iterable[UUID]) -> dict[UUID, int]:
    """What came back into lots by journals that undo these."""
    query = (
        select(ledger_journal.c.reversal_of, func.sum(ledger_lot.c.amount).label("amount"))
        .join(ledger_transfer, ledger_transfer.c.journal_id == ledger_journal.c.id)
        .join(ledger_lot, ledger_lot.c.source_transfer_id == ledger_transfer.c.id)
        .where(ledger_journal.c.reversal_of.in_(list(journal_ids)))
        .group_by(ledger_journal.c.reversal_of)
    )
    return {row.reversal_of: int(row.amount) for row in connection.execute(query)}


def money_back(connection: Connection, journal_ids: Iterable[UUID]) -> dict[UUID, int]:
    """What journals that undo these debited to stores' accounts for instruments, in minor units."""
    query = (
        select(ledger_journal.c.reversal_of, func.sum(ledger_transfer.c.amount).label("amount"))
        .join(ledger_transfer, ledger_transfer.c.journal_id == ledger_journal.c.id)
        .join(ledger_account, ledger_account.c.id == ledger_transfer.c.debit_id)
        .where(ledger_journal.c.reversal_of.in_(list(journal_ids)))
        .where(ledger_account.c.kind == _HOUSE)
        .group_by(ledger_journal.c.reversal_of)
    )
    return {row.reversal_of: int(row.amount) for row in connection.execute(query)}
