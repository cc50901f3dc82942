"""What tills ask of gift cards and purses while a customer stands before them: balances and authorisations.

A till asks for its own store only: store and currency are those of the identity that signed. A request is repeated
whole where it collided with another one, so that an answer is always that of the last word.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from uuid import UUID

from fastapi import APIRouter, Request

from central_server.features.audit import service as audit
from central_server.features.audit.service import AuditChange
from central_server.features.customers.cards import named_by
from central_server.features.instruments import authorisation, enquiry
from central_server.features.instruments.authorisation import HoldRequest
from central_server.features.instruments.authorisation_repository import Authorisation
from central_server.gateway.authentication import SigningTill, SigningWork, TillIdentity
from central_server.platform.unit_of_work import ReadOnlyUnit, UnitOfWork, run_writing
from shared.errors import DomainError
from shared.tender import TenderKind
from shared.wire.authorisations import (
    AuthorisationAnswer,
    AuthorisationRequest,
    AuthorisationState,
    BalanceAnswer,
    BalanceRequest,
    PursesAnswer,
    PursesRequest,
    VoucherFacts,
)
from shared.wire.finding import FindAnswer, FindRequest

router = APIRouter(prefix="/api/v1/till", tags=["till"])


@router.post("/balances", summary="What a gift card or purse has")
def balance(
    asked: BalanceRequest, request: Request, identity: SigningTill, unit: ReadOnlyUnit
) -> BalanceAnswer:
    """What can be spent now. Enquiries are limited per till: numbers must not be guessed."""
    _limit(request, identity)
    today = identity.store.business_date(request.app.state.business_clock.now())
    kind = TenderKind(asked.kind)
    if kind is TenderKind.GIFT_CARD:
        return enquiry.card_line(unit, asked.instrument)
    if kind is TenderKind.VOUCHER:
        return enquiry.voucher_line(unit, asked.instrument, today)
    customer = named_by(unit, asked.instrument)
    line = enquiry.purse_line(unit, kind, customer, identity.store.currency, today)
    return line.model_copy(update={"instrument": asked.instrument})


@router.post("/purses", summary="Everything that a card or number carries")
def purses(asked: PursesRequest, request: Request, identity: SigningTill) -> PursesAnswer:
    """A customer's purses and a gift card's value, as far as one or both stand behind the number. The look is kept."""
    _limit(request, identity)
    at: datetime = request.app.state.business_clock.now()
    till = identity.till_id
    return run_writing(
        request.app.state.database,
        lambda unit: enquiry.carried(unit, asked.instrument, identity.store, till, at),
    )


@router.post("/customers/find", summary="Find customers by words")
def find(asked: FindRequest, request: Request, identity: SigningTill) -> FindAnswer:
    """Customers of the whole chain. Limited per till like enquiries; each that is answered is a look at them."""
    _limit(request, identity)
    at: datetime = request.app.state.business_clock.now()
    by = asked.by or identity.till_id
    return run_writing(
        request.app.state.database,
        lambda unit: enquiry.found(unit, asked.text, by, f"till {identity.till_id}", at),
    )


@router.post("/authorisations", summary="Hold an amount for a receipt")
def authorise(
    asked: AuthorisationRequest, request: Request, signing: SigningWork
) -> AuthorisationAnswer:
    """The same id is answered the same; 409 `authorisation_differs` for other content under it."""
    at: datetime = request.app.state.business_clock.now()
    tries = count()

    def ask(unit: UnitOfWork, identity: TillIdentity) -> AuthorisationAnswer | None:
        # What collides, be it with itself, is repeated, and then asks whether the id is known.
        new_id = next(tries) == 0
        if new_id:
            _limit(request, identity)
        made = authorisation.authorise(unit, _hold_request(asked, identity, at), at, new_id=new_id)
        if made is None:
            return None
        return _answer(made, at, enquiry.voucher_facts(unit, made))

    answer = signing.run(ask)
    if answer is None:
        raise DomainError("authorisation_differs", http_status=409)
    return answer


@router.post("/authorisations/{auth_id}/release", summary="Give back what is held")
def release(auth_id: UUID, request: Request, identity: SigningTill) -> AuthorisationAnswer:
    """Honoured whenever it comes, also before the request that it is about."""
    at: datetime = request.app.state.business_clock.now()
    store_id = identity.store.store_id
    with _refusal_kept(request, identity):
        made = run_writing(
            request.app.state.database,
            lambda unit: authorisation.release(unit, auth_id, identity.till_id, store_id, at),
        )
    return _answer(made, at)


@router.get("/authorisations/{auth_id}", summary="What became of an authorisation")
def outcome(
    auth_id: UUID, request: Request, identity: SigningTill, unit: ReadOnlyUnit
) -> AuthorisationAnswer:
    """Of one that this till asked for; 404 `authorisation_unknown` if it did not arrive."""
    with _refusal_kept(request, identity):
        found = authorisation.find(unit, auth_id, identity.till_id)
    if found is None:
        raise DomainError("authorisation_unknown", http_status=404)
    return _answer(found, request.app.state.business_clock.now())


@contextmanager
def _refusal_kept(request: Request, identity: TillIdentity) -> Iterator[None]:
    """Keep in the audit trail that a till asked for what another one holds. As many are kept as a till may ask."""
    state = request.app.state
    try:
        yield
    except DomainError as refusal:
        if state.authorisation_limiter.allow(identity.till_id):
            change = AuditChange("refused", "till", identity.till_id, {}, {"reason": refusal.code})
            at = state.business_clock.now()
            run_writing(
                state.database, lambda unit: audit.record(unit, identity.till_id, at, change)
            )
        raise


def _hold_request(asked: AuthorisationRequest, identity: TillIdentity, at: datetime) -> HoldRequest:
    return HoldRequest(
        auth_id=asked.auth_id,
        till_id=identity.till_id,
        store_id=identity.store.store_id,
        store_currency=identity.store.currency,
        day=identity.store.business_date(at),
        number=asked.instrument,
        amount=asked.amount,
        currency=asked.currency,
        basket_id=asked.basket_id,
        part_ok=asked.part_ok,
        kind=TenderKind(asked.kind),
        customer=asked.customer,
    )


def _limit(request: Request, identity: TillIdentity) -> None:
    if not request.app.state.authorisation_limiter.allow(identity.till_id):
        raise DomainError("rate_limited", http_status=429)


def _answer(
    made: Authorisation, at: datetime, voucher: VoucherFacts | None = None
) -> AuthorisationAnswer:
    state = made.state_at(at)
    return AuthorisationAnswer(
        auth_id=made.auth_id,
        state=state,
        amount=0 if state is AuthorisationState.EXPIRED else made.amount,
        balance=made.balance,
        expires_at=made.expires_at,
        code=made.code,
        params=dict(made.params),
        points=made.units if made.kind == TenderKind.POINTS else None,
        voucher=voucher,
    )
