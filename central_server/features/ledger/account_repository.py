"""SQL of accounts: their numbers, their counters, and locking them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Connection,
    Row,
    bindparam,
    case,
    exists,
    func,
    null,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from central_server.features.ledger.tables import ledger_account, ledger_transfer, ledger_unit
from central_server.platform.database import is_postgresql
from shared.ledger import (
    AccountKey,
    AccountKind,
    Counters,
    Floor,
    LedgerUnit,
    OwnerType,
    Phase,
    UnitKind,
)

# Whoever posts holds it shared; whoever must know that nobody is posting takes it alone.
_POSTING_LOCK = 0x4C65_6467_6572  # "Ledger"
_AT_ONCE = 1_000
T = TypeVar("T")
_COUNTERS = ("debits_posted", "credits_posted", "debits_pending", "credits_pending")
_KEY = ("kind", "unit", "owner_type", "owner_id", "store_id")


# What every authorisation asks is put together once: building it anew took a third of the time of posting one.
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_ACCOUNTS = select(ledger_account, ledger_unit.c.kind.label("unit_kind"), ledger_unit.c.scale).join(
    ledger_unit, ledger_unit.c.code == ledger_account.c.unit
)
_BY_ID = _ACCOUNTS.where(ledger_account.c.id.in_(_IDS))
_KEYS = tuple_(*(ledger_account.c[name] for name in _KEY))
_NUMBERS = select(ledger_account.c.id, *(ledger_account.c[name] for name in _KEY)).where(
    _KEYS.in_(bindparam("keys", expanding=True))
)
COUNT = (
    update(ledger_account)
    .where(ledger_account.c.id == bindparam("number"))
    .values({name: ledger_account.c[name] + bindparam(f"more_{name}") for name in _COUNTERS})
)
_HELD, _END = ledger_transfer.alias(), ledger_transfer.alias()
_FIRST_DUE = (
    select(func.min(_HELD.c.expires_at))
    .select_from(_HELD.outerjoin(_END, _END.c.pending_id == _HELD.c.id))
    .where(
        _HELD.c.phase == Phase.PENDING.value,
        or_(_HELD.c.debit_id == ledger_account.c.id, _HELD.c.credit_id == ledger_account.c.id),
        _END.c.id.is_(None),
    )
    .scalar_subquery()
)
_ANY_HELD = ledger_account.c.debits_pending + ledger_account.c.credits_pending > 0
# With an account that is locked comes what is always asked next: whether something on it is held too long. What that
# says is as old as the statement, which is old enough: nobody holds anything whose time is over already.
_TO_LOCK = _ACCOUNTS.add_columns(case((_ANY_HELD, _FIRST_DUE)).label("due_at"))
_LOCKED = (
    _TO_LOCK.where(ledger_account.c.id.in_(_IDS))
    .order_by(ledger_account.c.id)
    .with_for_update(of=ledger_account)
)
# A journey to the database less than to say first that this transaction posts, and then to lock.
_ENTERED = func.pg_advisory_xact_lock_shared(_POSTING_LOCK).label("entered")
_ENTERING = _LOCKED.add_columns(_ENTERED)


def _by_key(*, entering: bool) -> CompoundSelect[Any]:
    """Those of `floored` locked, those of `others` as they stand. CTEs that lock are always worked out whole."""
    locked = _TO_LOCK.add_columns(_ENTERED) if entering else _TO_LOCK
    floored = (
        locked.where(_KEYS.in_(bindparam("floored", expanding=True)))
        .order_by(ledger_account.c.id)
        .with_for_update(of=ledger_account)
        .cte("locked")
    )
    others = _ACCOUNTS.where(_KEYS.in_(bindparam("others", expanding=True)))
    columns = [column for column in floored.columns if column.name != "entered"]
    return select(*columns).union_all(others.add_columns(null().label("due_at")))


_BY_KEY = {entering: _by_key(entering=entering) for entering in (False, True)}


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as it is stored; its counters are sums only where it has a floor."""

    id: int
    key: AccountKey
    counters: Counters
    closed: bool
    # When the first of what is held is over, as far as it was read; None: nothing, or whoever asks must look.
    due_at: datetime | None = None

    @property
    def floor(self) -> Floor:
        """How far it may be drawn."""
        return self.key.rule.floor


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
    for chunk in chunks(list(wanted)):
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
    return {row.id: _account(row, row.due_at) for row in rows}


def accounts_by_key(
    connection: Connection,
    floored: Collection[AccountKey],
    others: Collection[AccountKey],
    *,
    entering: bool = False,
) -> dict[AccountKey, AccountRow]:
    """Accounts that are there: `floored` as `locked_accounts` gives them, `others` as they stand."""
    keys = {key_row(key): key for key in (*floored, *others)}
    query = _BY_KEY[entering and is_postgresql(connection)]
    asked = {
        "floored": [key_row(key) for key in floored],
        "others": [key_row(key) for key in others],
    }
    found = [_account(row, row.due_at) for row in connection.execute(query, asked)]
    return {keys[key_row(row.key)]: row for row in found}


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
    connection.execute(COUNT, counter_changes(before, after))


def counter_changes(before: AccountRow, after: Counters) -> dict[str, int]:
    """What `COUNT` is to be told."""
    changes = {
        f"more_{name}": getattr(after, name) - getattr(before.counters, name) for name in _COUNTERS
    }
    return {"number": before.id, **changes}


def set_closed(connection: Connection, account_id: int, at: datetime | None) -> None:
    """Close an account, or open it again."""
    connection.execute(
        update(ledger_account).where(ledger_account.c.id == account_id).values(closed_at=at)
    )


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
    query = select(ledger_account.c.id).where(_ANY_HELD, due).order_by(ledger_account.c.id)
    return list(connection.execute(query.limit(limit)).scalars())


def _account(row: Row[Any], due_at: datetime | None = None) -> AccountRow:
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
    return AccountRow(row.id, key, counters, row.closed_at is not None, due_at)


def key_row(key: AccountKey) -> tuple[str, ...]:
    """What tells an account apart, as it is stored: kind, unit, type and id of the owner, store."""
    return (key.kind.value, key.unit.code, key.owner_type.value, key.owner_id, key.store_id)


def _add_missing(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    new = postgresql.insert if is_postgresql(connection) else sqlite.insert
    if rows:
        connection.execute(new(table).on_conflict_do_nothing(), rows)


def chunks(items: Sequence[T]) -> Iterable[Sequence[T]]:
    """As many as a statement takes at once, until there are no more."""
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
