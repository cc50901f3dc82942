"""Is the journal what it was? Checked at each start; what can still be read of a damaged one is saved beside it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from pos_client.storage.event_records import MAGIC, read_records, record_of
from pos_client.storage.journal import Journal
from pos_client.storage.sqlite import SqliteError, connect, is_damaged, quick_check
from shared.errors import EnvironmentProblem
from shared.journal import ChainedEvent, event_hash, first_prev_hash
from shared.journal.chain import event_header

TAIL = 200


@dataclass(frozen=True, slots=True)
class ChainBreak:
    """The first event found that is not what its hash says or does not follow the one before; for one that cannot be
    read at all, the first of its page.
    """

    seq: int
    reason: str


def check_tail(journal: Journal, length: int = TAIL) -> ChainBreak | None:
    """Verify the last `length` events; None if they are sound."""
    first = max(journal.head.seq - length + 1, 1)
    return _check(journal, first, journal.events_after(first - 1))


def check_chain(journal: Journal) -> ChainBreak | None:
    """Verify the whole chain from its first event; None if it is sound."""
    return _check(journal, 1, journal.events_after(0))


def _check(journal: Journal, first: int, events: Iterator[ChainedEvent]) -> ChainBreak | None:
    if first == 1:
        prev = first_prev_hash(journal.file.till_id, journal.file.incarnation)
    else:
        before = journal.events(first - 1, 1)
        prev = before[0].hash if before else b""
    expected = first
    try:
        for event in events:
            if event.seq != expected:
                return ChainBreak(expected, "missing")
            if event.prev_hash != prev:
                return ChainBreak(event.seq, "does not follow")
            if _hash(event) != event.hash:
                return ChainBreak(event.seq, "hash")
            prev, expected = event.hash, expected + 1
    except EnvironmentProblem as problem:
        if problem.code != "journal_unreadable":
            raise
        return ChainBreak(expected, "unreadable")
    return None


def _hash(event: ChainedEvent) -> bytes:
    header = event_header(
        event.till_id,
        event.incarnation,
        event.seq,
        event.event_id,
        event.type,
        event.type_version,
    )
    return event_hash(event.prev_hash, header, event.body)


def refuse_damaged(path: Path, archive: Path, till_id: str, incarnation: int) -> None:
    """Before the journal is opened: stop if SQLite finds the file broken, after saving what there is.

    `EnvironmentProblem('journal_corrupt')` with `saved` (folder) and `events` (how many could be read).
    """
    if not path.exists() or _sound(path):
        return
    raise save_damaged(path, archive, till_id, incarnation)


def save_damaged(path: Path, archive: Path, till_id: str, incarnation: int) -> EnvironmentProblem:
    """Copy the damaged file and export the readable beginning of its chain; once per state of the file."""
    folder = archive / f"damaged-{path.stat().st_mtime_ns}-{path.stat().st_size}"
    export = folder / "events.copy"
    if not export.exists():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for suffix in ("", "-wal"):
                source = path.with_name(path.name + suffix)
                if source.exists():
                    shutil.copyfile(source, folder / source.name)
            _export(path, export, till_id, incarnation)
        except OSError:
            return EnvironmentProblem("journal_corrupt_unsaved", {"file": str(path)})
    with export.open("rb") as exported:
        saved = sum(1 for _ in read_records(exported))
    return EnvironmentProblem("journal_corrupt", {"saved": str(folder), "events": saved})


def _sound(path: Path) -> bool:
    try:
        connection = connect(path, synchronous="FULL")
    except SqliteError as error:
        return not is_damaged(error)
    try:
        return quick_check(connection)
    finally:
        connection.close()


def _export(path: Path, target: Path, till_id: str, incarnation: int) -> None:
    partial = target.with_suffix(".part")
    with partial.open("wb") as out:
        out.write(MAGIC)
        for event in _readable(path, till_id, incarnation):
            out.write(record_of(event))
    partial.replace(target)


def _readable(path: Path, till_id: str, incarnation: int) -> Iterator[ChainedEvent]:
    """The events from the first on, until one cannot be read or is not what its hash says."""
    prev = first_prev_hash(till_id, incarnation)
    seq = 1
    try:
        connection = connect(path, synchronous="FULL", read_only=True)
    except SqliteError:
        return
    try:
        while True:
            try:
                row = connection.execute(
                    "SELECT event_id, type, type_version, body, hash FROM journal_event"
                    " WHERE seq = ?",
                    (seq,),
                ).fetchone()
            except SqliteError:
                return
            event = _linked(row, till_id, incarnation, seq, prev) if row else None
            if event is None:
                return
            yield event
            prev, seq = event.hash, seq + 1
    finally:
        connection.close()


def _linked(
    row: tuple[bytes, str, int, bytes, bytes], till_id: str, incarnation: int, seq: int, prev: bytes
) -> ChainedEvent | None:
    try:
        event = ChainedEvent(
            till_id=till_id,
            incarnation=incarnation,
            seq=seq,
            event_id=UUID(bytes=bytes(row[0])),
            type=row[1],
            type_version=row[2],
            body=bytes(row[3]),
            prev_hash=prev,
            hash=bytes(row[4]),
        )
        return event if _hash(event) == event.hash else None
    except (ValueError, TypeError, AttributeError):
        return None
