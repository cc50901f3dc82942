"""What a unit of work knows of the ledger already: numbers of accounts, and accounts that it has locked.

Nobody else changes an account that is locked, so whoever asks again within the unit is answered from here: an
authorisation looks at one account half a dozen times, and each look would be a journey to the database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from central_server.features.ledger import account_repository
from central_server.features.ledger.account_repository import AccountRow
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.ledger import AccountKey, Counters

_MEMO = "ledger"


@dataclass(slots=True)
class _Known:
    numbers: dict[AccountKey, int] = field(default_factory=dict)
    locked: dict[int, AccountRow] = field(default_factory=dict)
    # Accounts on which nothing is held any more whose time was over at a moment.
    swept: dict[int, datetime] = field(default_factory=dict)
    entered: bool = False


def _known(unit: ReadUnit) -> _Known:
    found: _Known = unit.memo.setdefault(_MEMO, _Known())
    return found


def enter(unit: UnitOfWork) -> None:
    """Say, once, that this unit posts."""
    known = _known(unit)
    if not known.entered:
        account_repository.enter(unit.connection)
        known.entered = True


def numbers_of(unit: ReadUnit, keys: Iterable[AccountKey]) -> dict[AccountKey, int]:
    """The numbers of those accounts that are there: they never change."""
    known, wanted = _known(unit).numbers, set(keys)
    missing = wanted - known.keys()
    if missing:
        known.update(account_repository.account_ids(unit.connection, missing))
    return {key: known[key] for key in wanted & known.keys()}


def lock(unit: UnitOfWork, ids: Iterable[int]) -> dict[int, AccountRow]:
    """Accounts with their counters, locked until the unit ends, by number. Who locks means to post, or may."""
    mine = _known(unit)
    known, wanted = mine.locked, set(ids)
    missing = wanted - known.keys()
    if missing:
        found = account_repository.locked_accounts(
            unit.connection, missing, entering=not mine.entered
        )
        mine.entered = mine.entered or bool(found)
        known.update(found)
    return {number: known[number] for number in sorted(wanted & known.keys())}


def lock_named(
    unit: UnitOfWork, floored: Collection[AccountKey], others: Collection[AccountKey]
) -> None:
    """Lock `floored`, and get to know the numbers of `others`, as far as they are there: in one journey."""
    mine = _known(unit)
    to_lock = [key for key in floored if mine.numbers.get(key) not in mine.locked]
    to_know = [key for key in others if key not in mine.numbers]
    if not to_lock:
        numbers_of(unit, to_know)
        return
    found = account_repository.accounts_by_key(
        unit.connection, to_lock, to_know, entering=not mine.entered
    )
    mine.numbers.update({key: row.id for key, row in found.items()})
    locked = {found[key].id: found[key] for key in to_lock if key in found}
    mine.entered = mine.entered or bool(locked)
    mine.locked.update(locked)


def as_it_stands(unit: ReadUnit, number: int) -> AccountRow:
    """An account with its counters, locked or not."""
    found = _known(unit).locked.get(number)
    return found or account_repository.accounts_by_id(unit.connection, [number])[number]


def count(unit: UnitOfWork, row: AccountRow, after: Counters) -> None:
    """Write the counters of a locked account."""
    account_repository.set_counters(unit.connection, row, after)
    counted(unit, row, after)


def counted(unit: UnitOfWork, row: AccountRow, after: Counters) -> None:
    """Note that the counters of a locked account are written."""
    _known(unit).locked[row.id] = replace(row, counters=after, due_at=None)


def forget(unit: UnitOfWork, number: int) -> None:
    """Somebody changed an account otherwise than by posting: it is read again."""
    _known(unit).locked.pop(number, None)


def to_sweep(unit: UnitOfWork, ids: Iterable[int], at: datetime) -> list[int]:
    """Those of these locked accounts that may hold something too long, as far as is known."""
    known = _known(unit)
    return [
        number
        for number in ids
        if (number not in known.swept or known.swept[number] < at)
        and not _holds_beyond(known.locked.get(number), at)
    ]


def _holds_beyond(row: AccountRow | None, at: datetime) -> bool:
    return row is not None and row.due_at is not None and row.due_at > at


def swept(unit: UnitOfWork, ids: Collection[int], at: datetime) -> None:
    """Note that nothing is held on these any more whose time is over."""
    _known(unit).swept.update(dict.fromkeys(ids, at))
