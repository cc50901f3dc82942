"""SQL of balances: sums over transfers from a checkpoint on, statements, and the checkpoints themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)

from central_server.features.ledger.tables import (
    ledger_checkpoint,
    ledger_journal,
    ledger_transfer,
)
from central_server.platform.database import bulk_insert, is_postgresql

_MOVES = ledger_transfer.c.phase.in_(("single", "post"))
_CHUNK = 5_000
_SUMMING_LOCK = 0x5375_6D73  # "Sums"
_PASSED = delete(ledger_checkpoint).where(
    tuple_(ledger_checkpoint.c.account_id, ledger_checkpoint.c.through_id).in_(
        bindparam("passed", expanding=True)
    )
)


@dataclass(frozen=True, slots=True)
class Sums:
    """What was posted to an account on either side, over the transfers up to `through_id`; `moves` of them are behind
    the checkpoint before. The earliest of those bears the moment `began`, the latest of all `as_of`.
    """

    debits: int
    credits: int
    through_id: int
    moves: int
    began: datetime
    as_of: datetime


def last_sums(connection: Connection, account_id: int) -> Sums | None:
    """The account's latest checkpoint, if it has any."""
    query = select(ledger_checkpoint).where(ledger_checkpoint.c.account_id == account_id)
    newest = query.order_by(ledger_checkpoint.c.through_id.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return None if row is None else _sums_of(row)


def _known_by() -> Select[Any]:
    account: BindParameter[int] = bindparam("account")
    at = bindparam("at", type_=ledger_checkpoint.c.as_of.type)
    point = ledger_checkpoint.c
    mine = point.account_id == account
    before = (
        select(point.through_id, point.debits, point.credits)
        .where(mine, point.as_of <= at)
        .order_by(point.through_id.desc())
        .limit(1)
        .cte("before")
    )
    since = func.coalesce(select(before.c.through_id).scalar_subquery(), 0)
    begun = select(func.max(point.through_id)).where(
        mine, point.through_id > since, point.began <= at
    )
    last = select(func.max(point.through_id)).where(mine)
    debits, credits_ = select(before.c.debits), select(before.c.credits)
    parts = (
        debits.scalar_subquery(),
        credits_.scalar_subquery(),
        begun.scalar_subquery(),
        last.scalar_subquery(),
    )
    return select(since, *(func.coalesce(part, 0) for part in parts))


def _moved_by() -> Select[Any]:
    account: BindParameter[int] = bindparam("account")
    line = ledger_transfer.c
    recorded = line.recorded_at <= bindparam("at", type_=line.recorded_at.type)
    spans = (
        (line.id > bindparam("since"), line.id <= bindparam("until")),
        (line.id > bindparam("last"),),
    )
    return select(
        *(
            func.coalesce(
                select(func.sum(line.amount))
                .where(side == account, *span, _MOVES, recorded)
                .scalar_subquery(),
                0,
            )
            for side in (line.debit_id, line.credit_id)
            for span in spans
        )
    )


_KNOWN_BY, _MOVED_BY = _known_by(), _moved_by()


def recorded(connection: Connection, account_id: int, at: datetime) -> tuple[int, int]:
    """Debits and credits of an account over all transfers recorded by a moment: of its last checkpoint by then, and of
    what moved since as far as that can bear the moment or one before. Checkpoints say when it began what is behind the
    one before; what is behind the last one is read whole.

    Two journeys, so that the database knows how few transfers the second is about.
    """
    asked = {"account": account_id, "at": at}
    since, debits, credits_, until, last = connection.execute(_KNOWN_BY, asked).one()
    bounds = {"since": since, "until": until, "last": last}
    moves = connection.execute(_MOVED_BY, {**asked, **bounds}).one()
    return int(debits + moves[0] + moves[1]), int(credits_ + moves[2] + moves[3])


def moved(
    connection: Connection,
    account_id: int,
    after_id: int,
    *,
    effective: date | None = None,
) -> tuple[int, int]:
    """Debits and credits of an account after a transfer, effective not after a day, where one is given."""
    conditions = [_MOVES, ledger_transfer.c.id > after_id]
    if effective is not None:
        conditions.append(ledger_transfer.c.effective_date <= effective)
    sums = []
    for side in (ledger_transfer.c.debit_id, ledger_transfer.c.credit_id):
        query = select(func.coalesce(func.sum(ledger_transfer.c.amount), 0))
        found = connection.execute(query.where(side == account_id, *conditions)).scalar_one()
        sums.append(int(found))
    return sums[0], sums[1]


def statement(
    connection: Connection, account_id: int, before_id: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Transfers of an account with their journals, newest first; `before_id` is the last one shown."""
    either = or_(
        ledger_transfer.c.debit_id == account_id, ledger_transfer.c.credit_id == account_id
    )
    query = (
        select(
            ledger_transfer,
            ledger_journal.c.rule,
            ledger_journal.c.source_event_id,
            ledger_journal.c.reversal_of,
        )
        .join(ledger_journal, ledger_journal.c.id == ledger_transfer.c.journal_id)
        .where(either)
    )
    if before_id is not None:
        query = query.where(ledger_transfer.c.id < before_id)
    return connection.execute(query.order_by(ledger_transfer.c.id.desc()).limit(limit)).all()


# --- checkpoints ------------------------------------------------------------------------------


def last_transfer(connection: Connection) -> int:
    """The number of the newest transfer; 0 if there is none."""
    newest = select(func.coalesce(func.max(ledger_transfer.c.id), 0))
    return int(connection.execute(newest).scalar_one())


def last_checkpoint(connection: Connection) -> int:
    """Up to which transfer there are checkpoints."""
    newest = select(func.coalesce(func.max(ledger_checkpoint.c.through_id), 0))
    return int(connection.execute(newest).scalar_one())


def sum_alone(connection: Connection) -> None:
    """Wait until nobody else makes checkpoints, which then stays so until the transaction ends."""
    if is_postgresql(connection):
        connection.execute(select(func.pg_advisory_xact_lock(_SUMMING_LOCK)))


def add_checkpoints(
    connection: Connection, after_id: int, through_id: int, enough: int
) -> list[int]:
    """Bring the checkpoints of every account that moved between two transfers up to the second; which these are. The
    last one of an account moves on unless it would have more than `enough` moves: then it stays, and a new one begins.
    """
    deltas = _deltas(connection, after_id, through_id)
    ids = sorted(deltas)
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        before = _latest(connection, chunk)
        rows, passed = [], []
        for number in chunk:
            known, new = before.get(number), deltas[number]
            if known is None:
                rows.append(_point(number, new))
                continue
            if known.moves + new.moves <= enough:
                passed.append((number, known.through_id))
                new = replace(new, moves=known.moves + new.moves, began=min(known.began, new.began))
            summed = replace(
                new,
                debits=known.debits + new.debits,
                credits=known.credits + new.credits,
                # Clocks are set, and differ: what it goes on from may bear a later moment.
                as_of=max(known.as_of, new.as_of),
            )
            rows.append(_point(number, summed))
        connection.execute(_PASSED, {"passed": passed})
        bulk_insert(connection, ledger_checkpoint, rows)
    return ids


def _point(account_id: int, sums: Sums) -> dict[str, Any]:
    return {"account_id": account_id, **asdict(sums)}


def forget_checkpoints(connection: Connection) -> None:
    """Drop all checkpoints, to make them anew."""
    connection.execute(delete(ledger_checkpoint))


def _deltas(connection: Connection, after_id: int, through_id: int) -> dict[int, Sums]:
    span = ledger_transfer.c.id.between(after_id + 1, through_id)
    sides = union_all(
        *(
            select(
                side.label("account"),
                *sums,
                func.count().label("moves"),
                func.min(ledger_transfer.c.recorded_at).label("began"),
                func.max(ledger_transfer.c.recorded_at).label("as_of"),
            )
            .where(_MOVES, span)
            .group_by(side)
            for side, sums in (
                (ledger_transfer.c.debit_id, _sums(0)),
                (ledger_transfer.c.credit_id, _sums(1)),
            )
        )
    ).subquery()
    columns = sides.c
    query = select(
        columns.account,
        *(func.sum(columns[name]) for name in ("debits", "credits", "moves")),
        func.min(columns.began),
        func.max(columns.as_of),
    ).group_by(columns.account)
    return {
        row[0]: Sums(int(row[1]), int(row[2]), through_id, int(row[3]), row[4], row[5])
        for row in connection.execute(query)
    }


def _sums(side: int) -> tuple[Any, Any]:
    amount, nothing = func.sum(ledger_transfer.c.amount), literal(0)
    pair = (amount, nothing) if side == 0 else (nothing, amount)
    return pair[0].label("debits"), pair[1].label("credits")


def _latest(connection: Connection, ids: Sequence[int]) -> dict[int, Sums]:
    newest = (
        select(
            ledger_checkpoint.c.account_id,
            func.max(ledger_checkpoint.c.through_id).label("through_id"),
        )
        .where(ledger_checkpoint.c.account_id.in_(ids))
        .group_by(ledger_checkpoint.c.account_id)
        .subquery()
    )
    query = select(ledger_checkpoint).join(
        newest,
        (ledger_checkpoint.c.account_id == newest.c.account_id)
        & (ledger_checkpoint.c.through_id == newest.c.through_id),
    )
    rows = connection.execute(query)
    return {row.account_id: _sums_of(row) for row in rows}


def _sums_of(row: Row[Any]) -> Sums:
    return Sums(row.debits, row.credits, row.through_id, row.moves, row.began, row.as_of)
