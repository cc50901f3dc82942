"""The feeds down: pages staged and applied at checkpoints, reference files fetched when a feed cannot go on.

Reference data has no side of its own: whatever is doubtful is dropped and fetched again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import structlog

from pos_client.storage.customer_vault import CustomerVault
from pos_client.storage.feed_applier import FeedApplier
from pos_client.storage.reference_files import ReferenceFiles
from pos_client.sync.ports import CentreRefusedError, Transport
from pos_client.sync.snapshots import SnapshotFetcher
from shared.errors import EnvironmentProblem
from shared.identity import Clock

log = structlog.get_logger()

# The reference feed comes last: it is the one that waits for news.
FEED_ORDER = ("staff", "config", "stock", "customer", "usage", "reference")
PAGE_ROWS = 5_000
DIGEST_EVERY = timedelta(hours=24)


class FeedFollower:
    """Keeps the current reference file up to date. Without a `vault`, or a key in it, it follows no customers."""

    def __init__(
        self,
        transport: Transport,
        files: ReferenceFiles,
        snapshots: SnapshotFetcher,
        clock: Clock,
        vault: CustomerVault | None = None,
    ) -> None:
        self._vault = vault
        self._transport = transport
        self._files = files
        self._snapshots = snapshots
        self._clock = clock
        self._applier: FeedApplier | None = None
        self._digest_due: datetime | None = None
        self._refetched_at: datetime | None = None
        self._unchecked = False
        self.processed_through = 0

    def close(self) -> None:
        """Let go of the reference file."""
        if self._applier is not None:
            self._applier.close()
            self._applier = None

    def round(self, wait: int = 0) -> int:
        """Fetch what is new in every feed, the last one waiting up to `wait` seconds; the rows applied.

        `EnvironmentProblem` and `CentreRefusedError` as the transport raises them; a broken file is dropped first,
        so that the next round fetches another.
        """
        try:
            applier = self._ready()
            rows = 0
            for feed in FEED_ORDER:
                if feed == "customer" and not self._may_keep_customers(applier):
                    continue
                rows += self._follow(applier, feed, wait if feed == FEED_ORDER[-1] else 0)
                applier = self._ready()
            self._compare_when_due(applier)
        except EnvironmentProblem as problem:
            if problem.code == "reference_corrupt":
                self._drop("corrupt")
            raise
        return rows

    def forget_customers(self) -> None:
        """Delete every customer, for good."""
        path = self._files.current()
        if path is None:
            return
        applier = FeedApplier(path)
        try:
            applier.follow_key("")
        finally:
            applier.close()

    def lists_customer(self, number: str) -> bool:
        """Whether the lists have a customer."""
        return self._ready().has_customer(number)

    def _may_keep_customers(self, applier: FeedApplier) -> bool:
        key_id = self._vault.key_id if self._vault is not None else ""
        applier.follow_key(key_id)
        return bool(key_id)

    def _ready(self) -> FeedApplier:
        """The writer of the current file: fetched, or made empty, where there is none."""
        if self._files.reported_broken():
            self._drop("reported broken")
        path = self._files.current()
        if self._applier is not None and self._applier.path == path:
            return self._applier
        self.close()
        if path is None:
            path = self._fetch() or self._files.create_empty()
        applier = FeedApplier(path, self._vault)
        if not applier.is_sound():
            applier.close()
            raise EnvironmentProblem("reference_corrupt", {"detail": "quick_check"})
        if applier.is_outdated():
            # The till goes on selling with it until the centre has built a file that this release can follow.
            applier.close()
            if self._fetch() is None:
                raise EnvironmentProblem("reference_outdated")
            return self._ready()
        self._applier = applier
        return applier

    def _fetch(self) -> Path | None:
        path = self._snapshots.fetch()
        if path is not None:
            log.info("snapshot_installed", file=path.name)
            self._unchecked = True
        return path

    def _drop(self, why: str) -> None:
        log.warning("reference_dropped", reason=why)
        self.close()
        self._files.drop()

    def _follow(self, applier: FeedApplier, feed: str, wait: int) -> int:
        done = 0
        while True:
            cursor = applier.cursor(feed)
            try:
                page = self._transport.feed(feed, cursor, PAGE_ROWS, wait)
            except CentreRefusedError as refusal:
                if refusal.code == "feed_unknown":
                    # A centre of an earlier release: what it has not is no reason to go without prices.
                    log.info("feed_not_served", feed=feed)
                    return done
                if refusal.code not in {"snapshot_required", "cursor_invalid"}:
                    raise
                if not self._start_over(applier, feed):
                    return done
                continue
            wait = 0
            quiet = page.complete and not page.rows and page.cursor == cursor
            if not quiet or page.processed_through != self.processed_through:
                applied = applier.take(feed, page)
                done += applied.rows if applied else 0
                if applied and applied.quarantined:
                    log.warning("rows_quarantined", feed=feed, rows=applied.quarantined)
            if page.complete:
                self.processed_through = page.processed_through
                return done
            if page.cursor == cursor:
                raise EnvironmentProblem("centre_answer_malformed", {"status": 200})

    def _start_over(self, applier: FeedApplier, feed: str) -> bool:
        """The centre cannot continue from our cursor; False if a new file must be opened first."""
        log.info("feed_starts_over", feed=feed)
        if feed == "reference":
            self.close()
            if self._fetch() is None:
                self._ready().restart(feed)
            return False
        applier.restart(feed)
        return True

    def _compare_when_due(self, applier: FeedApplier) -> None:
        now = self._clock.now()
        if self._digest_due is None:
            self._digest_due = now + DIGEST_EVERY
        if now < self._digest_due and not self._unchecked:
            return
        self._unchecked = False
        self._digest_due = now + DIGEST_EVERY
        self.compare(applier)

    def compare(self, applier: FeedApplier | None = None) -> tuple[str, ...]:
        """Compare count and sum of every feed with the centre's; the feeds that differed are fetched anew.

        The reference file is dropped for that at most once a day: if the centre's own file is the wrong one, fetching
        it for ever would help nobody.
        """
        applier = applier or self._ready()
        differing: list[str] = []
        for feed in FEED_ORDER:
            cursor = applier.applied_cursor(feed)
            if cursor is None:
                continue
            theirs = self._transport.digest(feed, cursor)
            ours = applier.digest(feed)
            if theirs.cursor != cursor or (theirs.count, theirs.sum64) == (ours.count, ours.sum64):
                continue
            log.warning(
                "digest_differs",
                feed=feed,
                ours=f"{ours.count} {ours.sum64}",
                centre=f"{theirs.count} {theirs.sum64}",
            )
            differing.append(feed)
        for feed in differing:
            if feed != "reference":
                applier.restart(feed)
        now = self._clock.now()
        recently = self._refetched_at is not None and now - self._refetched_at < DIGEST_EVERY
        if "reference" in differing and not recently:
            self._refetched_at = now
            self._drop("digest differs")
        return tuple(differing)
