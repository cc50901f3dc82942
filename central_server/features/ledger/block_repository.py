"""SQL of the chain of blocks, and of reading everything that is stored for checking it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, String, bindparam, cast, insert, select

from central_server.features.ledger.tables import (
    ledger_block,
    ledger_journal,
    ledger_lot,
    ledger_transfer,
)
from shared.ledger import LotTerms

_T = ledger_transfer.c


def _joined(*columns: Any) -> Any:
    """Columns as one text with `|` in between, the same on both databases."""
    texts: list[Any] = [cast(column, String) for column in columns]
    return reduce(lambda text, column: text.concat("|").concat(column), texts)


_STORED = (
    select(
        _T.id,
        _T.line,
        cast(_T.journal_id, String).label("key"),
        _joined(_T.line, _T.debit_id, _T.credit_id, _T.unit, _T.amount, _T.code, _T.phase),
        _T.recorded_at,
        _T.effective_date,
        _T.pending_id,
        _T.expires_at,
    )
    .where(_T.id > bindparam("after"))
    .order_by(_T.id)
    .limit(bindparam("many"))
)
_HEADS = select(ledger_journal, cast(ledger_journal.c.id, String).label("key")).where(
    ledger_journal.c.id.in_(
        select(_T.journal_id).where(_T.id.between(bindparam("first"), bindparam("last")))
    )
)


@dataclass(frozen=True, slots=True)
class Block:
    """A sealed block: the transfers behind the block before, up to `last_transfer`."""

    n: int
    first_transfer: int
    last_transfer: int
    transfers: int
    prev_hash: bytes
    hash: bytes


def last_block(connection: Connection) -> Block | None:
    """The newest block."""
    row = connection.execute(_blocks().order_by(ledger_block.c.n.desc()).limit(1)).one_or_none()
    return None if row is None else Block(*row)


def blocks(connection: Connection) -> list[Block]:
    """All blocks in their order."""
    return [Block(*row) for row in connection.execute(_blocks().order_by(ledger_block.c.n))]


def hashes(connection: Connection, numbers: Sequence[int]) -> dict[int, bytes]:
    """The hashes of these blocks."""
    query = select(ledger_block.c.n, ledger_block.c.hash).where(ledger_block.c.n.in_(numbers))
    return {row.n: row.hash for row in connection.execute(query)}


def add_block(connection: Connection, block: Block, sealed_at: datetime) -> None:
    """Add a block."""
    row = {name: getattr(block, name) for name in Block.__slots__}
    connection.execute(insert(ledger_block).values({**row, "sealed_at": sealed_at}))


def leaves(
    connection: Connection, after_id: int, through_id: int, limit: int
) -> list[tuple[int, int, bytes, datetime]]:
    """Number, line, digest of the journal and time of recording of the next transfers."""
    query = (
        select(
            ledger_transfer.c.id,
            ledger_transfer.c.line,
            ledger_journal.c.digest,
            ledger_transfer.c.recorded_at,
        )
        .join(ledger_journal, ledger_journal.c.id == ledger_transfer.c.journal_id)
        .where(ledger_transfer.c.id.between(after_id + 1, through_id))
        .order_by(ledger_transfer.c.id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(query)]


def stored_transfers(connection: Connection, after_id: int, limit: int) -> Sequence[Any]:
    """The next transfers: number, line, journal as text, the text that goes into its digest, and what belongs to it."""
    return connection.execute(_STORED, {"after": after_id, "many": limit}).all()


def journals_of(connection: Connection, first: int, last: int) -> dict[str, Row[Any]]:
    """The journals of the transfers between two numbers, by id as text."""
    rows = connection.execute(_HEADS, {"first": first, "last": last})
    return {row.key: row for row in rows}


def lots_of(connection: Connection, first: int, last: int) -> dict[int, LotTerms]:
    """The terms of the lots that the transfers between two numbers made, by the number of the transfer."""
    source = ledger_lot.c.source_transfer_id
    query = select(source, ledger_lot.c.vests_on, ledger_lot.c.expires_on)
    rows = connection.execute(query.where(source.between(first, last)))
    return {row[0]: LotTerms(row[1], row[2]) for row in rows}


def journals_without_transfers(connection: Connection, limit: int) -> list[UUID]:
    """Journals of which no transfer is there."""
    query = (
        select(ledger_journal.c.id)
        .outerjoin(
            ledger_transfer,
            (ledger_transfer.c.journal_id == ledger_journal.c.id) & (ledger_transfer.c.line == 1),
        )
        .where(ledger_transfer.c.id.is_(None))
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def _blocks() -> Any:
    return select(*(ledger_block.c[name] for name in Block.__slots__))
