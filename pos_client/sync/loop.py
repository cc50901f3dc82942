"""The sync loop: what is done when, and what a failure costs. Takes everything it needs as arguments.

The sync process runs the upload and the feeds beside each other, each with a loop of its own, so that a sale never
waits behind a feed. A simulator, or a platform without child processes, calls `step`: journal first, feeds last.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog

from pos_client.storage.authorisations import OutstandingAuthorisations
from pos_client.storage.customer_vault import CustomerVault
from pos_client.storage.identity import TillIdentity
from pos_client.storage.journal import Journal
from pos_client.storage.reference_files import ReferenceFiles
from pos_client.storage.upload_state import UploadStore
from pos_client.sync.backoff import Backoff
from pos_client.sync.device_news import DeviceNews
from pos_client.sync.follower import FeedFollower
from pos_client.sync.giving_back import give_back_all
from pos_client.sync.key_files import KeyFile
from pos_client.sync.keys import CentreKey
from pos_client.sync.person_keys import PersonKeyUpload
from pos_client.sync.ports import CentreRefusedError, CentreTransport, Sleeper
from pos_client.sync.snapshots import SnapshotFetcher
from pos_client.sync.uploader import Uploader
from shared.errors import EnvironmentProblem
from shared.identity import Clock

log = structlog.get_logger()

IDLE_SECONDS = 2.0  # a lost nudge costs at most this
LONG_POLL_SECONDS = 10
AFTER_STOP_SECONDS = 300.0
WITHDRAWN = "till_withdrawn"
_BETWEEN_POLLS = 0.1  # for a centre that answers a long poll at once
_GATHER_SECONDS = 0.05
_GATHER_MOST = 5
_CONTACT_STEP = timedelta(seconds=10)


class SyncLoop:
    """One till's exchange with its centre. `jitter` gives numbers from 0 to below 1."""

    def __init__(
        self,
        *,
        transport: CentreTransport,
        clock: Clock,
        sleeper: Sleeper,
        journal: Journal,
        files: ReferenceFiles,
        identity: TillIdentity,
        jitter: Callable[[], float],
        keys: Sequence[KeyFile] = (),
        vault: CustomerVault | None = None,
        devices: DeviceNews | None = None,
        people: PersonKeyUpload | None = None,
    ) -> None:
        self._transport = transport
        self._clock = clock
        self._sleeper = sleeper
        self._journal = journal
        self._uploads = UploadStore(journal.file)
        self._authorisations = OutstandingAuthorisations(journal.file)
        self._uploader = Uploader(transport, journal, self._uploads, identity, clock)
        centre = CentreKey(identity.centre_key)
        snapshots = SnapshotFetcher(transport, files, centre, identity.store.market)
        self.follower = FeedFollower(transport, files, snapshots, clock, vault)
        self._upload_backoff = Backoff(jitter)
        self._feed_backoff = Backoff(jitter)
        self._greeted = False
        self._keys = keys
        self._keys_due = True
        self._devices = devices
        self._people = people

    def close(self) -> None:
        """Let go of the reference file."""
        self.follower.close()

    def upload_round(self) -> float:
        """Send everything that waits; the seconds until the next round."""
        try:
            if not self._greeted:
                self._uploader.greet()
                self._greeted = True
            if self._people is not None:
                self._people.send()
            while True:
                sent = self._uploader.step()
                if sent.sent:
                    log.info("events_sent", events=sent.sent)
                if not sent.more:
                    break
            give_back_all(self._transport, self._authorisations)
            self._uploader.ask_booked()
            if self._devices is not None:
                self._devices.send()
        except (EnvironmentProblem, CentreRefusedError) as failure:
            return self._failed(failure, self._upload_backoff, "upload")
        self._upload_backoff.succeeded()
        self._journal.file.tidy()
        return IDLE_SECONDS

    def feed_round(self, wait: int = 0) -> float:
        """Fetch what is new; the seconds until the next round."""
        try:
            if self._keys_due:
                # Once a run: a key changes only where PINs are set anew, or with the incarnation.
                for key in self._keys:
                    key.refresh(self._transport)
                self._keys_due = False
            self.follower.round(wait)
            if self._people is not None:
                self._people.settle(self.follower.lists_customer)
        except (EnvironmentProblem, CentreRefusedError) as failure:
            return self._failed(failure, self._feed_backoff, "feeds")
        self._feed_backoff.succeeded()
        self._note_contact()
        return _BETWEEN_POLLS if wait else IDLE_SECONDS

    def step(self) -> float:
        """Journal first, feeds last; the seconds until the next step."""
        upload = self.upload_round()
        return max(upload, self.feed_round())

    def run_upload(self, stopped: Callable[[], bool]) -> None:
        """Upload until `stopped`; a nudge ends the waiting."""
        while not stopped():
            pause = self.upload_round()
            # While the centre is away a nudge must not undo the back-off.
            self._pause(pause, stopped, nudged=pause <= IDLE_SECONDS)

    def run_feeds(self, stopped: Callable[[], bool], wait: int = LONG_POLL_SECONDS) -> None:
        """Follow the feeds until `stopped`."""
        while not stopped():
            self._pause(self.feed_round(wait), stopped, nudged=False)

    def _pause(self, seconds: float, stopped: Callable[[], bool], *, nudged: bool) -> None:
        left = seconds
        while left > 0 and not stopped():
            piece = min(left, 1.0)
            if self._sleeper.wait(piece) and nudged:
                self._gather()
                return
            left -= piece

    def _gather(self) -> None:
        """Let the receipts of a burst come together: one request for several is cheaper for both sides."""
        for _ in range(_GATHER_MOST):
            if not self._sleeper.wait(_GATHER_SECONDS):
                return

    def _failed(
        self, failure: EnvironmentProblem | CentreRefusedError, backoff: Backoff, part: str
    ) -> float:
        reason = failure.code
        log.warning("sync_failed", part=part, reason=reason, detail=str(failure))
        if WITHDRAWN in (reason, failure.params.get("reason")):
            self._wipe()
        self._greeted = False if part == "upload" else self._greeted
        try:
            self._uploads.offline(reason)
        except EnvironmentProblem as problem:
            log.warning("state_not_written", reason=problem.code)
        if reason in {"upload_stopped", WITHDRAWN, "protocol_unsupported"}:
            return AFTER_STOP_SECONDS
        return backoff.failed()

    def _wipe(self) -> None:
        """Head office took this till's identity away: it forgets the customers and what secrets it was given, first
        the keys, so that what a crash leaves behind cannot be read. The journal stays: nobody else has what is unsent.
        """
        for key in self._keys:
            key.forget()
        self._keys_due = True
        if self._people is not None:
            self._people.forget_all()
        try:
            self.follower.forget_customers()
        except EnvironmentProblem as problem:
            log.warning("customers_not_wiped", reason=problem.code)
            return
        log.warning("till_wiped")

    def _note_contact(self) -> None:
        try:
            state = self._uploads.load()
            now = self._clock.now()
            offset = self._transport.clock_offset // timedelta(milliseconds=1)
            stale = state.last_contact_at is None or not (
                timedelta(0) <= now - state.last_contact_at < _CONTACT_STEP
            )
            if (
                stale
                or state.offline_reason
                or state.processed_through < self.follower.processed_through
            ):
                self._uploads.contacted(now, self.follower.processed_through, offset)
        except EnvironmentProblem as problem:
            log.warning("state_not_written", reason=problem.code)
