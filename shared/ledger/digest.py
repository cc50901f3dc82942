"""The digest of a journal and the chain of blocks over stored transfers: what was changed behind the ledger's back
shows.

Digests are made from what is stored, in one form of text, and of account numbers rather than owners: whose account it
is may have to be forgotten, the books may not change for it. The time of recording stands in the blocks only, so that
posting again later gives the same digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

FIRST_PREVIOUS = b"\0" * 32


@dataclass(frozen=True, slots=True)
class StoredTransfer:
    """A transfer as it is stored: accounts and the pending transfer by number."""

    line: int
    debit_id: int
    credit_id: int
    unit: str
    amount: int
    code: str
    phase: str
    pending_id: int | None = None
    expires_at: datetime | None = None
    vests_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class StoredJournal:
    """A journal as it is stored, without its transfers."""

    journal_id: UUID
    rule: str
    rule_version: int
    business_date: date
    source_event_id: UUID | None = None
    reversal_of: UUID | None = None


def journal_digest(journal: StoredJournal, transfers: Iterable[StoredTransfer]) -> bytes:
    """SHA-256 over a journal and its transfers in the order of their lines."""
    rows = [
        f"{each.line}|{each.debit_id}|{each.credit_id}|{each.unit}|{each.amount}|{each.code}|{each.phase}"
        + transfer_tail(each.pending_id, each.expires_at, each.vests_on, each.expires_on)
        for each in transfers
    ]
    return digest_of_rows(journal, rows)


def digest_of_rows(journal: StoredJournal, rows: Iterable[str]) -> bytes:
    """The same of transfers that are in text: line, debit, credit, unit, amount, code and phase with `|` in between,
    and what `transfer_tail` says.
    """
    head = f"{journal.journal_id}|{journal.rule}|{journal.rule_version}|{journal.business_date}"
    head += f"|{journal.source_event_id or ''}|{journal.reversal_of or ''}"
    return hashlib.sha256("\n".join((head, *rows)).encode()).digest()


def transfer_tail(
    pending_id: int | None,
    expires_at: datetime | None,
    vests_on: date | None,
    expires_on: date | None,
) -> str:
    """What only few transfers have: the hold they are or end, the lot they make."""
    tail = ""
    if pending_id is not None or expires_at is not None:
        tail = f"|{pending_id or ''}|{_moment(expires_at)}"
    if vests_on is not None or expires_on is not None:
        tail += f"|lot {vests_on or ''} {expires_on or ''}"
    return tail


def block_hash(
    previous: bytes, number: int, leaves: Iterable[tuple[int, int, bytes, datetime]]
) -> bytes:
    """SHA-256 of block `number` over the transfers in it: `(id, line, digest of its journal, recorded at)` in the
    order of their ids, chained to the block before; that of the first block is `FIRST_PREVIOUS`.
    """
    at, written = None, b""
    parts = [previous, number.to_bytes(8, "big")]
    for transfer_id, line, digest, recorded_at in leaves:
        if recorded_at != at:
            at, written = recorded_at, _moment(recorded_at).encode()
        parts.append(b"%d|%d|%b%b" % (transfer_id, line, digest, written))
    return hashlib.sha256(b"".join(parts)).digest()


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).isoformat(timespec="microseconds")
