"""The till-facing addresses of the journal: events up, and what the centre knows of the till that asks."""

from __future__ import annotations

import base64
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from central_server.features.tills import service as tills
from central_server.gateway.authentication import AnyTill, SigningTill, TillIdentity
from central_server.gateway.journal import intake, repository
from central_server.gateway.journal.intake import Accepted, Forked
from central_server.gateway.provisioning import certificate_of
from central_server.platform.errors import error_body
from central_server.platform.security import SigningKey
from central_server.platform.unit_of_work import ReadOnlyUnit, ReadUnit, WriteUnit
from shared.wire.models import (
    IntakeReceipt,
    JournalAnswer,
    JournalBatch,
    TillState,
    intake_signed_text,
)

router = APIRouter(prefix="/api/v1/till", tags=["till"])


@router.get("/state", summary="What the centre knows of this till")
def till_state(request: Request, identity: AnyTill, unit: ReadOnlyUnit) -> TillState:
    """Position of the journal and system time; quarantined tills may ask, too."""
    chain = repository.chain(unit.connection, identity.till_id, identity.incarnation)
    return TillState(
        till_id=identity.till_id,
        incarnation=identity.incarnation,
        expected_seq=chain.last_seq + 1 if chain else 1,
        processed_through=chain.projected_seq if chain else 0,
        server_time=request.app.state.system_clock.now(),
        quarantined=identity.quarantined,
        certificate=certificate_of(request.app.state.signing_key, identity.till.public_key or b""),
    )


@router.post("/journal", summary="Send journal events", response_model=JournalAnswer)
def send_journal(
    batch: JournalBatch, request: Request, identity: SigningTill, unit: WriteUnit
) -> JournalAnswer | JSONResponse:
    """Accept a batch. 409 `journal_gap` names where to go on; 403 `till_quarantined` is a fork."""
    now: datetime = request.app.state.system_clock.now()
    outcome = intake.accept(unit, identity.till_id, identity.incarnation, batch, now)
    if isinstance(outcome, Forked):
        return _quarantine(unit, request, identity, outcome)
    tills.record_unsent(unit, identity.till_id, batch.unsent)
    return _answer(request.app.state.signing_key, outcome, now)


def processed_through(unit: ReadUnit, till_id: str, incarnation: int) -> int:
    """How far the journal of a till is booked: its feeds say so with each page."""
    chain = repository.chain(unit.connection, till_id, incarnation)
    return chain.projected_seq if chain else 0


def _quarantine(
    unit: WriteUnit, request: Request, identity: TillIdentity, fork: Forked
) -> JSONResponse:
    # An answer, not an exception: the quarantine and the other copy must be committed.
    tills.quarantine(unit, identity.till_id, f"fork at {identity.incarnation}/{fork.seq}")
    body = error_body(
        "till_quarantined",
        {"till": identity.till_id, "seq": fork.seq},
        request.app.state.error_texts,
    )
    return JSONResponse(body, status_code=403)


def _answer(key: SigningKey, outcome: Accepted, now: datetime) -> JournalAnswer:
    chain = outcome.chain
    text = intake_signed_text(
        chain.till_id, chain.incarnation, chain.last_seq, chain.head_hash.hex(), now
    )
    return JournalAnswer(
        acked_seq=chain.last_seq,
        processed_through=chain.projected_seq,
        receipt=IntakeReceipt(
            seq=chain.last_seq,
            hash=chain.head_hash.hex(),
            received_at=now,
            signature=base64.b64encode(key.sign(text)).decode("ascii"),
        ),
    )
