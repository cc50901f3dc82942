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


def stored(connection: Connection, after_id: int, limit: int) -> Sequence[Row[Any]]:
    """The next transfers with their journals and the terms of the lots that they made."""
    query = (
        select(
            ledger_transfer,
            ledger_journal.c.rule,
            ledger_journal.c.rule_version,
            ledger_journal.c.business_date,
            ledger_journal.c.source_event_id,
            ledger_journal.c.reversal_of,
            ledger_journal.c.lines,
            ledger_journal.c.digest,
            ledger_journal.c.recorded_at.label("journal_recorded_at"),
            ledger_lot.c.vests_on,
            ledger_lot.c.expires_on,
        )
        .join(ledger_journal, ledger_journal.c.id == ledger_transfer.c.journal_id)
        .outerjoin(ledger_lot, ledger_lot.c.source_transfer_id == ledger_transfer.c.id)
        .where(ledger_transfer.c.id > after_id)
        .order_by(ledger_transfer.c.id)
        .limit(limit)
    )
    return connection.execute(query).all()


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
