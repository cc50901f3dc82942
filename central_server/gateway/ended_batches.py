"""Batches of codes leave the feed of the tills long after their end; the centre knows their codes on.

Until then a till says by itself, also without a network, that a code is over. Afterwards it asks the centre. A batch
without an end of its own ends with its promotion, and comes back if that is published anew.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from central_server.features.coupons import batches
from central_server.features.promotions import catalogue
from central_server.gateway import feed_repository
from central_server.platform.changes import CHAIN, mark_changed
from central_server.platform.scheduler import Job, JobContext
from central_server.platform.unit_of_work import ReadUnit, reading, run_writing
from shared.wire.coupons import BATCH_KEY

KEPT_AFTER_END = timedelta(days=90)
_PART = 1_000


def leave(context: JobContext) -> None:
    """The nightly job: what tills still have and is over since long leaves them, and what counts again comes back. Most
    nights find nothing.
    """
    before = context.business_clock.now() - KEPT_AFTER_END
    with reading(context.database) as unit:
        over = catalogue.over(unit, before)
        told = _told(unit)
        gone = [batch_id for part in told for batch_id in batches.ended(unit, part, before, over)]
        there = {batch_id for part in told for batch_id in part}
        back = [one for one in batches.counting(unit, before, over) if one not in there]
    changes = [*map(batches.removal_of, gone), *map(batches.news_of, back)]
    if changes:
        run_writing(context.database, lambda unit: mark_changed(unit, changes))


def _told(unit: ReadUnit) -> list[list[UUID]]:
    """The batches that tills have, in parts."""
    chunks = feed_repository.put_chunks(unit, "config", (CHAIN,), _PART, kinds=("config",))
    keys = ([key for key, _ in chunk.rows if key.startswith(BATCH_KEY)] for chunk in chunks)
    return [[UUID(key.removeprefix(BATCH_KEY)) for key in part] for part in keys if part]


JOBS = (Job("ended_batches", leave, daily_at=(1, 50)),)
