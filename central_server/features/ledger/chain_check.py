"""Works out every digest and every block of the ledger again from what is stored.

PostgreSQL does it itself, a page at a time. On SQLite transfers are read page by page, the next page while this one is
worked out; never more than two are held, however long the ledger is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from central_server.features.ledger import balance_repository, block_repository, chain_repository
from central_server.features.ledger.audit_repository import MOST_FINDINGS
from central_server.features.ledger.block_repository import Block
from central_server.platform.background import ahead
from central_server.platform.database import is_postgresql
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
# Large enough that joining what belongs to a page is worth it, small enough to be sorted in memory.
_PAGE_OF_POSTGRESQL = 100_000
_BLOCKS_AT_ONCE = 40
_NO_TERMS = LotTerms()
Found = tuple[str, Mapping[str, ErrorParam]]


@dataclass(frozen=True, slots=True)
class _Page:
    """Transfers in order, their journals and the terms of the lots they made."""

    rows: Sequence[Any]
    heads: Mapping[str, Row[Any]]
    lots: Mapping[int, LotTerms]


def journal_findings(unit: ReadUnit) -> Iterator[Found]:
    """Journals that are not as they were written."""
    connection = unit.connection
    if is_postgresql(connection):
        yield from map(_journal_differs, _wrong_journals(connection))
    else:
        journals = _Journals()
        for page in ahead(_pages(connection)):
            yield from journals.take(page)
        yield from journals.unfinished()
    for journal_id in block_repository.journals_without_transfers(connection, MOST_FINDINGS):
        yield _journal_differs(journal_id)


def block_findings(unit: ReadUnit) -> Iterator[Found]:
    """Blocks that are not as they were sealed. Each is judged by the one that is stored before it: one broken link is
    one finding.
    """
    wrong = _wrong_blocks if is_postgresql(unit.connection) else _blocks_not_as_sealed
    for number in wrong(unit.connection):
        yield "ledger_block_differs", {"block": number}


def _wrong_journals(connection: Connection) -> Iterator[UUID]:
    newest, judged = balance_repository.last_transfer(connection), set[UUID]()
    for first in range(1, newest + 1, _PAGE_OF_POSTGRESQL):
        last = first + _PAGE_OF_POSTGRESQL - 1
        # One that lies over the ends of pages is in doubt in each of them.
        doubted = {*chain_repository.unconfirmed_journals(connection, first, last)} - judged
        yield from chain_repository.wrong_journals(connection, sorted(doubted))
        judged |= doubted


def _wrong_blocks(connection: Connection) -> Iterator[int]:
    newest = block_repository.last_block(connection)
    for first in range(1, newest.n + 1 if newest else 0, _BLOCKS_AT_ONCE):
        yield from chain_repository.wrong_blocks(connection, first, first + _BLOCKS_AT_ONCE - 1)


def _blocks_not_as_sealed(connection: Connection) -> Iterator[int]:
    beginning = Block(0, 0, 0, 0, FIRST_PREVIOUS, FIRST_PREVIOUS)
    for before, block in pairwise((beginning, *block_repository.blocks(connection))):
        leaves = block_repository.leaves(
            connection, before.last_transfer, block.last_transfer, block.transfers + 1
        )
        expected = block_hash(before.hash, before.n + 1, leaves)
        sealed = (block.n, block.prev_hash, block.hash, block.transfers)
        if sealed != (before.n + 1, before.hash, expected, len(leaves)):
            yield block.n


def _pages(connection: Connection) -> Iterator[_Page]:
    last = 0
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

    def take(self, page: _Page) -> Iterator[Found]:
        """What is wrong with the journals that are whole by now."""
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
                continue
            # What transfers repeat of their journal must be the same there.
            if effective_date != head.business_date or recorded_at != head.recorded_at:
                self._odd.add(key)
            if len(lines) == head.lines:
                del waiting[key]
                if key in self._odd or _digest(head, lines) != head.digest:
                    yield _journal_differs(head.id)

    def unfinished(self) -> Iterator[Found]:
        """Journals with fewer or more transfers than were posted, or none of whose head is there."""
        for key in self._open:
            yield _journal_differs(UUID(key))


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


def _journal_differs(journal_id: UUID) -> Found:
    return "ledger_digest_differs", {"journal": str(journal_id)}
