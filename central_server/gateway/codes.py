"""What tills ask of codes of batches while a customer stands before them: keep one for a receipt, give it back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request

from central_server.features.coupons import batches, holding
from central_server.features.coupons.holding import Wish
from central_server.features.coupons.repository import Hold
from central_server.gateway.authentication import SigningTill
from central_server.platform.unit_of_work import ReadUnit, run_writing
from shared.errors import DomainError
from shared.wire.authorisations import AuthorisationState
from shared.wire.coupons import CodeAnswer, CodeRequest

router = APIRouter(prefix="/api/v1/till", tags=["till"])
_STATES = {"returned": AuthorisationState.CAPTURED}


@router.post("/codes", summary="Keep a promotion code for a receipt")
def keep(asked: CodeRequest, request: Request, identity: SigningTill) -> CodeAnswer:
    """Kept for 12 hours; the same id is answered the same. Refusals are 409, `code_exhausted` among them.

    Limited per till like other enquiries: codes must not be guessed.
    """
    if not request.app.state.authorisation_limiter.allow(identity.till_id):
        raise DomainError("rate_limited", http_status=429)
    at: datetime = request.app.state.business_clock.now()
    wish = Wish(
        asked.auth_id,
        identity.till_id,
        identity.store.store_id,
        asked.code,
        asked.basket_id,
        asked.customer,
    )
    return run_writing(
        request.app.state.database, lambda unit: _answer(unit, holding.keep(unit, wish, at))
    )


@router.post("/codes/{auth_id}/release", summary="Keep a promotion code no longer")
def release(auth_id: UUID, request: Request, identity: SigningTill) -> CodeAnswer:
    """Honoured whenever it comes, also before the request that it is about."""
    at: datetime = request.app.state.business_clock.now()
    store_id = identity.store.store_id
    return run_writing(
        request.app.state.database,
        lambda unit: _answer(
            unit, holding.give_back(unit, auth_id, identity.till_id, store_id, at)
        ),
    )


def _answer(unit: ReadUnit, made: Hold) -> CodeAnswer:
    state = _STATES.get(made.state) or AuthorisationState(made.state)
    batch = batches.get(unit, made.batch_id).codes if made.batch_id is not None else None
    return CodeAnswer(
        auth_id=made.auth_id,
        state=state,
        expires_at=made.expires_at,
        batch=made.batch_id,
        promotion=batch.promotion if batch is not None else "",
    )
