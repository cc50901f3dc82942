"""The event chain of this till: appended in one transaction with whatever else becomes true with it.

Bytes are hashed, stored and sent as they were written once. Only the till process appends; the sync process reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pos_client.storage.journal_file import JournalFile
from pos_client.storage.second_copy import SecondCopy
from pos_client.storage.sqlite import Connection
from shared.errors import DomainError, EnvironmentProblem
from shared.journal import ChainedEvent, canonical_bytes, event_type, first_prev_hash, link

_NO_COPY_OF_THIS = frozenset(("journal_behind_copy", "journal_copy_differs"))
_COLUMNS = "seq, event_id, type, type_version, body, prev_hash, hash"


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A fact to journal. `body` holds `occurred_at`, `business_date` and `operator_id`; `receipt_no` is set for events
    that take a number of the receipt series, `ref` for receipts that another system knows by its own number.
    """

    event_id: UUID
    type: str
    body: Mapping[str, object]
    receipt_no: int | None = None
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain stands: the last sequence (0: none), its hash, the next receipt number."""

    seq: int
    hash: bytes
    next_receipt: int


Work = Callable[[Connection], None]


class Journal:
    """Appends to and reads from the chain in `file`; a `second` copy gets each event before anything is printed."""

    def __init__(self, file: JournalFile, second: SecondCopy | None = None) -> None:
        self.file = file
        self.second = second
        self._head = self._read_head()
        self._released = self._head.seq

    @property
    def printable(self) -> int | None:
        """The last sequence that may be printed: its turn at the second copy is over. None without a second copy:
        all may.
        """
        return None if self.second is None else self._released

    @property
    def head(self) -> Head:
        """The end of the chain as this process wrote it."""
        return self._head

    def append(
        self, events: Sequence[NewEvent], also: Work | None = None
    ) -> tuple[ChainedEvent, ...]:
        """Append events, and do `also` in the same transaction; all of it is durable or nothing happened.

        A receipt's number must be the next of the series. `EnvironmentProblem` as `JournalFile.writing`, and
        `journal_restored` for a journal that the centre found to be an old image: its chain would fork;
        `DomainError('receipt_exists')` if a receipt with this `ref` was journalled before.
        """
        head = self._head
        for event in events:
            if event.ref is not None and self.receipt_with_ref(event.ref) is not None:
                raise DomainError("receipt_exists", {"ref": event.ref})
        links = self._linked(events)
        next_receipt = head.next_receipt
        try:
            with self.file.writing() as connection:
                _refuse_restored(connection)
                for event, linked in zip(events, links, strict=True):
                    next_receipt = _next_number(event, next_receipt)
                    _insert(connection, event, linked)
                if next_receipt != head.next_receipt:
                    connection.execute(
                        "UPDATE journal_identity SET next_receipt=?", (next_receipt,)
                    )
                if also is not None:
                    also(connection)
        except EnvironmentProblem:
            # After an error at the end of a transaction only the file knows whether it took place.
            if not links or self._read_head_or(head).hash != links[-1].hash:
                raise
        if links:
            self._head = Head(links[-1].seq, links[-1].hash, next_receipt)
            self._copy(links)
            self._released = links[-1].seq
        return links

    def attach_second(self) -> None:
        """Check and complete the second copy: at the start, when a shift opens, and some time after a failure.

        `EnvironmentProblem('journal_behind_copy' | 'journal_copy_differs')` as `SecondCopy.attach`.
        """
        if self.second is not None:
            self.second.attach(self._head.seq, self._hash_at, self.events_after)

    def _copy(self, links: Sequence[ChainedEvent]) -> None:
        """Give the second copy what the journal has for good.

        Whatever fails now only shows in the copy's state: the events are true already. A copy that turns out to be of
        another journal is named at the next start or shift, where selling can still be refused.
        """
        second = self.second
        if second is None:
            return
        if second.is_attached:
            second.append(links)
        elif second.may_retry:
            try:
                self.attach_second()
            except EnvironmentProblem as problem:
                if problem.code not in _NO_COPY_OF_THIS:
                    second.detach()  # the journal could not be read just now

    def _hash_at(self, seq: int) -> bytes | None:
        found = self.events(seq, 1)
        return found[0].hash if found and found[0].seq == seq else None

    def _linked(self, events: Sequence[NewEvent]) -> tuple[ChainedEvent, ...]:
        links: list[ChainedEvent] = []
        seq, prev = self._head.seq, self._head.hash
        for event in events:
            seq += 1
            linked = link(
                till_id=self.file.till_id,
                incarnation=self.file.incarnation,
                seq=seq,
                event_id=event.event_id,
                event_type=event.type,
                version=event_type(event.type).version,
                body=canonical_bytes(event.body),
                prev_hash=prev,
            )
            prev = linked.hash
            links.append(linked)
        return tuple(links)

    def events(self, from_seq: int, limit: int) -> list[ChainedEvent]:
        """Up to `limit` events from `from_seq` on, in sequence."""
        with self.file.reading() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM journal_event WHERE seq >= ? ORDER BY seq LIMIT ?",
                (from_seq, limit),
            ).fetchall()
        return [self._event(row) for row in rows]

    def events_after(self, seq: int) -> Iterator[ChainedEvent]:
        """All events behind `seq`, read in pages."""
        while page := self.events(seq + 1, 500):
            yield from page
            seq = page[-1].seq

    def last_of(self, *types: str) -> ChainedEvent | None:
        """The last event of any of these types."""
        marks = ",".join("?" * len(types))
        return self._one(f"type IN ({marks}) ORDER BY seq DESC LIMIT 1", types)

    def receipt(self, number: int) -> ChainedEvent | None:
        """The event that took this receipt number."""
        return self._one("receipt_no = ?", (number,))

    def receipt_with_ref(self, ref: str) -> ChainedEvent | None:
        """The receipt that another system knows as `ref`."""
        return self._one("ref = ?", (ref,))

    def by_id(self, event_id: UUID) -> ChainedEvent | None:
        """The event with this id."""
        return self._one("event_id = ?", (event_id.bytes,))

    def refs(self) -> set[str]:
        """The foreign numbers of all receipts that carry one."""
        with self.file.reading() as connection:
            rows = connection.execute("SELECT ref FROM journal_event WHERE ref IS NOT NULL")
            return {str(row[0]) for row in rows}

    def recent_receipts(self, limit: int, before: int | None = None) -> list[ChainedEvent]:
        """The last receipts, newest first; those with a number below `before` if it is given."""
        bound = before if before is not None else self._head.next_receipt
        with self.file.reading() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM journal_event WHERE receipt_no < ?"
                " ORDER BY receipt_no DESC LIMIT ?",
                (bound, limit),
            ).fetchall()
        return [self._event(row) for row in rows]

    def last_time(self) -> datetime | None:
        """`occurred_at` of the last event; None in an empty journal."""
        with self.file.reading() as connection:
            row = connection.execute(
                "SELECT occurred_at FROM journal_event ORDER BY seq DESC LIMIT 1"
            ).fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def oldest_after(self, seq: int) -> datetime | None:
        """`occurred_at` of the first event behind `seq`: since when something waits to be sent."""
        with self.file.reading() as connection:
            row = connection.execute(
                "SELECT occurred_at FROM journal_event WHERE seq > ? ORDER BY seq LIMIT 1", (seq,)
            ).fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def receipts_after(self, seq: int) -> int:
        """How many of the events behind `seq` are receipts."""
        with self.file.reading() as connection:
            row = connection.execute(
                "SELECT count(receipt_no) FROM journal_event WHERE seq > ?", (seq,)
            ).fetchone()
        return int(row[0])

    def last_seq(self) -> int:
        """The last sequence in the file, read afresh: another process may have appended."""
        with self.file.reading() as connection:
            row = connection.execute("SELECT max(seq) FROM journal_event").fetchone()
        return int(row[0] or 0)

    def _one(self, where: str, values: Sequence[object]) -> ChainedEvent | None:
        with self.file.reading() as connection:
            row = connection.execute(
                f"SELECT {_COLUMNS} FROM journal_event WHERE {where}", tuple(values)
            ).fetchone()
        return self._event(row) if row else None

    def _event(self, row: Sequence[Any]) -> ChainedEvent:
        try:
            return ChainedEvent(
                till_id=self.file.till_id,
                incarnation=self.file.incarnation,
                seq=row[0],
                event_id=UUID(bytes=bytes(row[1])),
                type=row[2],
                type_version=row[3],
                body=bytes(row[4]),
                prev_hash=bytes(row[5]),
                hash=bytes(row[6]),
            )
        except (TypeError, ValueError) as error:
            # A row whose columns hold something else than was put in: the file was tampered with or is damaged.
            raise EnvironmentProblem("journal_unreadable", {"detail": f"seq {row[0]}"}) from error

    def _read_head(self) -> Head:
        with self.file.reading() as connection:
            last = connection.execute(
                "SELECT seq, hash FROM journal_event ORDER BY seq DESC LIMIT 1"
            ).fetchone()
            number = connection.execute("SELECT next_receipt FROM journal_identity").fetchone()[0]
        if last is None:
            return Head(0, first_prev_hash(self.file.till_id, self.file.incarnation), number)
        return Head(last[0], bytes(last[1]), number)

    def _read_head_or(self, known: Head) -> Head:
        try:
            return self._read_head()
        except EnvironmentProblem:
            return known


def _next_number(event: NewEvent, expected: int) -> int:
    if event.receipt_no is None:
        return expected
    if event.receipt_no != expected:
        raise ValueError(f"receipt number {event.receipt_no} where {expected} is next")
    return expected + 1


def _refuse_restored(connection: Connection) -> None:
    row = connection.execute(
        "SELECT 1 FROM upload_state WHERE stopped='journal_restored'"
    ).fetchone()
    if row is not None:
        raise EnvironmentProblem("journal_restored")


def _insert(connection: Connection, event: NewEvent, linked: ChainedEvent) -> None:
    connection.execute(
        "INSERT INTO journal_event(seq, event_id, type, type_version, occurred_at, business_date,"
        " operator_id, receipt_no, ref, body, prev_hash, hash) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            linked.seq,
            linked.event_id.bytes,
            linked.type,
            linked.type_version,
            event.body["occurred_at"],
            event.body["business_date"],
            event.body["operator_id"],
            event.receipt_no,
            event.ref,
            linked.body,
            linked.prev_hash,
            linked.hash,
        ),
    )
