"""SQL of the chain of blocks, and of reading everything that is stored for checking it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select

from central_server.features.ledger.tables import (
    ledger_block,
    ledger_journal,
    ledger_lot,
    ledger_transfer,
)
from shared.ledger import LotTerms


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


def stored_transfers(connection: Connection, after_id: int, limit: int) -> Sequence[Row[Any]]:
    """The next transfers."""
    query = select(ledger_transfer).where(ledger_transfer.c.id > after_id)
    return connection.execute(query.order_by(ledger_transfer.c.id).limit(limit)).all()


def journals_of(connection: Connection, first: int, last: int) -> dict[UUID, Row[Any]]:
    """The journals of the transfers between two numbers, by id."""
    named = select(ledger_transfer.c.journal_id).where(ledger_transfer.c.id.between(first, last))
    rows = connection.execute(select(ledger_journal).where(ledger_journal.c.id.in_(named)))
    return {row.id: row for row in rows}


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
