"""SQL of posting: accounts with their counters, journals, transfers and lots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    Connection,
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

from central_server.features.ledger.tables import (
    ledger_account,
    ledger_block,
    ledger_journal,
    ledger_lot,
    ledger_lot_use,
    ledger_transfer,
    ledger_unit,
)
from central_server.platform.database import bulk_insert, is_postgresql
from shared.ledger import (
    AccountKey,
    AccountKind,
    Counters,
    Floor,
    LedgerUnit,
    Lot,
    LotTerms,
    OwnerType,
    PendingRef,
    Phase,
    UnitKind,
)

# Whoever posts holds it shared; whoever must know that nobody is posting takes it alone.
_POSTING_LOCK = 0x4C65_6467_6572  # "Ledger"
_AT_ONCE = 1_000
_COUNTERS = ("debits_posted", "credits_posted", "debits_pending", "credits_pending")
_KEY = ("kind", "unit", "owner_type", "owner_id", "store_id")


# What every authorisation asks is put together once: building it anew took a third of the time of posting one.
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_ACCOUNTS = select(ledger_account, ledger_unit.c.kind.label("unit_kind"), ledger_unit.c.scale).join(
    ledger_unit, ledger_unit.c.code == ledger_account.c.unit
)
_BY_ID = _ACCOUNTS.where(ledger_account.c.id.in_(_IDS))
_LOCKED = _BY_ID.order_by(ledger_account.c.id).with_for_update(of=ledger_account)
# A journey to the database less than to say first that this transaction posts, and then to lock.
_ENTERING = _LOCKED.add_columns(func.pg_advisory_xact_lock_shared(_POSTING_LOCK).label("entered"))
_NUMBERS = select(ledger_account.c.id, *(ledger_account.c[name] for name in _KEY)).where(
    tuple_(*(ledger_account.c[name] for name in _KEY)).in_(bindparam("keys", expanding=True))
)
_DIGESTS = select(ledger_journal.c.id, ledger_journal.c.digest).where(ledger_journal.c.id.in_(_IDS))
_COUNT = (
    update(ledger_account)
    .where(ledger_account.c.id == bindparam("number"))
    .values({name: ledger_account.c[name] + bindparam(f"more_{name}") for name in _COUNTERS})
)
_ADD_ONE = insert(ledger_journal)
_ADD_JOURNAL = {
    "postgresql": postgresql.insert(ledger_journal)
    .on_conflict_do_nothing()
    .returning(ledger_journal.c.id),
    "sqlite": sqlite.insert(ledger_journal).on_conflict_do_nothing().returning(ledger_journal.c.id),
}
_ADD_TRANSFER = insert(ledger_transfer).returning(ledger_transfer.c.id)
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
class AccountRow:
    """An account as it is stored; its counters are sums only where it has a floor."""

    id: int
    key: AccountKey
    counters: Counters
    closed: bool

    @property
    def floor(self) -> Floor:
        """How far it may be drawn."""
        return self.key.rule.floor


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


def enter(connection: Connection) -> None:
    """Say that this transaction posts. On SQLite the write transaction itself says so."""
    if is_postgresql(connection):
        connection.execute(select(func.pg_advisory_xact_lock_shared(_POSTING_LOCK)))


def stand_alone(connection: Connection, *, wait: bool) -> bool:
    """Whether nobody else is posting, which then stays so until the transaction ends. `wait`: until it is so."""
    if not is_postgresql(connection):
        return True
    if wait:
        connection.execute(select(func.pg_advisory_xact_lock(_POSTING_LOCK)))
        return True
    lock = select(func.pg_try_advisory_xact_lock(_POSTING_LOCK))
    return bool(connection.execute(lock).scalar_one())


# --- accounts ---------------------------------------------------------------------------------


def account_ids(connection: Connection, keys: Iterable[AccountKey]) -> dict[AccountKey, int]:
    """The numbers of those accounts that are there."""
    wanted = {key_row(key): key for key in keys}
    found: dict[AccountKey, int] = {}
    for chunk in _chunks(list(wanted)):
        for row in connection.execute(_NUMBERS, {"keys": chunk}):
            found[wanted[tuple(row)[1:]]] = row.id
    return found


def open_accounts(connection: Connection, keys: Iterable[AccountKey], at: datetime) -> None:
    """Add accounts, and units that are new with them; what is there already stays as it is."""
    rows = sorted((key_row(key), key) for key in keys)
    add_units(connection, {key.unit for _, key in rows})
    _add_missing(
        connection,
        ledger_account,
        [
            {
                **dict(zip(_KEY, row, strict=True)),
                "floor": key.rule.floor.value,
                "opened_at": at,
                **dict.fromkeys(_COUNTERS, 0),
            }
            for row, key in rows
        ],
    )


def add_units(connection: Connection, units: Iterable[LedgerUnit]) -> None:
    """Add units that are new."""
    rows = sorted((unit.code, unit.kind.value, unit.scale) for unit in units)
    names = ("code", "kind", "scale")
    _add_missing(connection, ledger_unit, [dict(zip(names, row, strict=True)) for row in rows])


def locked_accounts(
    connection: Connection, ids: Iterable[int], *, entering: bool = False
) -> dict[int, AccountRow]:
    """Accounts with their counters, locked in the order of their numbers so that nobody waits in a circle.
    `entering`: where there are any, this transaction has entered, too.
    """
    query = _ENTERING if entering and is_postgresql(connection) else _LOCKED
    rows = connection.execute(query, {"ids": sorted(set(ids))})
    return {row.id: _account(row) for row in rows}


def accounts_by_id(connection: Connection, ids: Iterable[int]) -> dict[int, AccountRow]:
    """Accounts as they stand."""
    rows = connection.execute(_BY_ID, {"ids": sorted(set(ids))})
    return {row.id: _account(row) for row in rows}


def listed_accounts(
    connection: Connection, filters: Mapping[str, str], limit: int
) -> list[AccountRow]:
    """Accounts whose columns have these values, by number."""
    conditions = [ledger_account.c[name] == value for name, value in filters.items()]
    query = _ACCOUNTS.where(*conditions).order_by(ledger_account.c.id).limit(limit)
    return [_account(row) for row in connection.execute(query)]


def set_counters(connection: Connection, before: AccountRow, after: Counters) -> None:
    """Add to an account's counters what changed; the database refuses what would break its floor."""
    changes = {
        f"more_{name}": getattr(after, name) - getattr(before.counters, name) for name in _COUNTERS
    }
    connection.execute(_COUNT, {"number": before.id, **changes})


def set_closed(connection: Connection, account_id: int, at: datetime | None) -> None:
    """Close an account, or open it again."""
    connection.execute(
        update(ledger_account).where(ledger_account.c.id == account_id).values(closed_at=at)
    )


# --- journals and transfers -------------------------------------------------------------------


def digests(connection: Connection, journal_ids: Iterable[UUID]) -> dict[UUID, bytes]:
    """The digests of those journals that are there."""
    found: dict[UUID, bytes] = {}
    for chunk in _chunks(list(journal_ids)):
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


def accounts_that_hold(connection: Connection, at: datetime, limit: int) -> list[int]:
    """Accounts with a floor on which something is held although its time is over."""
    ending = ledger_transfer.alias()
    either = or_(
        ledger_transfer.c.debit_id == ledger_account.c.id,
        ledger_transfer.c.credit_id == ledger_account.c.id,
    )
    due = exists().where(
        either,
        ledger_transfer.c.phase == Phase.PENDING.value,
        ledger_transfer.c.expires_at <= at,
        ~exists().where(ending.c.pending_id == ledger_transfer.c.id),
    )
    counted = ledger_account.c.debits_pending + ledger_account.c.credits_pending > 0
    query = select(ledger_account.c.id).where(counted, due).order_by(ledger_account.c.id)
    return list(connection.execute(query.limit(limit)).scalars())


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


def _account(row: Row[Any]) -> AccountRow:
    key = AccountKey(
        kind=AccountKind(row.kind),
        unit=LedgerUnit(row.unit, UnitKind(row.unit_kind), row.scale),
        owner_type=OwnerType(row.owner_type),
        owner_id=row.owner_id,
        store_id=row.store_id,
    )
    counters = Counters(
        row.debits_posted, row.credits_posted, row.debits_pending, row.credits_pending
    )
    return AccountRow(row.id, key, counters, row.closed_at is not None)


def _lot(row: Row[Any]) -> Lot:
    terms = LotTerms(row.vests_on, row.expires_on)
    return Lot(row.id, row.journal_id, row.remaining, terms)


def key_row(key: AccountKey) -> tuple[str, ...]:
    """What tells an account apart, as it is stored: kind, unit, type and id of the owner, store."""
    return (key.kind.value, key.unit.code, key.owner_type.value, key.owner_id, key.store_id)


def _add_missing(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    new = postgresql.insert if is_postgresql(connection) else sqlite.insert
    if rows:
        connection.execute(new(table).on_conflict_do_nothing(), rows)


def _chunks(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
