"""SQL of accounts that are opened by the thousand: numbers taken ahead, then one command for each table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Table, func, select

from central_server.features.ledger.account_repository import add_units, key_row
from central_server.features.ledger.tables import ledger_account, ledger_lot, ledger_transfer
from central_server.platform.database import bulk_insert, is_postgresql
from shared.ledger import Journal, LotTerms, Transfer


class Opened(NamedTuple):
    """A transfer that will be written, and the lot that it makes."""

    line: int
    number: int
    debit_id: int
    credit_id: int
    transfer: Transfer
    lot: LotTerms | None


def account_numbers(connection: Connection, count: int) -> Sequence[int]:
    """Numbers for accounts that will be added in this transaction."""
    return _numbers(connection, ledger_account, count)


def transfer_numbers(connection: Connection, count: int) -> Sequence[int]:
    """Numbers for transfers that will be added in this transaction."""
    return _numbers(connection, ledger_transfer, count)


def write(connection: Connection, journal: Journal, opened: Sequence[Opened], at: datetime) -> None:
    """Add the accounts with a floor that are credited, the transfers and their lots."""
    new = [one for one in opened if one.lot is not None]
    add_units(connection, {one.transfer.credit.unit for one in new})
    bulk_insert(connection, ledger_account, [_account(one, at) for one in new])
    shared = {
        "journal_id": journal.journal_id,
        "phase": "single",
        "pending_id": None,
        "expires_at": None,
        "effective_date": journal.business_date,
        "recorded_at": at,
    }
    rows = [
        {
            "id": one.number,
            "line": one.line,
            "debit_id": one.debit_id,
            "credit_id": one.credit_id,
            "unit": one.transfer.debit.unit.code,
            "amount": one.transfer.amount,
            "code": one.transfer.code,
            **shared,
        }
        for one in opened
    ]
    bulk_insert(connection, ledger_transfer, rows)
    lots = [
        {
            "account_id": one.credit_id,
            "source_transfer_id": one.number,
            "amount": one.transfer.amount,
            "remaining": one.transfer.amount,
            "vests_on": one.lot.vests_on,
            "expires_on": one.lot.expires_on,
        }
        for one in new
        if one.lot is not None
    ]
    bulk_insert(connection, ledger_lot, lots)


def _account(one: Opened, at: datetime) -> dict[str, object]:
    kind, unit, owner_type, owner_id, store_id = key_row(one.transfer.credit)
    return {
        "id": one.credit_id,
        "kind": kind,
        "unit": unit,
        "owner_type": owner_type,
        "owner_id": owner_id,
        "store_id": store_id,
        "floor": one.transfer.credit.rule.floor.value,
        "opened_at": at,
        "debits_posted": 0,
        "credits_posted": one.transfer.amount,
        "debits_pending": 0,
        "credits_pending": 0,
    }


def _numbers(connection: Connection, table: Table, count: int) -> Sequence[int]:
    if is_postgresql(connection):
        sequence = func.pg_get_serial_sequence(table.name, "id")
        series = func.generate_series(1, count).table_valued("n")
        rows = connection.execute(select(func.nextval(sequence)).select_from(series))
        return [int(number) for number in rows.scalars()]
    # The write transaction has the file to itself.
    last = connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
    return range(last + 1, last + 1 + count)
