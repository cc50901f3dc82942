"""Numbers committed changes, so that a till that stands at N has seen everything up to N.

Writers note changes in their own transactions (`platform.changes`). The sequencer takes what is committed,
gives each key the next number of its feed and forgets the note, all in one transaction. Numbers of
uncommitted changes do not exist, so none can appear behind a till's back.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from central_server.gateway import feed_repository
from central_server.platform.clock import new_id
from central_server.platform.database import Database
from central_server.platform.observability import DIRTY_ROWS, FEED_HEAD, gauge
from central_server.platform.scheduler import JobContext
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork, reading, run_writing
from shared.identity import Clock
from shared.wire.payloads import FEEDS

BATCH = 20_000
REMOVES_KEPT = timedelta(days=90)


def ensure_heads(unit: UnitOfWork, clock: Clock) -> None:
    """Begin the feeds that this installation does not have yet."""
    present = feed_repository.heads(unit)
    for feed in FEEDS:
        if feed not in present:
            feed_repository.add_head(unit, feed, new_id(clock))


def begin_anew(unit: UnitOfWork, clock: Clock) -> None:
    """Make every position that tills have invalid: the database was put back to an earlier moment.

    Numbers given after that moment will be given again for other changes; a till that kept its position would
    miss those. It is answered 410 `snapshot_required` instead and begins with a snapshot.
    """
    feed_repository.lock_heads(unit)
    for feed in feed_repository.heads(unit):
        feed_repository.new_epoch(unit, feed, new_id(clock))


def sequence_batch(unit: UnitOfWork, at: datetime, limit: int = BATCH) -> int:
    """Number up to `limit` noted changes; how many. Fewer than `limit` means that all committed ones are
    numbered: that place becomes the checkpoint.
    """
    feed_repository.lock_heads(unit)
    taken = feed_repository.take_batch(unit, limit)
    if taken:
        feed_repository.number_batch(unit, at)
    if taken < limit:
        feed_repository.set_checkpoints(unit)
    return taken


def drain(database: Database, clock: Clock, limit: int = BATCH) -> int:
    """Number everything that is noted; how many notes. Each batch is a transaction of its own, so that writers
    are never kept waiting for long.
    """
    total = 0
    with reading(database) as unit:
        # Most ticks find nothing; they must not cost a write transaction.
        if not feed_repository.has_dirty(unit):
            return 0
    while True:
        taken = run_writing(database, lambda unit: sequence_batch(unit, clock.now(), limit))
        total += taken
        if taken < limit:
            return total


def sequence(context: JobContext) -> None:
    """The job: number everything that is noted."""
    drain(context.database, context.system_clock)


def prune(context: JobContext) -> None:
    """The nightly job: forget removals that every till has long seen."""
    before = context.system_clock.now() - REMOVES_KEPT
    run_writing(context.database, lambda unit: feed_repository.prune_removes(unit, before))


def feed_metrics(unit: ReadUnit) -> Iterable[Metric]:
    """Heads of the feeds, and changes waiting for a number."""
    family = GaugeMetricFamily(FEED_HEAD, "Last number of each feed", labels=("feed",))
    for feed, head in sorted(feed_repository.heads(unit).items()):
        family.add_metric((feed,), head.last_seq)
    yield family
    yield gauge(DIRTY_ROWS, "Changes not numbered yet", feed_repository.count_dirty(unit))
