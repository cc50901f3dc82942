"""SQL of code batches, their owners and what became of single codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, literal, or_, select, tuple_, update

from central_server.features.coupons.tables import code_batch, code_hold, code_owner, code_state
from central_server.platform.database import among, bulk_insert, hold_lock
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork

Key = tuple[UUID, int]
"""A code: its batch and its place there."""
APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class CodeState:
    """How often a code was used, and since when it is blocked (None: it is not)."""

    used: int = 0
    blocked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """What a till wanted of a code, and what became of it; `receipt` is the number of the one that used it.

    `state`: `approved`, `captured`, `released`, or `returned` once all its goods came back and it works again.
    """

    auth_id: UUID
    till_id: str
    store_id: str
    batch_id: UUID | None
    place: int | None
    code: str
    basket_id: UUID | None
    state: str
    asked_at: datetime
    expires_at: datetime | None = None
    ended_at: datetime | None = None
    receipt: str = ""
    alone: bool = False

    @property
    def key(self) -> Key | None:
        """The code; None where only the id is known."""
        if self.batch_id is None or self.place is None:
            return None
        return self.batch_id, self.place


# --- batches ----------------------------------------------------------------------------------


def add_batch(unit: UnitOfWork, values: dict[str, Any], owners: Sequence[str]) -> None:
    """Add a batch, with whose its codes are, in the order of their places."""
    unit.connection.execute(insert(code_batch).values(values))
    batch_id = values["batch_id"]
    rows = [
        {"batch_id": batch_id, "place": place, "customer": customer}
        for place, customer in enumerate(owners)
    ]
    bulk_insert(unit.connection, code_owner, rows)


def batch_row(unit: ReadUnit, batch_id: UUID) -> Row[Any] | None:
    """One batch."""
    query = select(code_batch).where(code_batch.c.batch_id == batch_id)
    return unit.connection.execute(query).one_or_none()


def batches_of(unit: ReadUnit, promotion_id: str, limit: int, words: str = "") -> list[Row[Any]]:
    """The batches of a promotion, the newest first; with `words` those whose name or prefix has them."""
    table = code_batch.c
    query = select(code_batch).where(table.promotion_id == promotion_id)
    if words:
        named = table.name.icontains(words, autoescape=True)
        query = query.where(named | table.prefix.icontains(words, autoescape=True))
    return list(unit.connection.execute(query.order_by(table.made_at.desc()).limit(limit)))


def batches_by_id(unit: ReadUnit, ids: Iterable[UUID]) -> list[Row[Any]]:
    """These batches."""
    wanted = list(ids)
    query = select(code_batch).where(code_batch.c.batch_id.in_(wanted))
    return list(unit.connection.execute(query)) if wanted else []


def batches_open_at(unit: ReadUnit, at: datetime) -> list[Row[Any]]:
    """Id and promotion of the batches that have no end of their own before a moment."""
    table = code_batch.c
    query = select(table.batch_id, table.promotion_id)
    return list(
        unit.connection.execute(query.where(or_(table.ends_at.is_(None), table.ends_at >= at)))
    )


def batches_like(unit: ReadUnit, code: str) -> list[Row[Any]]:
    """The batches that a code of this length and beginning can be of."""
    table = code_batch.c
    begins = func.substr(literal(code), 1, func.length(table.prefix)) == table.prefix
    query = select(code_batch).where(table.length == len(code), begins)
    return list(unit.connection.execute(query.order_by(table.made_at, table.batch_id)))


def lock_spans(unit: UnitOfWork, prefix: str) -> None:
    """Let nobody else add numbered batches with this prefix until the unit ends."""
    hold_lock(unit.connection, f"numbered codes {prefix}")


def spans_like(unit: ReadUnit, prefix: str, length: int) -> list[Row[Any]]:
    """The numbered batches with this prefix whose codes have so many signs."""
    table = code_batch.c
    query = select(code_batch).where(
        table.length == length, table.prefix == prefix, table.digits.is_not(None)
    )
    return list(unit.connection.execute(query.order_by(table.made_at, table.batch_id)))


def block_batch(unit: UnitOfWork, batch_id: UUID, at: datetime | None) -> None:
    """Block a batch, or with None let it count again."""
    unit.connection.execute(
        update(code_batch).where(code_batch.c.batch_id == batch_id).values(blocked_at=at)
    )


def owner_of(unit: ReadUnit, key: Key) -> str:
    """Whose code it is; empty if it is nobody's."""
    table = code_owner.c
    query = select(table.customer).where(table.batch_id == key[0], table.place == key[1])
    return unit.connection.execute(query).scalar_one_or_none() or ""


def owners_of(unit: ReadUnit, batch_id: UUID, first: int, until: int) -> dict[int, str]:
    """Whose the codes from `first` up to `until` are, by place."""
    table = code_owner.c
    query = select(table.place, table.customer).where(
        table.batch_id == batch_id, table.place >= first, table.place < until
    )
    return {row.place: row.customer for row in unit.connection.execute(query)}


def move_owner(unit: UnitOfWork, old: str, into: str) -> None:
    """Let the codes of one customer be another's."""
    table = code_owner.c
    unit.connection.execute(update(code_owner).where(table.customer == old).values(customer=into))


# --- single codes -----------------------------------------------------------------------------


def state_of(unit: ReadUnit, key: Key) -> CodeState:
    """How a code stands."""
    return _states(unit, [key]).get(key, CodeState())


def lock_codes(unit: UnitOfWork, keys: Iterable[Key]) -> dict[Key, CodeState]:
    """How codes stand; nobody else changes them until the unit ends. Who meets somebody else at a new one collides, and
    is repeated by `run_writing`.
    """
    wanted = sorted(set(keys))
    found = _states(unit, wanted, lock=True)
    new = [key for key in wanted if key not in found]
    bulk_insert(
        unit.connection,
        code_state,
        [{"batch_id": key[0], "place": key[1], "used": 0, "blocked_at": None} for key in new],
    )
    return {**found, **{key: CodeState() for key in new}}


def _states(unit: ReadUnit, keys: Sequence[Key], *, lock: bool = False) -> dict[Key, CodeState]:
    table = code_state.c
    if not keys:
        return {}
    query = select(code_state).where(tuple_(table.batch_id, table.place).in_(list(keys)))
    if lock:
        query = query.order_by(table.batch_id, table.place).with_for_update()
    return {
        (row.batch_id, row.place): CodeState(row.used, row.blocked_at)
        for row in unit.connection.execute(query)
    }


def put_state(unit: UnitOfWork, key: Key, state: CodeState) -> None:
    """Write how a code stands that was locked before."""
    table = code_state.c
    unit.connection.execute(
        update(code_state)
        .where(table.batch_id == key[0], table.place == key[1])
        .values(used=state.used, blocked_at=state.blocked_at)
    )


def used_codes(unit: ReadUnit, ids: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
    """By batch how many codes were used at least once, and how many single ones are blocked."""
    table = code_state.c
    query = (
        select(
            table.batch_id,
            func.count().filter(table.used > 0),
            func.count(table.blocked_at),
        )
        .where(table.batch_id.in_(list(ids)))
        .group_by(table.batch_id)
    )
    return {row[0]: (row[1], row[2]) for row in unit.connection.execute(query)}


# --- what tills wanted ------------------------------------------------------------------------


def hold(unit: ReadUnit, auth_id: UUID, *, lock: bool = False) -> Hold | None:
    """What was wanted under an id; with `lock` nobody else changes it until the unit ends."""
    query = select(code_hold).where(code_hold.c.auth_id == auth_id)
    row = unit.connection.execute(query.with_for_update() if lock else query).mappings()
    found = row.one_or_none()
    return Hold(**found) if found is not None else None


def holds(unit: ReadUnit, auth_ids: Iterable[UUID]) -> dict[UUID, Hold]:
    """What was wanted under these ids."""
    wanted = list(auth_ids)
    query = select(code_hold).where(code_hold.c.auth_id.in_(wanted))
    if not wanted:
        return {}
    return {row["auth_id"]: Hold(**row) for row in unit.connection.execute(query).mappings()}


def put_hold(unit: UnitOfWork, new: Hold, known: Hold | None) -> None:
    """Write what was wanted, for the first time or changed."""
    if known is None:
        unit.connection.execute(insert(code_hold).values(asdict(new)))
    else:
        unit.connection.execute(
            update(code_hold).where(code_hold.c.auth_id == new.auth_id).values(asdict(new))
        )


def kept_elsewhere(unit: ReadUnit, key: Key, auth_id: UUID, at: datetime) -> list[Hold]:
    """Who else keeps a code for a receipt at this moment."""
    table = code_hold.c
    query = select(code_hold).where(
        table.batch_id == key[0],
        table.place == key[1],
        table.state == APPROVED,
        table.expires_at > at,
        table.auth_id != auth_id,
    )
    return [Hold(**row) for row in unit.connection.execute(query).mappings()]


def history(unit: ReadUnit, key: Key, limit: int) -> list[Hold]:
    """What became of a code, the newest first; what tills gave back is left out."""
    table = code_hold.c
    query = (
        select(code_hold)
        .where(table.batch_id == key[0], table.place == key[1], table.state != "released")
        .order_by(func.coalesce(table.ended_at, table.asked_at).desc(), table.auth_id)
        .limit(limit)
    )
    return [Hold(**row) for row in unit.connection.execute(query).mappings()]


def used_by_receipts(unit: ReadUnit, receipts: Iterable[str]) -> list[Hold]:
    """The codes that receipts of these numbers used and that do not work again yet."""
    table = code_hold.c
    query = select(code_hold).where(
        among(unit.connection, table.receipt, receipts), table.state == "captured"
    )
    return [
        Hold(**row)
        for row in unit.connection.execute(query.order_by(table.batch_id, table.place)).mappings()
    ]
