"""The till-facing address of devices: how those of the till that signed are."""

from __future__ import annotations

from fastapi import APIRouter, Request

from central_server.features.tills import service as tills
from central_server.gateway.authentication import SigningTill
from central_server.platform.unit_of_work import WriteUnit
from shared.wire.devices import DeviceReports, DeviceReportsAnswer

router = APIRouter(prefix="/api/v1/till", tags=["till"])


@router.post("/devices", summary="Say how the devices of this till are")
def say_devices(
    reports: DeviceReports, request: Request, identity: SigningTill, unit: WriteUnit
) -> DeviceReportsAnswer:
    """From now on the till has these devices, and they are so. Nothing else depends on it."""
    now = request.app.state.system_clock.now()
    return DeviceReportsAnswer(
        kept=tills.record_devices(unit, identity.till_id, reports.devices, now)
    )
