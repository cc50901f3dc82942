"""Feeds down: pages of what changed since a till's position, with a long poll, and the digest to compare with."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Query, Request

from central_server.gateway import feed_repository
from central_server.gateway import position_repository as positions
from central_server.gateway.authentication import SigningTill, TillIdentity
from central_server.gateway.feed_repository import Entry, Head
from central_server.gateway.payloads import payloads
from central_server.platform.changes import CHAIN, market_scope, store_scope, till_scope
from central_server.platform.database import Database
from central_server.platform.unit_of_work import ReadUnit, reading, run_writing
from shared.errors import DomainError
from shared.wire.digest import digest_of
from shared.wire.models import FeedDigest, FeedPage, FeedRow
from shared.wire.payloads import FEEDS

router = APIRouter(prefix="/api/v1/till", tags=["till"])

MAX_PAGE = 5_000
MAX_WAIT_SECONDS = 25
_POLL_SECONDS = 0.2
_DIGEST_CHUNK = 20_000
_CURSOR = re.compile(
    r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.(\d{1,15})\.(\d{1,15})"
)

# How far the journal of a till is booked; registered by the journal's rooms.
ProcessedThrough = Callable[[ReadUnit, str, int], int]


class Position(NamedTuple):
    """Where a till stands in a feed: in the scopes of chain and market, and in that of its store."""

    wide: int
    store: int


@dataclass(frozen=True, slots=True)
class Scopes:
    """What a till may see. It never chooses: its identity decides."""

    wide: tuple[str, ...]
    store: str

    @classmethod
    def of(cls, identity: TillIdentity, feed: str) -> Scopes:
        """The scopes of a till in a feed: settings may be for one till alone, everything else is for many."""
        wide: tuple[str, ...] = (CHAIN, market_scope(identity.store.market))
        if feed == "config":
            wide = (*wide, till_scope(identity.till_id))
        return cls(wide, store_scope(identity.store.store_id))


class FeedWatch:
    """Lets waiting requests see cheaply whether a feed moved: one look at the database serves all of them."""

    def __init__(self, database: Database, seats: int) -> None:
        self._database = database
        self._seats = threading.BoundedSemaphore(seats) if seats else None
        self._guard = threading.Lock()
        self._heads: dict[str, Head] = {}
        self._fresh_until = 0.0
        self._closing = threading.Event()

    def close(self) -> None:
        """Let every waiting request answer now."""
        self._closing.set()

    def wait_beyond(self, feed: str, seq: int, seconds: int) -> None:
        """Return when the feed's checkpoint is beyond `seq`, or after `seconds`.

        At once if all seats are taken: a waiting till must never keep others from being served.
        """
        if seconds <= 0 or self._seats is None or not self._seats.acquire(blocking=False):
            return
        try:
            deadline = monotonic() + seconds
            while monotonic() < deadline and not self._closing.is_set():
                head = self._current().get(feed)
                if head is not None and head.checkpoint > seq:
                    return
                self._closing.wait(_POLL_SECONDS)
        finally:
            self._seats.release()

    def _current(self) -> dict[str, Head]:
        with self._guard:
            if monotonic() >= self._fresh_until:
                with reading(self._database) as unit:
                    self._heads = feed_repository.heads(unit)
                self._fresh_until = monotonic() + _POLL_SECONDS / 2
            return self._heads


@router.get("/feeds/{feed}", summary="What changed since a position")
def feed_page(
    feed: str,
    request: Request,
    identity: SigningTill,
    cursor: Annotated[str, Query(max_length=80)] = "",
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = MAX_PAGE,
    wait: Annotated[int, Query(ge=0, le=MAX_WAIT_SECONDS)] = 0,
) -> FeedPage:
    """The next rows; with `wait` answers when there are some, or after that many seconds.

    410 `snapshot_required` if the position is of another epoch or too old.
    """
    state = request.app.state
    database: Database = state.database
    scopes = Scopes.of(identity, feed)
    with reading(database) as unit:
        head, position = _locate(unit, feed, cursor)
        kept = positions.position(unit, identity.till_id, feed)
    reached = positions.Reached(head.epoch, position.wide, position.store)
    if kept != reached:
        at = state.system_clock.now()
        run_writing(
            database, lambda unit: positions.keep(unit, identity.till_id, feed, reached, at)
        )
    if position.wide >= head.checkpoint and position.store >= head.checkpoint:
        state.feed_watch.wait_beyond(feed, head.checkpoint, wait)
    processed: ProcessedThrough = state.processed_through
    with reading(database) as unit:
        done = processed(unit, identity.till_id, identity.incarnation)
        return read_page(unit, feed, cursor, scopes, limit=limit, processed_through=done)


def read_page(
    unit: ReadUnit,
    feed: str,
    cursor: str,
    scopes: Scopes,
    *,
    limit: int,
    processed_through: int = 0,
) -> FeedPage:
    """The page of a feed behind `cursor` (empty: from the beginning)."""
    head, position = _locate(unit, feed, cursor)
    entries = feed_repository.page(
        unit, feed, (scopes.wide, position.wide), (scopes.store, position.store), limit
    )
    reached = entries[-1].seq if len(entries) == limit else head.last_seq
    here = Position(max(position.wide, reached), max(position.store, reached))
    return FeedPage(
        epoch=str(head.epoch),
        cursor=format_cursor(head.epoch, here),
        head=head.last_seq,
        checkpoint=head.checkpoint,
        complete=reached >= head.checkpoint,
        processed_through=processed_through,
        rows=feed_rows(unit, entries),
    )


def feed_rows(unit: ReadUnit, entries: Sequence[Entry]) -> list[FeedRow]:
    """Entries with their payloads, in the given order."""
    keys: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        if entry.op == "put":
            keys.setdefault((entry.kind, entry.scope), []).append(entry.key)
    found: dict[tuple[str, str], dict[str, Any]] = {
        (kind, scope): payloads(unit, kind, scope, wanted) for (kind, scope), wanted in keys.items()
    }
    rows = []
    for entry in entries:
        payload = found.get((entry.kind, entry.scope), {}).get(entry.key)
        rows.append(
            FeedRow(
                kind=entry.kind,
                key=entry.key,
                scope=entry.scope,
                seq=entry.seq,
                op="put" if payload is not None else "remove",
                d=payload,
            )
        )
    return rows


@router.get("/feeds/{feed}/digest", summary="Count and sum over a feed, to compare with")
def feed_digest(feed: str, request: Request, identity: SigningTill) -> FeedDigest:
    """The digest of what this till should have at the returned cursor."""
    database: Database = request.app.state.database
    scopes = Scopes.of(identity, feed)
    all_scopes = (*scopes.wide, scopes.store)
    name = ",".join(all_scopes)
    with reading(database) as unit:
        head, _ = _locate(unit, feed, "")
        found = feed_repository.stored_digest(unit, feed, name, head.epoch, head.last_seq)
        kept = found is not None
        if found is None:
            chunks = feed_repository.put_chunks(unit, feed, all_scopes, _DIGEST_CHUNK)
            found = digest_of(
                (chunk.kind, key, chunk.scope, seq) for chunk in chunks for key, seq in chunk.rows
            )
    if not kept:
        key = (feed, name, head.epoch, head.last_seq)
        run_writing(database, partial(feed_repository.keep_digest, key=key, digest=found))
    cursor = format_cursor(head.epoch, Position(head.last_seq, head.last_seq))
    return FeedDigest(feed=feed, cursor=cursor, count=found.count, sum64=found.sum64)


def format_cursor(epoch: UUID, position: Position) -> str:
    """A cursor as tills keep it; they do not look inside."""
    return f"{epoch}.{position.wide}.{position.store}"


def _locate(unit: ReadUnit, feed: str, cursor: str) -> tuple[Head, Position]:
    head = feed_repository.heads(unit).get(feed) if feed in FEEDS else None
    if head is None:
        raise DomainError("feed_unknown", {"feed": feed[:16]}, http_status=404)
    if not cursor:
        return head, Position(0, 0)
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise DomainError("cursor_invalid", http_status=400)
    position = Position(int(match[2]), int(match[3]))
    # A position of 0 has nothing that could have been removed.
    too_old = any(0 < seq < head.pruned_seq for seq in position)
    too_new = max(position) > head.last_seq
    if UUID(match[1]) != head.epoch or too_old or too_new:
        raise DomainError("snapshot_required", {"feed": feed}, http_status=410)
    return head, position
