"""Works out every digest and every block of the ledger again from what is stored.

Read page by page, the next one while this one is worked out; never more than two are held, however long the ledger is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from central_server.features.ledger import block_repository
from central_server.features.ledger.audit_repository import MOST_FINDINGS
from central_server.features.ledger.block_repository import Block
from central_server.platform.background import ahead
from central_server.platform.unit_of_work import ReadUnit
from shared.errors import ErrorParam
from shared.ledger import LotTerms
from shared.ledger.digest import (
    FIRST_PREVIOUS,
    StoredJournal,
    block_hash,
    digest_of_rows,
    transfer_tail,
)

_PAGE = 10_000
_NO_TERMS = LotTerms()
Found = tuple[str, Mapping[str, ErrorParam]]
Leaf = tuple[int, int, bytes, datetime]


@dataclass(frozen=True, slots=True)
class _Page:
    """Transfers in order, their journals and the terms of the lots they made."""

    rows: Sequence[Any]
    heads: Mapping[str, Row[Any]]
    lots: Mapping[int, LotTerms]


def chain_findings(unit: ReadUnit) -> Iterator[Found]:
    """Journals and blocks that are not as they were written."""
    journals = _Journals()
    blocks = _Blocks(block_repository.blocks(unit.connection))
    for page in ahead(_pages(unit)):
        found, leaves = journals.take(page)
        yield from found
        yield from blocks.take(leaves)
    yield from journals.unfinished()
    yield from blocks.unfinished()
    for journal_id in block_repository.journals_without_transfers(unit.connection, MOST_FINDINGS):
        yield _journal_differs(str(journal_id))


def _pages(unit: ReadUnit) -> Iterator[_Page]:
    connection, last = unit.connection, 0
    while rows := block_repository.stored_transfers(connection, last, _PAGE):
        first, last = rows[0].id, rows[-1].id
        yield _Page(
            rows,
            block_repository.journals_of(connection, first, last),
            block_repository.lots_of(connection, first, last),
        )


class _Journals:
    """Collects the transfers of journals until each is whole: others may be numbered in between."""

    def __init__(self) -> None:
        self._open: dict[str, list[tuple[int, str]]] = {}
        self._odd: set[str] = set()

    def take(self, page: _Page) -> tuple[list[Found], list[Leaf]]:
        """What is wrong with the journals that are whole by now; and the page's transfers as blocks take them."""
        found: list[Found] = []
        leaves: list[Leaf] = []
        heads, lots, waiting = page.heads, page.lots, self._open
        for row in page.rows:
            number, line, key, text, recorded_at, effective_date, pending_id, expires_at = row
            terms = lots.get(number, _NO_TERMS) if lots else _NO_TERMS
            if pending_id is not None or expires_at is not None or terms is not _NO_TERMS:
                text += transfer_tail(pending_id, expires_at, terms.vests_on, terms.expires_on)
            lines = waiting.get(key)
            if lines is None:
                lines = waiting[key] = []
            lines.append((line, text))
            head = heads.get(key)
            if head is None:
                leaves.append((number, line, b"", recorded_at))
                continue
            leaves.append((number, line, head.digest, recorded_at))
            # What transfers repeat of their journal must be the same there.
            if effective_date != head.business_date or recorded_at != head.recorded_at:
                self._odd.add(key)
            if len(lines) == head.lines:
                del waiting[key]
                if key in self._odd or _digest(head, lines) != head.digest:
                    found.append(_journal_differs(str(head.id)))
        return found, leaves

    def unfinished(self) -> Iterator[Found]:
        """Journals with fewer or more transfers than were posted, or none of whose head is there."""
        for key in self._open:
            yield _journal_differs(str(UUID(key)))


class _Blocks:
    """Follows the chain of blocks along the transfers."""

    def __init__(self, blocks: list[Block]) -> None:
        self._left = list(reversed(blocks))
        self._previous = FIRST_PREVIOUS
        self._number = 1
        self._leaves: list[Leaf] = []

    def take(self, leaves: Sequence[Leaf]) -> Iterator[Found]:
        """The next transfers; what is wrong with the blocks that end before them."""
        for leaf in leaves:
            while self._left and leaf[0] > self._left[-1].last_transfer:
                yield from self._close()
            if not self._left:
                return
            self._leaves.append(leaf)

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


def _digest(head: Row[Any], lines: list[tuple[int, str]]) -> bytes:
    lines.sort()
    journal = StoredJournal(
        head.id,
        head.rule,
        head.rule_version,
        head.business_date,
        head.source_event_id,
        head.reversal_of,
    )
    return digest_of_rows(journal, [text for _, text in lines])


def _journal_differs(journal_id: str) -> Found:
    return "ledger_digest_differs", {"journal": journal_id}
