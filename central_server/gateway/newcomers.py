"""The till-facing address of the keys of persons whom tills took down."""

from __future__ import annotations

import base64
import binascii

from fastapi import APIRouter

from central_server.features.customers.newcomers import keep_keys
from central_server.gateway.authentication import SigningTill
from central_server.platform.unit_of_work import WriteUnit
from shared.errors import DomainError
from shared.wire.newcomers import PersonKeys, PersonKeysAnswer

router = APIRouter(prefix="/api/v1/till", tags=["till"])


@router.post("/person-keys", summary="Hand over the keys of persons whom this till took down")
def person_keys(body: PersonKeys, _identity: SigningTill, unit: WriteUnit) -> PersonKeysAnswer:
    """They are sent before the events that they open; sent again they change nothing."""
    try:
        keys = {each.customer: base64.b64decode(each.key, validate=True) for each in body.keys}
    except (binascii.Error, ValueError):
        raise DomainError("person_key_invalid", http_status=400) from None
    if any(len(key) != 32 for key in keys.values()):
        raise DomainError("person_key_invalid", http_status=400)
    return PersonKeysAnswer(gone=keep_keys(unit, keys))
