"""What the sync loop needs of the network, and how the centre's refusals look. Knows no HTTP library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from shared.wire.authorisations import (
    AuthorisationAnswer,
    AuthorisationRequest,
    BalanceAnswer,
    BalanceRequest,
    PursesAnswer,
    PursesRequest,
)
from shared.wire.coupons import CodeAnswer, CodeRequest
from shared.wire.devices import DeviceReports, DeviceReportsAnswer
from shared.wire.finding import FindAnswer, FindRequest
from shared.wire.models import (
    CustomerKeyAnswer,
    FeedDigest,
    FeedPage,
    JournalAnswer,
    JournalBatch,
    PinKeyAnswer,
    SnapshotManifest,
    TillState,
)
from shared.wire.newcomers import PersonKeys, PersonKeysAnswer
from shared.wire.purchases import PurchaseAnswer


class CentreRefusedError(Exception):
    """The centre answered with a 4xx: `code` is stable, `params` belong to it."""

    def __init__(
        self, status: int, code: str, params: Mapping[str, str | int] | None = None
    ) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.params = dict(params or {})


class Transport(Protocol):
    """The till-facing API of the centre.

    Every call may raise `CentreRefusedError`, or `EnvironmentProblem`: `centre_unreachable` (also for an answer that
    did not come: what was asked may have happened), `centre_failing`, `centre_answer_malformed`.
    """

    @property
    def clock_offset(self) -> timedelta:
        """How far the centre's system clock is ahead of this machine's, as learnt from its answers."""

    def state(self) -> TillState:
        """What the centre knows of this till."""

    def pin_key(self) -> PinKeyAnswer:
        """The chain's secret for PINs."""

    def customer_key(self) -> CustomerKeyAnswer:
        """What this till seals its customers with."""

    def journal(self, batch: JournalBatch) -> JournalAnswer:
        """Send events."""

    def feed(self, feed: str, cursor: str | None, limit: int, wait: int) -> FeedPage:
        """A page of a feed; the centre may take `wait` seconds until there is something."""

    def digest(self, feed: str, cursor: str) -> FeedDigest:
        """Count and sum of a feed at a position."""

    def manifest(self) -> SnapshotManifest | None:
        """The current reference file; None if the centre has none."""

    def snapshot_chunks(self, snapshot_id: str, offset: int) -> Iterator[tuple[int, bytes]]:
        """The compressed file from `offset` on as `(position, bytes)`; from 0 if the centre cannot resume."""


class Authorising(Protocol):
    """What the centre is asked of a customer's value while they stand at the till. Raises as `Transport`."""

    def balance(self, request: BalanceRequest) -> BalanceAnswer:
        """What can be spent of a gift card, purse or voucher."""

    def purses(self, request: PursesRequest) -> PursesAnswer:
        """All that a card or number carries."""

    def find_customers(self, request: FindRequest) -> FindAnswer:
        """Customers of the chain by words."""

    def authorise(self, request: AuthorisationRequest) -> AuthorisationAnswer:
        """Hold an amount; the same request again gets the same answer."""

    def release(self, auth_id: UUID) -> AuthorisationAnswer:
        """Give back what is held, or is asked for by a request that is still under way."""

    def keep_code(self, request: CodeRequest) -> CodeAnswer:
        """Keep a promotion code for a receipt; the same request again gets the same answer."""

    def release_code(self, auth_id: UUID) -> CodeAnswer:
        """Keep a promotion code no longer; as `release`."""


class Purchasing(Protocol):
    """Asks about receipts that goods come back from."""

    def purchase(self, number: str) -> PurchaseAnswer:
        """The receipt with this full number, and what came back of it elsewhere."""


class Picturing(Protocol):
    """Asks for photos. Raises as `Transport`."""

    def picture(self, key: str) -> bytes:
        """The small photo under a key, as JPEG."""


class Asking(Authorising, Purchasing, Picturing, Protocol):
    """All that is asked while a customer stands at the till."""


class Reporting(Protocol):
    """What the centre is told besides the journal. Raises as `Transport`."""

    def devices(self, reports: DeviceReports) -> DeviceReportsAnswer:
        """Say how the devices are."""


class TakingDown(Protocol):
    """What the centre is told of persons beside the journal. Raises as `Transport`."""

    def person_keys(self, keys: PersonKeys) -> PersonKeysAnswer:
        """Hand over keys of persons whom the till took down."""


class CentreTransport(Transport, Asking, Reporting, TakingDown, Protocol):
    """Everything that a till asks its centre."""


class Sleeper(Protocol):
    """Waits; a nudge from the till ends the waiting early."""

    def wait(self, seconds: float) -> bool:
        """Wait up to `seconds`; True if nudged."""
