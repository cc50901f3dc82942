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
from shared.ledger.digest import (
    FIRST_PREVIOUS,
    StoredJournal,
    StoredTransfer,
    block_hash,
    journal_digest,
)

_PAGE = 10_000
Found = tuple[str, Mapping[str, ErrorParam]]


def chain_findings(unit: ReadUnit) -> Iterator[Found]:
    """Journals and blocks that are not as they were written."""
    journals = _Journals()
    blocks = _Blocks(block_repository.blocks(unit.connection))
    last = 0
    while page := block_repository.stored(unit.connection, last, _PAGE):
        for row in page:
            yield from journals.take(row)
            yield from blocks.take(row)
        last = page[-1].id
    yield from journals.unfinished()
    yield from blocks.unfinished()
    for journal_id in block_repository.journals_without_transfers(unit.connection, MOST_FINDINGS):
        yield _journal_differs(journal_id)


class _Journals:
    """Collects the transfers of journals until each is whole: others may be numbered in between."""

    def __init__(self) -> None:
        self._open: dict[UUID, list[Row[Any]]] = {}

    def take(self, row: Row[Any]) -> Iterator[Found]:
        """The next transfer; what is wrong with its journal, once that is whole."""
        rows = self._open.setdefault(row.journal_id, [])
        rows.append(row)
        if len(rows) == row.lines:
            del self._open[row.journal_id]
            if _digest(rows) != row.digest or not _agrees(rows):
                yield _journal_differs(row.journal_id)

    def unfinished(self) -> Iterator[Found]:
        """Journals with fewer transfers than were posted."""
        for journal_id in self._open:
            yield _journal_differs(journal_id)


class _Blocks:
    """Follows the chain of blocks along the transfers."""

    def __init__(self, blocks: list[Block]) -> None:
        self._left = list(reversed(blocks))
        self._previous = FIRST_PREVIOUS
        self._number = 1
        self._leaves: list[tuple[int, int, bytes, datetime]] = []

    def take(self, row: Row[Any]) -> Iterator[Found]:
        """The next transfer; what is wrong with the blocks before it."""
        while self._left and row.id > self._left[-1].last_transfer:
            yield from self._close()
        if self._left:
            self._leaves.append((row.id, row.line, row.digest, row.recorded_at))

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


def _digest(rows: list[Row[Any]]) -> bytes:
    head = rows[0]
    journal = StoredJournal(
        head.journal_id,
        head.rule,
        head.rule_version,
        head.business_date,
        head.source_event_id,
        head.reversal_of,
    )
    return journal_digest(
        journal,
        [
            StoredTransfer(
                row.line,
                row.debit_id,
                row.credit_id,
                row.unit,
                row.amount,
                row.code,
                row.phase,
                row.pending_id,
                row.expires_at,
                row.vests_on,
                row.expires_on,
            )
            for row in sorted(rows, key=lambda each: int(each.line))
        ],
    )


def _agrees(rows: list[Row[Any]]) -> bool:
    """Whether what transfers repeat of their journal is the same there."""
    head = rows[0]
    when = head.business_date, head.journal_recorded_at
    return all((row.effective_date, row.recorded_at) == when for row in rows)


def _journal_differs(journal_id: UUID) -> Found:
    return "ledger_digest_differs", {"journal": str(journal_id)}
