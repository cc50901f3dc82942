"""SQL of feeds: numbering what changed, and reading it in order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, func, select, text

from central_server.gateway.tables import feed_batch, feed_digest, feed_entry, feed_head
from central_server.platform.columns import UtcDateTime
from central_server.platform.schema import feed_dirty
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.wire.digest import DigestSum

# Later changes of a key replace earlier ones; what is left is numbered in the order in which it was noted,
# behind the head of its feed. "WHERE true" lets SQLite tell the upsert from a join.
_NUMBER = text("""
    INSERT INTO feed_entry (feed, scope, kind, key, seq, op, changed_at)
    SELECT b.feed, b.scope, b.kind, b.key,
           h.last_seq + row_number() OVER (PARTITION BY b.feed ORDER BY b.id), b.op, :at
    FROM feed_batch b
    JOIN (SELECT max(id) AS id FROM feed_batch GROUP BY feed, scope, kind, key) last ON last.id = b.id
    JOIN feed_head h ON h.feed = b.feed
    WHERE true
    ON CONFLICT (feed, scope, kind, key)
    DO UPDATE SET seq = excluded.seq, op = excluded.op, changed_at = excluded.changed_at
""").bindparams(bindparam("at", type_=UtcDateTime()))
_ADVANCE = text("""
    UPDATE feed_head
    SET last_seq = (SELECT max(seq) FROM feed_entry WHERE feed_entry.feed = feed_head.feed)
    WHERE feed IN (SELECT feed FROM feed_batch)
""")


class Head(NamedTuple):
    """How far a feed has got."""

    epoch: UUID
    last_seq: int
    checkpoint: int
    pruned_seq: int


class Entry(NamedTuple):
    """One numbered change."""

    kind: str
    key: str
    scope: str
    seq: int
    op: str


class Chunk(NamedTuple):
    """Keys of one kind and scope with their numbers: rows of key and seq, made for millions of them."""

    kind: str
    scope: str
    rows: Sequence[Row[str, int]]


class KeyRange(NamedTuple):
    """Keys behind `after` up to and with `last` (None: to the end), in the database's own order."""

    after: str = ""
    last: str | None = None


def add_head(unit: UnitOfWork, feed: str, epoch: UUID) -> None:
    """Begin a feed."""
    unit.connection.execute(
        feed_head.insert().values(feed=feed, epoch=epoch, last_seq=0, checkpoint=0, pruned_seq=0)
    )


def heads(unit: ReadUnit) -> dict[str, Head]:
    """Every feed's head."""
    query = select(
        feed_head.c.feed,
        feed_head.c.epoch,
        feed_head.c.last_seq,
        feed_head.c.checkpoint,
        feed_head.c.pruned_seq,
    )
    return {row[0]: Head(*row[1:]) for row in unit.connection.execute(query)}


def lock_heads(unit: UnitOfWork) -> None:
    """Let no other sequencer number anything until the unit ends."""
    query = select(feed_head.c.feed).order_by(feed_head.c.feed).with_for_update()
    unit.connection.execute(query).all()


def take_batch(unit: UnitOfWork, limit: int) -> int:
    """Move up to `limit` noted changes into the batch; how many. One statement decides which."""
    connection = unit.connection
    columns = ("id", "feed", "scope", "kind", "key", "op")
    chosen = (
        select(*(feed_dirty.c[name] for name in columns)).order_by(feed_dirty.c.id).limit(limit)
    )
    connection.execute(feed_batch.insert().from_select(columns, chosen))
    # Exactly these ids: rows with smaller ids may be committed by slower writers at any time.
    return connection.execute(
        feed_dirty.delete().where(feed_dirty.c.id.in_(select(feed_batch.c.id)))
    ).rowcount


def number_batch(unit: UnitOfWork, at: datetime) -> None:
    """Number the batch and empty it."""
    unit.connection.execute(_NUMBER, {"at": at})
    unit.connection.execute(_ADVANCE)
    unit.connection.execute(feed_batch.delete())


def set_checkpoints(unit: UnitOfWork) -> None:
    """Note that every change committed so far is numbered."""
    unit.connection.execute(
        feed_head.update()
        .where(feed_head.c.checkpoint != feed_head.c.last_seq)
        .values(checkpoint=feed_head.c.last_seq)
    )


def has_dirty(unit: ReadUnit) -> bool:
    """Whether any noted change is not numbered yet."""
    found = unit.connection.execute(select(feed_dirty.c.id).limit(1)).first()
    return found is not None


def count_dirty(unit: ReadUnit) -> int:
    """How many noted changes are not numbered yet."""
    return unit.connection.execute(select(func.count()).select_from(feed_dirty)).scalar_one()


def page(
    unit: ReadUnit, feed: str, wide: tuple[Sequence[str], int], store: tuple[str, int], limit: int
) -> list[Entry]:
    """The next entries in order: those of the wide scopes behind their position, and the store's behind its."""
    columns = (
        feed_entry.c.kind,
        feed_entry.c.key,
        feed_entry.c.scope,
        feed_entry.c.seq,
        feed_entry.c.op,
    )
    # One query per scope, so that each walks its own index; the few results are merged here.
    found: list[Entry] = []
    for scope, position in (*((scope, wide[1]) for scope in wide[0]), store):
        query = (
            select(*columns)
            .where(
                feed_entry.c.feed == feed, feed_entry.c.scope == scope, feed_entry.c.seq > position
            )
            .order_by(feed_entry.c.seq)
            .limit(limit)
        )
        found.extend(Entry(*row) for row in unit.connection.execute(query))
    found.sort(key=lambda entry: entry.seq)
    return found[:limit]


def put_chunks(
    unit: ReadUnit,
    feed: str,
    scopes: Iterable[str],
    size: int,
    *,
    kinds: Collection[str] | None = None,
    until: int | None = None,
    keys: KeyRange | None = None,
) -> Iterator[Chunk]:
    """Every key of a feed that is `put` in these scopes, in chunks of one kind and scope, in order of keys.

    Only some `kinds`, only numbers up to `until`, only a range of `keys`, if given.
    """
    for scope in scopes:
        present = unit.connection.execute(
            select(feed_entry.c.kind)
            .where(feed_entry.c.feed == feed, feed_entry.c.scope == scope)
            .distinct()
            .order_by(feed_entry.c.kind)
        ).scalars()
        for kind in list(present):
            if kinds is None or kind in kinds:
                yield from _chunks(unit, (feed, scope, kind), size, until, keys or KeyRange())


def _chunks(
    unit: ReadUnit, place: tuple[str, str, str], size: int, until: int | None, keys: KeyRange
) -> Iterator[Chunk]:
    feed, scope, kind = place
    query = select(feed_entry.c.key, feed_entry.c.seq).where(
        feed_entry.c.feed == feed,
        feed_entry.c.scope == scope,
        feed_entry.c.kind == kind,
        feed_entry.c.op == "put",
    )
    if until is not None:
        query = query.where(feed_entry.c.seq <= until)
    if keys.last is not None:
        query = query.where(feed_entry.c.key <= keys.last)
    query = query.order_by(feed_entry.c.key).limit(size)
    after = keys.after
    while rows := unit.connection.execute(query.where(feed_entry.c.key > after)).all():
        yield Chunk(kind, scope, rows)
        after = rows[-1][0]


def halves(
    unit: ReadUnit, feed: str, scope: str, kind: str
) -> tuple[int, tuple[KeyRange, KeyRange]]:
    """How many keys of a kind there are in a scope, and two ranges with half of them each."""
    here = (feed_entry.c.feed == feed, feed_entry.c.scope == scope, feed_entry.c.kind == kind)
    count = unit.connection.execute(
        select(func.count()).select_from(feed_entry).where(*here)
    ).scalar_one()
    ordered = select(feed_entry.c.key).where(*here).order_by(feed_entry.c.key)
    middle = unit.connection.execute(ordered.offset(count // 2).limit(1)).scalar_one_or_none() or ""
    return count, (KeyRange("", middle), KeyRange(middle, None))


def stored_digest(
    unit: ReadUnit, feed: str, scopes: str, epoch: UUID, seq: int
) -> DigestSum | None:
    """The digest kept for this position, if there is one."""
    row = unit.connection.execute(
        select(feed_digest.c.entry_count, feed_digest.c.sum64).where(
            feed_digest.c.feed == feed,
            feed_digest.c.scopes == scopes,
            feed_digest.c.epoch == epoch,
            feed_digest.c.seq == seq,
        )
    ).one_or_none()
    return DigestSum(row[0], row[1]) if row is not None else None


def keep_digest(unit: UnitOfWork, key: tuple[str, str, UUID, int], digest: DigestSum) -> None:
    """Keep a digest in place of those of earlier positions."""
    feed, scopes, epoch, seq = key
    unit.connection.execute(
        feed_digest.delete().where(feed_digest.c.feed == feed, feed_digest.c.scopes == scopes)
    )
    unit.connection.execute(
        feed_digest.insert().values(
            feed=feed,
            scopes=scopes,
            epoch=epoch,
            seq=seq,
            entry_count=digest.count,
            sum64=digest.sum64,
        )
    )


def prune_removes(unit: UnitOfWork, before: datetime) -> int:
    """Forget removals older than `before`; positions before the newest of them are no longer served."""
    old = and_(feed_entry.c.op == "remove", feed_entry.c.changed_at < before)
    newest = unit.connection.execute(
        select(feed_entry.c.feed, func.max(feed_entry.c.seq)).where(old).group_by(feed_entry.c.feed)
    ).all()
    for feed, seq in newest:
        unit.connection.execute(
            feed_head.update().where(feed_head.c.feed == feed).values(pruned_seq=seq)
        )
    return unit.connection.execute(feed_entry.delete().where(old)).rowcount


def new_epoch(unit: UnitOfWork, feed: str, epoch: UUID) -> None:
    """Make every position of a feed invalid, so that tills fetch a snapshot."""
    unit.connection.execute(feed_head.update().where(feed_head.c.feed == feed).values(epoch=epoch))
