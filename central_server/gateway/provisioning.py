"""Joining: the one request that is not signed, with one-time code and fresh public key; then the keys it is given."""

from __future__ import annotations

import base64
import binascii
from typing import Literal

import structlog
from fastapi import APIRouter, Request

from central_server.features.stores.service import get_store
from central_server.features.tills.service import join
from central_server.gateway.authentication import SigningTill
from central_server.platform.one_time_codes import derived_key
from central_server.platform.security import SigningKey
from central_server.platform.settings import Mode
from central_server.platform.unit_of_work import WriteUnit
from shared.errors import DomainError
from shared.vouchers import certified_text
from shared.wire.models import (
    CustomerKeyAnswer,
    PinKeyAnswer,
    ProvisionAnswer,
    ProvisionRequest,
)

router = APIRouter(prefix="/api/v1/till", tags=["till"])
log = structlog.get_logger(__name__)

TillMode = Literal["productive", "training", "demo"]


@router.post("/provision", summary="Join with a one-time code")
def provision(body: ProvisionRequest, request: Request, unit: WriteUnit) -> ProvisionAnswer:
    """The till's identity, its store and the centre's key. Attempts are limited per address."""
    state = request.app.state
    address = request.client.host if request.client is not None else "unknown"
    if not state.provisioning_limiter.allow(address):
        raise DomainError("rate_limited", http_status=429)
    try:
        public_key = base64.b64decode(body.public_key, validate=True)
    except (binascii.Error, ValueError):
        raise DomainError("public_key_invalid", http_status=400) from None
    now = state.system_clock.now()
    till = join(unit, body.code, public_key, body.build, now, wanted=body.till_id)
    store = get_store(unit, till.store_id)
    log.info("till_joined", till=till.till_id, incarnation=till.incarnation)
    return ProvisionAnswer(
        till_id=till.till_id,
        incarnation=till.incarnation,
        mode=till_mode(state.settings.mode, till.mode),
        store=store.facts(),
        centre_key=base64.b64encode(state.signing_key.public_bytes).decode("ascii"),
        certificate=certificate_of(state.signing_key, public_key),
    )


def certificate_of(centre: SigningKey, public_key: bytes) -> str:
    """What the centre signs of a till's key, base64: others know the vouchers that it signs by this."""
    return base64.b64encode(centre.sign(certified_text(public_key))).decode("ascii")


@router.get("/pin-key", summary="The chain's secret for PINs")
def pin_key(_identity: SigningTill, request: Request) -> PinKeyAnswer:
    """Only for tills that signed for it: it makes the verifiers in the staff feed worth something."""
    return PinKeyAnswer(pin_key=base64.b64encode(request.app.state.pin_key).decode("ascii"))


@router.get("/customer-key", summary="What this till seals its customers with")
def customer_key(identity: SigningTill, request: Request) -> CustomerKeyAnswer:
    """It follows from the centre's own secret, so nothing of it is kept here; a till that was withdrawn gets none."""
    purpose = f"customers of {identity.till_id}.{identity.incarnation}"
    key = derived_key(request.app.state.sealing_key, purpose)
    return CustomerKeyAnswer(customer_key=base64.b64encode(key).decode("ascii"))


def till_mode(installation: Mode, till: str) -> TillMode:
    """In which mode a till works: that of a demo or test installation is always `demo`."""
    if installation != "productive":
        return "demo"
    return "training" if till == "training" else "productive"
