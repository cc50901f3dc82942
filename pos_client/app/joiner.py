"""Joining a centre from the till itself: key, code, identity and first data, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from pos_client import BUILD
from pos_client.storage.customer_vault import CustomerVault
from pos_client.storage.identity import IdentityFile, TillIdentity
from pos_client.storage.paths import DataPaths
from pos_client.storage.reference_files import ReferenceFiles
from pos_client.sync.follower import FeedFollower
from pos_client.sync.key_files import CustomerKeyFile, PinKeyFile
from pos_client.sync.keys import CentreKey, TillKey
from pos_client.sync.ports import CentreRefusedError, Transport
from pos_client.sync.provisioning import check_code, provision
from pos_client.sync.snapshots import SnapshotFetcher
from pos_client.sync.transport import check_centre_url
from shared.errors import DomainError, EnvironmentProblem
from shared.identity import Clock
from shared.wire.models import (
    CustomerKeyAnswer,
    FeedDigest,
    FeedPage,
    JournalAnswer,
    JournalBatch,
    PinKeyAnswer,
    ProvisionAnswer,
    ProvisionRequest,
    SnapshotManifest,
    TillState,
)

Ask = Callable[[str, ProvisionRequest], ProvisionAnswer]
Connect = Callable[[TillIdentity, TillKey], Transport]
# The file itself; what is left is unpacking it and the small feeds.
_DOWNLOADED = 90


class CentreJoiner:
    """Implements the joining screen's `Joiner` for the data directory `paths`.

    `ask` sends the one unsigned request to an address, `connect` opens the signed way that follows.
    """

    def __init__(self, paths: DataPaths, clock: Clock, ask: Ask, connect: Connect) -> None:
        self._paths = paths
        self._clock = clock
        self._ask = ask
        self._connect = connect

    def check(self, address: str, code: str) -> None:
        """Whether both look like what they should be."""
        check_centre_url(_with_scheme(address))
        check_code(code)

    def make_key(self) -> None:
        """Make the key of this till, and keep it."""
        self._paths.prepare()
        TillKey.make_or_load(self._paths.key_pending)

    def join(self, address: str, code: str) -> str:
        """Ask to be let in; the name of the store."""
        url = check_centre_url(_with_scheme(address))
        try:
            identity = provision(
                self._paths, url, code, lambda request: self._ask(url, request), build=BUILD
            )
        except CentreRefusedError as refusal:
            raise _told(refusal) from refusal
        return identity.store.name

    def fetch(self, progress: Callable[[int], None]) -> None:
        """Fetch the first data."""
        identity = IdentityFile(self._paths).require()
        transport = _Watched(self._connect(identity, TillKey.load(self._paths.key)), progress)
        files = ReferenceFiles(self._paths.reference)
        centre = CentreKey(identity.centre_key)
        snapshots = SnapshotFetcher(transport, files, centre, identity.store.market)
        vault = CustomerVault(self._paths.customer_key)
        follower = FeedFollower(transport, files, snapshots, self._clock, vault)
        try:
            PinKeyFile(self._paths.pin_key).refresh(transport)
            CustomerKeyFile(self._paths.customer_key).refresh(transport)
            follower.round()
        except CentreRefusedError as refusal:
            raise _told(refusal) from refusal
        finally:
            follower.close()


class _Watched:
    """A way to the centre that says how much of the reference file has come."""

    def __init__(self, transport: Transport, progress: Callable[[int], None]) -> None:
        self._transport = transport
        self._progress = progress
        self._size = 0

    @property
    def clock_offset(self) -> timedelta:
        return self._transport.clock_offset

    def state(self) -> TillState:
        return self._transport.state()

    def pin_key(self) -> PinKeyAnswer:
        return self._transport.pin_key()

    def customer_key(self) -> CustomerKeyAnswer:
        return self._transport.customer_key()

    def journal(self, batch: JournalBatch) -> JournalAnswer:
        return self._transport.journal(batch)

    def feed(self, feed: str, cursor: str | None, limit: int, wait: int) -> FeedPage:
        page = self._transport.feed(feed, cursor, limit, wait)
        if feed == "reference" and not self._size and page.head:
            # No file at the centre yet: the feed itself is what is long.
            done = page.head if page.complete else min(_seq_of(page), page.head)
            self._progress(_DOWNLOADED * done // page.head)
        return page

    def digest(self, feed: str, cursor: str) -> FeedDigest:
        return self._transport.digest(feed, cursor)

    def manifest(self) -> SnapshotManifest | None:
        found = self._transport.manifest()
        self._size = found.compressed_size if found is not None else 0
        return found

    def snapshot_chunks(self, snapshot_id: str, offset: int) -> Iterator[tuple[int, bytes]]:
        for position, data in self._transport.snapshot_chunks(snapshot_id, offset):
            yield position, data
            self._progress(_DOWNLOADED * (position + len(data)) // max(self._size, 1))


def _told(refusal: CentreRefusedError) -> DomainError:
    """The refusal as somebody at the screen may be told of it."""
    known = (
        DomainError("code_unknown"),
        DomainError("code_expired"),
        DomainError("code_used"),
        DomainError("rate_limited"),
    )
    other = DomainError("centre_refused", {"code": refusal.code[:40]})
    return next((error for error in known if error.code == refusal.code), other)


def _seq_of(page: FeedPage) -> int:
    return max((row.seq for row in page.rows), default=0)


def _with_scheme(address: str) -> str:
    """An address as people type it; whoever wants it unencrypted must say so."""
    typed = address.strip()
    if not typed:
        raise EnvironmentProblem("centre_url_invalid", {"url": ""})
    return typed if "://" in typed else f"https://{typed}"
