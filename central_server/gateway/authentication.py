"""Who sends a request of a till: verifies the signature, that it is fresh and new, and that the till is welcome.

Most requests are known for good before they are worked on. What a customer waits for, `SigningWork`, is one transaction
with what it does: if that fails, the nonce is not spent, and nothing was done that could be done again.

Times are those of the system clock; the business clock may be moved without locking anybody out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, TypeVar

from fastapi import Depends, Request

from central_server.features.stores.service import Store, get_store
from central_server.features.tills.service import (
    Contact,
    Till,
    TillState,
    find_till,
    record_contact,
)
from central_server.gateway import nonce_repository
from central_server.platform.database import Database
from central_server.platform.scheduler import JobContext
from central_server.platform.security import verify_signature
from central_server.platform.unit_of_work import UnitOfWork, run_writing
from shared.errors import DomainError, ErrorParam
from shared.wire.signing import (
    HEADER_DIGEST,
    HEADER_INPUT,
    HEADER_SIGNATURE,
    MAX_AGE_SECONDS,
    content_digest,
    parse_signature,
    parse_signature_input,
    signature_base,
)
from shared.wire.versions import HEADER_BUILD, HEADER_PROTOCOL, check_protocol

T = TypeVar("T")

# A nonce counts as long as a signature may be old or from the future; a little more for good measure.
CONTACT_EVERY = timedelta(seconds=5)
"""A till that asks all the time is noted to have been heard of so often."""
NONCES_KEPT = timedelta(seconds=3 * MAX_AGE_SECONDS)


@dataclass(frozen=True, slots=True)
class TillIdentity:
    """The till behind a verified request."""

    till: Till
    store: Store
    protocol: int
    build: str

    @property
    def till_id(self) -> str:
        """The till's id."""
        return self.till.till_id

    @property
    def incarnation(self) -> int:
        """The till's current incarnation."""
        return self.till.incarnation

    @property
    def quarantined(self) -> bool:
        """Whether two journals were sent under this identity."""
        return self.till.state is TillState.QUARANTINED


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What a signature covers, and the headers that carry it."""

    method: str
    path: str
    query: str
    body: bytes
    digest: str | None
    signature_input: str | None
    signature: str | None
    protocol: str | None
    build: str


async def signed_request(request: Request) -> SignedRequest:
    """The request as it came over the wire."""
    headers = request.headers
    raw_path: bytes = request.scope.get("raw_path") or request.url.path.encode()
    return SignedRequest(
        method=request.method,
        path=raw_path.partition(b"?")[0].decode("ascii", "backslashreplace"),
        query=request.scope["query_string"].decode("ascii", "backslashreplace"),
        body=await request.body(),
        digest=headers.get(HEADER_DIGEST),
        signature_input=headers.get(HEADER_INPUT),
        signature=headers.get(HEADER_SIGNATURE),
        protocol=headers.get(HEADER_PROTOCOL),
        build=headers.get(HEADER_BUILD, ""),
    )


def authenticate(database: Database, signed: SignedRequest, now: datetime) -> TillIdentity:
    """The till that signed a request.

    `DomainError` 401: `signature_missing`, `signature_wrong`, `signature_stale`, `nonce_used`,
    `till_unknown`; 403: `incarnation_wrong`, `till_withdrawn`; 400/426: `protocol_…`. A quarantined till
    is let through with its mark: `quiet_till` and `welcome_till` tell the two apart.
    """
    work = _identifying(signed, now)
    # What a crash forgets of the last second is at most that a nonce was spent, and when a till was heard of.
    return run_writing(database, work, may_be_lost=True)


def _identifying(signed: SignedRequest, now: datetime) -> Callable[[UnitOfWork], TillIdentity]:
    """What tells the till in a unit of work; raises as `authenticate` does what needs no unit to be seen."""
    protocol = check_protocol(signed.protocol)
    given = parse_signature_input(signed.signature_input)
    signature = parse_signature(signed.signature)
    away = int((now - datetime.fromtimestamp(given.created, now.tzinfo)).total_seconds())
    if abs(away) > MAX_AGE_SECONDS:
        raise DomainError("signature_stale", {"seconds": away}, http_status=401)
    digest = content_digest(signed.body)
    base = signature_base(signed.method, signed.path, signed.query, digest, given)

    def work(unit: UnitOfWork) -> TillIdentity:
        till = find_till(unit, given.till_id)
        if till is None or till.public_key is None:
            raise DomainError("till_unknown", {"till": given.till_id}, http_status=401)
        if given.incarnation != till.incarnation:
            params: dict[str, ErrorParam] = {
                "till": till.till_id,
                "given": given.incarnation,
                "current": till.incarnation,
            }
            raise DomainError("incarnation_wrong", params, http_status=403)
        if signed.digest != digest or not verify_signature(till.public_key, signature, base):
            raise DomainError("signature_wrong", http_status=401)
        if not nonce_repository.spend(unit, till.till_id, given.nonce, now):
            raise DomainError("nonce_used", http_status=401)
        if till.state is TillState.WITHDRAWN:
            raise DomainError("till_withdrawn", {"till": till.till_id}, http_status=403)
        if _is_news(till, now, protocol, signed.build):
            record_contact(unit, till.till_id, Contact(now, protocol, signed.build))
        return TillIdentity(till, get_store(unit, till.store_id), protocol, signed.build)

    return work


def _is_news(till: Till, now: datetime, protocol: int, build: str) -> bool:
    """Whether to write down that a till was heard of: each request would rewrite the same row, and wait for it."""
    last = till.last_contact_at
    known = (till.protocol, till.build) == (protocol, build[:60])
    return last is None or not known or not timedelta(0) <= now - last < CONTACT_EVERY


def quiet_till(
    request: Request, signed: Annotated[SignedRequest, Depends(signed_request)]
) -> TillIdentity:
    """The dependency behind `AnyTill`: quarantined tills too."""
    state = request.app.state
    return authenticate(state.database, signed, state.system_clock.now())


def welcome_till(identity: Annotated[TillIdentity, Depends(quiet_till)]) -> TillIdentity:
    """The dependency behind `SigningTill`: `DomainError('till_quarantined')`, 403, for quarantined ones."""
    _refuse_quarantined(identity)
    return identity


def _refuse_quarantined(identity: TillIdentity) -> None:
    if identity.quarantined:
        raise DomainError("till_quarantined", {"till": identity.till_id}, http_status=403)


class SignedWork:
    """A request of a till that is not known yet: who it is comes out in the unit in which it is worked on."""

    def __init__(self, database: Database, signed: SignedRequest, now: datetime) -> None:
        self._database = database
        self._signed = signed
        self._now = now

    def run(self, work: Callable[[UnitOfWork, TillIdentity], T]) -> T:
        """`work` for the till that signed, in the unit that spends the nonce, repeated whole as `run_writing` does.

        `DomainError` as of `authenticate`, and for quarantined tills.
        """
        identify = _identifying(self._signed, self._now)

        def both(unit: UnitOfWork) -> T:
            identity = identify(unit)
            _refuse_quarantined(identity)
            return work(unit, identity)

        return run_writing(self._database, both)


async def signed_work(
    request: Request, signed: Annotated[SignedRequest, Depends(signed_request)]
) -> SignedWork:
    """The dependency behind `SigningWork`. It asks nobody anything, so it needs no thread."""
    state = request.app.state
    return SignedWork(state.database, signed, state.system_clock.now())


SigningWork = Annotated[SignedWork, Depends(signed_work)]
AnyTill = Annotated[TillIdentity, Depends(quiet_till)]
SigningTill = Annotated[TillIdentity, Depends(welcome_till)]


def forget_nonces(context: JobContext) -> None:
    """The job: delete nonces whose signatures are too old to be accepted again."""
    before = context.system_clock.now() - NONCES_KEPT
    run_writing(context.database, lambda unit: nonce_repository.forget(unit, before))
