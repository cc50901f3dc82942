"""SQL of the journal intake and of the projection's position."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from central_server.gateway.journal.tables import till_chain, till_event, till_fork
from central_server.platform.database import bulk_insert, is_postgresql
from shared.journal import ChainedEvent, first_prev_hash


@dataclass(frozen=True, slots=True)
class Chain:
    """Where the journal of one incarnation of a till stands at the centre."""

    till_id: str
    incarnation: int
    last_seq: int
    head_hash: bytes
    projected_seq: int
    last_receipt_no: int


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An accepted event as the projection reads it."""

    till_id: str
    incarnation: int
    seq: int
    event_id: UUID
    type: str
    type_version: int
    body: bytes


def lock_chain(connection: Connection, till_id: str, incarnation: int) -> Chain:
    """The chain, created at its first use and locked for this transaction."""
    fresh = {
        "till_id": till_id,
        "incarnation": incarnation,
        "last_seq": 0,
        "head_hash": first_prev_hash(till_id, incarnation),
        "projected_seq": 0,
        "last_receipt_no": 0,
    }
    insert = postgresql.insert if is_postgresql(connection) else sqlite.insert
    connection.execute(insert(till_chain).values(fresh).on_conflict_do_nothing())
    row = connection.execute(
        select(till_chain).where(_is(till_chain, till_id, incarnation)).with_for_update()
    )
    return Chain(**row.mappings().one())


def chain(connection: Connection, till_id: str, incarnation: int) -> Chain | None:
    """The chain as it stands, or None if the till has sent nothing in this incarnation."""
    row = (
        connection.execute(select(till_chain).where(_is(till_chain, till_id, incarnation)))
        .mappings()
        .one_or_none()
    )
    return Chain(**row) if row is not None else None


def stored_hashes(
    connection: Connection, till_id: str, incarnation: int, first: int, last: int
) -> dict[int, bytes]:
    """The hashes of the stored events with these sequence numbers."""
    rows = connection.execute(
        select(till_event.c.seq, till_event.c.hash).where(
            _is(till_event, till_id, incarnation), till_event.c.seq.between(first, last)
        )
    )
    return {row.seq: row.hash for row in rows}


def append_events(
    connection: Connection, events: Sequence[ChainedEvent], received_at: datetime
) -> None:
    """Store accepted events and move the chain to the last of them."""
    bulk_insert(connection, till_event, [_row(event, received_at) for event in events])
    last = events[-1]
    connection.execute(
        update(till_chain)
        .where(_is(till_chain, last.till_id, last.incarnation))
        .values(last_seq=last.seq, head_hash=last.hash)
    )


def keep_fork(
    connection: Connection, events: Iterable[ChainedEvent], received_at: datetime
) -> None:
    """Keep the other copy of events that contradict stored ones; the same copy again changes nothing."""
    insert = postgresql.insert if is_postgresql(connection) else sqlite.insert
    for event in events:
        row = _row(event, received_at)
        connection.execute(insert(till_fork).values(row).on_conflict_do_nothing())


def pending_events(connection: Connection, limit: int) -> tuple[StoredEvent, ...]:
    """Accepted events that are not projected yet, in sequence per till."""
    rows = connection.execute(
        select(
            till_event.c.till_id,
            till_event.c.incarnation,
            till_event.c.seq,
            till_event.c.event_id,
            till_event.c.type,
            till_event.c.type_version,
            till_event.c.body,
        )
        .select_from(
            till_chain.join(
                till_event,
                and_(
                    till_event.c.till_id == till_chain.c.till_id,
                    till_event.c.incarnation == till_chain.c.incarnation,
                    till_event.c.seq > till_chain.c.projected_seq,
                ),
            )
        )
        .where(till_chain.c.projected_seq < till_chain.c.last_seq)
        .order_by(till_event.c.till_id, till_event.c.incarnation, till_event.c.seq)
        .limit(limit)
    )
    return tuple(StoredEvent(**row) for row in rows.mappings())


def chains_for_update(
    connection: Connection, keys: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], Chain]:
    """The chains with these keys, locked in key order."""
    found = {}
    for till_id, incarnation in sorted(set(keys)):
        found[till_id, incarnation] = lock_chain(connection, till_id, incarnation)
    return found


def set_projected(connection: Connection, moved: Iterable[Chain]) -> None:
    """Write projection position and last receipt number of these chains."""
    for one in moved:
        connection.execute(
            update(till_chain)
            .where(_is(till_chain, one.till_id, one.incarnation))
            .values(projected_seq=one.projected_seq, last_receipt_no=one.last_receipt_no)
        )


def counts(connection: Connection) -> tuple[int, int]:
    """How many events of all tills were accepted, and how many of them are projected."""
    sums = (
        func.coalesce(func.sum(till_chain.c[name]), 0) for name in ("last_seq", "projected_seq")
    )
    accepted, projected = connection.execute(select(*sums)).one()
    return int(accepted), int(projected)


def chains(connection: Connection) -> tuple[Chain, ...]:
    """All chains, for the nightly verification."""
    rows = connection.execute(
        select(till_chain).order_by(till_chain.c.till_id, till_chain.c.incarnation)
    )
    return tuple(Chain(**row) for row in rows.mappings())


def projected_events(
    connection: Connection, chain: Chain, after_seq: int, types: Sequence[str], limit: int
) -> list[StoredEvent]:
    """The next events of these types that are projected."""
    rows = connection.execute(
        select(*(till_event.c[name] for name in StoredEvent.__slots__))
        .where(
            _is(till_event, chain.till_id, chain.incarnation),
            till_event.c.seq.between(after_seq + 1, chain.projected_seq),
            till_event.c.type.in_(types),
        )
        .order_by(till_event.c.seq)
        .limit(limit)
    )
    return [StoredEvent(**row) for row in rows.mappings()]


def event_page(
    connection: Connection, till_id: str, incarnation: int, after_seq: int, limit: int
) -> tuple[ChainedEvent, ...]:
    """Stored events after a sequence number, with their hashes (`prev_hash` is left empty)."""
    rows = connection.execute(
        select(till_event)
        .where(_is(till_event, till_id, incarnation), till_event.c.seq > after_seq)
        .order_by(till_event.c.seq)
        .limit(limit)
    )
    return tuple(
        ChainedEvent(
            till_id=row.till_id,
            incarnation=row.incarnation,
            seq=row.seq,
            event_id=row.event_id,
            type=row.type,
            type_version=row.type_version,
            body=row.body,
            prev_hash=b"",
            hash=row.hash,
        )
        for row in rows
    )


def one_event(connection: Connection, event_id: UUID) -> StoredEvent | None:
    """The accepted event with this id, the first received if a till made two."""
    row = (
        connection.execute(
            select(*(till_event.c[name] for name in StoredEvent.__slots__))
            .where(till_event.c.event_id == event_id)
            .order_by(till_event.c.received_at)
            .limit(1)
        )
        .mappings()
        .one_or_none()
    )
    return StoredEvent(**row) if row is not None else None


def forked_events(connection: Connection, till_id: str) -> list[dict[str, Any]]:
    """The other copies kept of a till's events, with what is stored beside them."""
    rows = connection.execute(
        select(
            till_fork.c.incarnation,
            till_fork.c.seq,
            till_fork.c.type,
            till_fork.c.hash,
            till_fork.c.received_at,
        )
        .where(till_fork.c.till_id == till_id)
        .order_by(till_fork.c.incarnation, till_fork.c.seq)
        .limit(500)
    )
    return [dict(row) for row in rows.mappings()]


def _is(table: Any, till_id: str, incarnation: int) -> Any:
    return and_(table.c.till_id == till_id, table.c.incarnation == incarnation)


def _row(event: ChainedEvent, received_at: datetime) -> dict[str, Any]:
    return {
        "till_id": event.till_id,
        "incarnation": event.incarnation,
        "seq": event.seq,
        "event_id": event.event_id,
        "type": event.type,
        "type_version": event.type_version,
        "body": event.body,
        "hash": event.hash,
        "received_at": received_at,
    }
