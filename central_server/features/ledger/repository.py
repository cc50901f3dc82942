"""SQL of posting: journals, transfers, holds and lots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    Connection,
    Insert,
    Row,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from central_server.features.ledger.account_repository import (
    COUNT,
    AccountRow,
    chunks,
    counter_changes,
    set_counters,
)
from central_server.features.ledger.tables import (
    ledger_account,
    ledger_block,
    ledger_journal,
    ledger_lot,
    ledger_lot_use,
    ledger_transfer,
)
from central_server.platform.database import bulk_insert, is_postgresql
from shared.ledger import Counters, Lot, LotTerms, PendingRef, Phase

_TRANSFER = (
    "journal_id", "line", "debit_id", "credit_id", "unit", "amount", "code", "phase", "pending_id", "expires_at",
    "effective_date", "recorded_at",
)  # fmt: skip

# What every authorisation asks is put together once: building it anew took a third of the time of posting one.
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_DIGESTS = select(ledger_journal.c.id, ledger_journal.c.digest).where(ledger_journal.c.id.in_(_IDS))
_ADD_ONE = insert(ledger_journal)
_ADD_JOURNAL = {
    "postgresql": postgresql.insert(ledger_journal)
    .on_conflict_do_nothing()
    .returning(ledger_journal.c.id),
    "sqlite": sqlite.insert(ledger_journal).on_conflict_do_nothing().returning(ledger_journal.c.id),
}
_ADD_TRANSFER = insert(ledger_transfer).returning(ledger_transfer.c.id)
_BOOKED = {name: bindparam(f"t_{name}", type_=ledger_transfer.c[name].type) for name in _TRANSFER}


def _booking() -> Insert:
    """Journal, transfer and counters in one statement of PostgreSQL: nothing of it if the journal is there already."""
    head: dict[str, Any] = {
        column.name: bindparam(f"j_{column.name}") for column in ledger_journal.columns
    }
    journal = (
        postgresql.insert(ledger_journal)
        .values(head)
        .on_conflict_do_nothing()
        .returning(ledger_journal.c.id)
        .cte("journal")
    )
    counted = COUNT.where(exists().select_from(journal)).returning(ledger_account.c.id)
    lines = select(*_BOOKED.values()).select_from(journal)
    transfer = insert(ledger_transfer).from_select(list(_BOOKED), lines)
    return transfer.returning(ledger_transfer.c.id).add_cte(counted.cte("counted"))


_BOOK = _booking()
_ENDING = ledger_transfer.alias()
_HOLDS = (
    select(ledger_transfer, _ENDING.c.phase.label("ended"))
    .select_from(ledger_transfer.outerjoin(_ENDING, _ENDING.c.pending_id == ledger_transfer.c.id))
    .where(ledger_transfer.c.phase == Phase.PENDING.value)
    .order_by(ledger_transfer.c.id)
)
_DUE = _HOLDS.where(
    or_(ledger_transfer.c.debit_id.in_(_IDS), ledger_transfer.c.credit_id.in_(_IDS)),
    ledger_transfer.c.expires_at <= bindparam("at"),
    _ENDING.c.id.is_(None),
)
_NAMED = _HOLDS.where(
    tuple_(ledger_transfer.c.journal_id, ledger_transfer.c.line).in_(
        bindparam("pairs", expanding=True)
    )
)


@dataclass(frozen=True, slots=True)
class Hold:
    """A pending transfer, and the phase that ended it (None: it still holds)."""

    id: int
    ref: PendingRef
    debit_id: int
    credit_id: int
    amount: int
    code: str
    expires_at: datetime
    ended: Phase | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows the ledger has."""

    transfers: int
    journals: int
    accounts: int
    blocks: int


# --- journals and transfers -------------------------------------------------------------------


def digests(connection: Connection, journal_ids: Iterable[UUID]) -> dict[UUID, bytes]:
    """The digests of those journals that are there."""
    found: dict[UUID, bytes] = {}
    for chunk in chunks(list(journal_ids)):
        rows = connection.execute(_DIGESTS, {"ids": chunk})
        found |= {row.id: row.digest for row in rows}
    return found


def booked_by(connection: Connection, source_event_id: UUID, rule: str) -> UUID | None:
    """The journal that a rule has booked for an event."""
    found: UUID | None = connection.execute(
        select(ledger_journal.c.id).where(
            ledger_journal.c.source_event_id == source_event_id, ledger_journal.c.rule == rule
        )
    ).scalar_one_or_none()
    return found


def insert_journal(connection: Connection, row: dict[str, Any]) -> bool:
    """Add a journal; False, and nothing is added, if its id is taken or its rule has booked its event."""
    added = connection.execute(_ADD_JOURNAL[connection.dialect.name], row)
    return added.one_or_none() is not None


def insert_journals(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Add journals."""
    if len(rows) == 1:
        # One row by COPY is two journeys more.
        connection.execute(_ADD_ONE, rows[0])
        return
    bulk_insert(connection, ledger_journal, rows)


def insert_transfers(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Add transfers in the order in which they are to be numbered."""
    bulk_insert(connection, ledger_transfer, rows)


def insert_transfer(connection: Connection, row: dict[str, Any]) -> int:
    """Add a transfer; its number."""
    return int(connection.execute(_ADD_TRANSFER, row).scalar_one())


def book(
    connection: Connection,
    journal: dict[str, Any],
    transfer: dict[str, Any],
    before: AccountRow,
    after: Counters,
) -> bool:
    """Add a journal of one transfer and move the counters of the one account that has any; False, and nothing is
    changed, if the journal is there already or its rule has booked its event. PostgreSQL does it in one journey.
    """
    if not is_postgresql(connection):
        if not insert_journal(connection, journal):
            return False
        insert_transfer(connection, transfer)
        set_counters(connection, before, after)
        return True
    row = {f"j_{name}": value for name, value in journal.items()}
    row |= {f"t_{name}": value for name, value in transfer.items()}
    row |= counter_changes(before, after)
    return connection.execute(_BOOK, row).one_or_none() is not None


def journal_row(connection: Connection, journal_id: UUID) -> Row[Any] | None:
    """A journal."""
    return connection.execute(
        select(ledger_journal).where(ledger_journal.c.id == journal_id)
    ).one_or_none()


def transfers_of(connection: Connection, journal_id: UUID) -> Sequence[Row[Any]]:
    """The transfers of a journal by line."""
    query = select(ledger_transfer).where(ledger_transfer.c.journal_id == journal_id)
    return connection.execute(query.order_by(ledger_transfer.c.line)).all()


def counts(connection: Connection) -> Counts:
    """How much there is."""
    tables = (ledger_transfer, ledger_journal, ledger_account, ledger_block)
    queries = (select(func.count()).select_from(table) for table in tables)
    return Counts(*(int(connection.execute(query).scalar_one()) for query in queries))


# --- holds ------------------------------------------------------------------------------------


def holds(connection: Connection, refs: Iterable[PendingRef]) -> dict[PendingRef, Hold]:
    """The pending transfers that are named, ended or not."""
    pairs = [(ref.journal_id, ref.line) for ref in refs]
    if not pairs:
        return {}
    found = connection.execute(_NAMED, {"pairs": pairs})
    return {hold.ref: hold for hold in map(_hold, found)}


def due_holds(connection: Connection, account_ids: Iterable[int], at: datetime) -> list[Hold]:
    """What is still held on these accounts although its time is over."""
    found = connection.execute(_DUE, {"ids": sorted(set(account_ids)), "at": at})
    return [_hold(row) for row in found]


def _hold(row: Row[Any]) -> Hold:
    return Hold(
        id=row.id,
        ref=PendingRef(row.journal_id, row.line),
        debit_id=row.debit_id,
        credit_id=row.credit_id,
        amount=row.amount,
        code=row.code,
        expires_at=row.expires_at,
        ended=None if row.ended is None else Phase(row.ended),
    )


# --- lots -------------------------------------------------------------------------------------


def lots_of(connection: Connection, account_id: int) -> list[Lot]:
    """The lots of an account that have something left. Its lock is theirs."""
    query = (
        select(ledger_lot, ledger_transfer.c.journal_id)
        .join(ledger_transfer, ledger_transfer.c.id == ledger_lot.c.source_transfer_id)
        .where(ledger_lot.c.account_id == account_id, ledger_lot.c.remaining > 0)
    )
    return [_lot(row) for row in connection.execute(query)]


def insert_lot(connection: Connection, row: dict[str, Any]) -> None:
    """Add a lot."""
    connection.execute(insert(ledger_lot).values(row))


def use_lots(connection: Connection, transfer_id: int, parts: Iterable[tuple[int, int]]) -> None:
    """Take parts `(lot, amount)` out of lots, and keep which transfer did."""
    for lot_id, amount in parts:
        connection.execute(
            insert(ledger_lot_use).values(transfer_id=transfer_id, lot_id=lot_id, amount=amount)
        )
        connection.execute(
            update(ledger_lot)
            .where(ledger_lot.c.id == lot_id)
            .values(remaining=ledger_lot.c.remaining - amount)
        )


def used_lots(connection: Connection, transfer_id: int) -> list[tuple[int, LotTerms]]:
    """What a transfer took, by the terms of the lots it came from."""
    query = (
        select(ledger_lot_use.c.amount, ledger_lot.c.vests_on, ledger_lot.c.expires_on)
        .join(ledger_lot, ledger_lot.c.id == ledger_lot_use.c.lot_id)
        .where(ledger_lot_use.c.transfer_id == transfer_id)
        .order_by(ledger_lot.c.id)
    )
    rows = connection.execute(query)
    return [(row.amount, LotTerms(row.vests_on, row.expires_on)) for row in rows]


def accounts_with_lots_over(connection: Connection, on: date, limit: int) -> list[int]:
    """Accounts that have lots whose last day is over and that have something left."""
    query = (
        select(ledger_lot.c.account_id)
        .where(ledger_lot.c.expires_on < on, ledger_lot.c.remaining > 0)
        .distinct()
        .order_by(ledger_lot.c.account_id)
    )
    return list(connection.execute(query.limit(limit)).scalars())


# --- rows -------------------------------------------------------------------------------------


def _lot(row: Row[Any]) -> Lot:
    terms = LotTerms(row.vests_on, row.expires_on)
    return Lot(row.id, row.journal_id, row.remaining, terms)
