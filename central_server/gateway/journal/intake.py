"""Accepting a batch of journal events: contiguous, chained, stored as received, acknowledged. Books nothing.

Whatever is well-formed and next in sequence is accepted; whether it makes sense is found out by the projection,
on this side, so that no sale is ever refused or blocks those behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from central_server.gateway.journal import repository
from central_server.gateway.journal.repository import Chain
from central_server.platform.unit_of_work import UnitOfWork
from shared.errors import DomainError, ErrorParam
from shared.journal import ChainedEvent, link
from shared.wire.models import MAX_BATCH_BYTES, JournalBatch


@dataclass(frozen=True, slots=True)
class Accepted:
    """The batch is stored (or was already); `new_events` of it for the first time."""

    chain: Chain
    new_events: int


@dataclass(frozen=True, slots=True)
class Forked:
    """The batch contradicts stored events: two devices use one identity, or a journal was restored."""

    seq: int


def accept(
    unit: UnitOfWork, till_id: str, incarnation: int, batch: JournalBatch, now: datetime
) -> Accepted | Forked:
    """Store what is new of `batch`.

    `DomainError`: `incarnation_wrong`; `journal_batch_too_large` (413); `journal_gap` with `expected_seq`;
    `journal_hash_wrong` with the `seq` of the first event that does not continue the chain. A fork is an answer,
    not an error: both copies are kept.
    """
    if batch.incarnation != incarnation:
        params: dict[str, ErrorParam] = {
            "till": till_id,
            "given": batch.incarnation,
            "current": incarnation,
        }
        raise DomainError("incarnation_wrong", params)
    _check_size(batch)
    chain = repository.lock_chain(unit.connection, till_id, incarnation)
    expected = chain.last_seq + 1
    if batch.from_seq > expected:
        raise DomainError("journal_gap", {"expected_seq": expected})
    known_count = min(expected - batch.from_seq, len(batch.events))
    fork = _first_fork(unit, chain, batch, known_count, now)
    if fork is not None:
        return Forked(fork)
    fresh = _continue_chain(chain, batch, known_count)
    if fresh:
        repository.append_events(unit.connection, fresh, now)
        chain = Chain(
            till_id,
            incarnation,
            fresh[-1].seq,
            fresh[-1].hash,
            chain.projected_seq,
            chain.last_receipt_no,
        )
    return Accepted(chain, len(fresh))


def _check_size(batch: JournalBatch) -> None:
    """Several events share the limit; one alone may be as large as an event can be, or it could never be sent."""
    size = sum(len(event.body.encode("utf-8")) for event in batch.events)
    if len(batch.events) > 1 and size > MAX_BATCH_BYTES:
        params: dict[str, ErrorParam] = {"bytes": size, "limit": MAX_BATCH_BYTES}
        raise DomainError("journal_batch_too_large", params, http_status=413)


def _first_fork(
    unit: UnitOfWork, chain: Chain, batch: JournalBatch, known_count: int, now: datetime
) -> int | None:
    """The first known sequence number that came with another hash; the whole other copy is kept."""
    if known_count == 0:
        return None
    last_known = batch.from_seq + known_count - 1
    stored = repository.stored_hashes(
        unit.connection, chain.till_id, chain.incarnation, batch.from_seq, last_known
    )
    for offset in range(known_count):
        seq = batch.from_seq + offset
        if stored[seq].hex() != batch.events[offset].hash:
            repository.keep_fork(unit.connection, _as_sent(chain, batch, offset), now)
            return seq
    return None


def _as_sent(chain: Chain, batch: JournalBatch, first: int) -> Sequence[ChainedEvent]:
    return [
        ChainedEvent(
            till_id=chain.till_id,
            incarnation=chain.incarnation,
            seq=batch.from_seq + offset,
            event_id=sent.event_id,
            type=sent.type,
            type_version=sent.type_version,
            body=sent.body.encode("utf-8"),
            prev_hash=b"",
            hash=bytes.fromhex(sent.hash),
        )
        for offset, sent in enumerate(batch.events)
        if offset >= first
    ]


def _continue_chain(chain: Chain, batch: JournalBatch, known_count: int) -> list[ChainedEvent]:
    linked = []
    previous = chain.head_hash
    for offset in range(known_count, len(batch.events)):
        sent = batch.events[offset]
        event = link(
            till_id=chain.till_id,
            incarnation=chain.incarnation,
            seq=batch.from_seq + offset,
            event_id=sent.event_id,
            event_type=sent.type,
            version=sent.type_version,
            body=sent.body.encode("utf-8"),
            prev_hash=previous,
        )
        if event.hash.hex() != sent.hash:
            raise DomainError("journal_hash_wrong", {"seq": event.seq})
        linked.append(event)
        previous = event.hash
    return linked
