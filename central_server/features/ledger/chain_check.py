"""Works out every digest and every block of the ledger again from what is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from central_server.features.ledger import block_repository
from central_server.features.ledger.audit_repository import MOST_FINDINGS
from central_server.features.ledger.block_repository import Block
from central_server.platform.unit_of_work import ReadUnit
from shared.errors import ErrorParam
from shared.ledger import LotTerms
from shared.ledger.digest import (
    FIRST_PREVIOUS,
    StoredJournal,
    StoredTransfer,
    block_hash,
    journal_digest,
)

_PAGE = 10_000
_NO_TERMS = LotTerms()
Found = tuple[str, Mapping[str, ErrorParam]]


def chain_findings(unit: ReadUnit) -> Iterator[Found]:
    """Journals and blocks that are not as they were written."""
    journals = _Journals()
    blocks = _Blocks(block_repository.blocks(unit.connection))
    last = 0
    connection = unit.connection
    while page := block_repository.stored_transfers(connection, last, _PAGE):
        first, last = page[0].id, page[-1].id
        heads = block_repository.journals_of(connection, first, last)
        lots = block_repository.lots_of(connection, first, last)
        for row in page:
            head = heads.get(row.journal_id)
            yield from journals.take(row, head, lots.get(row.id, _NO_TERMS))
            yield from blocks.take(row, head.digest if head is not None else b"")
    yield from journals.unfinished()
    yield from blocks.unfinished()
    for journal_id in block_repository.journals_without_transfers(connection, MOST_FINDINGS):
        yield _journal_differs(journal_id)


class _Journals:
    """Collects the transfers of journals until each is whole: others may be numbered in between."""

    def __init__(self) -> None:
        self._open: dict[UUID, list[StoredTransfer]] = {}
        self._odd: set[UUID] = set()

    def take(self, row: Row[Any], head: Row[Any] | None, lot: LotTerms) -> Iterator[Found]:
        """The next transfer, its journal, and the lot it made; what is wrong with the journal, once that is whole."""
        journal_id = row.journal_id
        lines = self._open.setdefault(journal_id, [])
        lines.append(_line(row, lot))
        if head is None:
            return
        # What transfers repeat of their journal must be the same there.
        if row.effective_date != head.business_date or row.recorded_at != head.recorded_at:
            self._odd.add(journal_id)
        if len(lines) == head.lines:
            del self._open[journal_id]
            if journal_id in self._odd or _digest(head, lines) != head.digest:
                yield _journal_differs(journal_id)

    def unfinished(self) -> Iterator[Found]:
        """Journals with fewer or more transfers than were posted, or none of whose head is there."""
        for journal_id in self._open:
            yield _journal_differs(journal_id)


class _Blocks:
    """Follows the chain of blocks along the transfers."""

    def __init__(self, blocks: list[Block]) -> None:
        self._left = list(reversed(blocks))
        self._previous = FIRST_PREVIOUS
        self._number = 1
        self._leaves: list[tuple[int, int, bytes, datetime]] = []

    def take(self, row: Row[Any], digest: bytes) -> Iterator[Found]:
        """The next transfer with its journal's digest; what is wrong with the blocks before it."""
        while self._left and row.id > self._left[-1].last_transfer:
            yield from self._close()
        if self._left:
            self._leaves.append((row.id, row.line, digest, row.recorded_at))

    def unfinished(self) -> Iterator[Found]:
        """What is wrong with the blocks behind the last transfer."""
        while self._left:
            yield from self._close()

    def _close(self) -> Iterator[Found]:
        block = self._left.pop()
        expected = block_hash(self._previous, self._number, self._leaves)
        sealed = (block.n, block.prev_hash, block.hash, block.transfers)
        if sealed != (self._number, self._previous, expected, len(self._leaves)):
            yield "ledger_block_differs", {"block": block.n}
        # The blocks behind are judged by themselves: one broken link is one finding.
        self._previous, self._number, self._leaves = block.hash, block.n + 1, []


def _line(row: Row[Any], lot: LotTerms) -> StoredTransfer:
    return StoredTransfer(
        row.line,
        row.debit_id,
        row.credit_id,
        row.unit,
        row.amount,
        row.code,
        row.phase,
        row.pending_id,
        row.expires_at,
        lot.vests_on,
        lot.expires_on,
    )


def _digest(head: Row[Any], lines: list[StoredTransfer]) -> bytes:
    journal = StoredJournal(
        head.id,
        head.rule,
        head.rule_version,
        head.business_date,
        head.source_event_id,
        head.reversal_of,
    )
    return journal_digest(journal, sorted(lines, key=lambda each: each.line))


def _journal_differs(journal_id: UUID) -> Found:
    return "ledger_digest_differs", {"journal": str(journal_id)}
