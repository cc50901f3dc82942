"""Tills for head office: `/api/v1/tills`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request

from central_server.features.audit.service import AuditChange, record
from central_server.features.tills import service
from central_server.features.tills.schemas import IssuedCode, TillView, WithdrawRequest
from central_server.platform.access import Right, StaffIdentity, needs
from central_server.platform.clock import new_id
from central_server.platform.unit_of_work import ReadOnlyUnit, WriteUnit

router = APIRouter(prefix="/api/v1", tags=["tills"])

TillKeeper = Annotated[StaffIdentity, needs(Right.TILLS_WRITE)]
TillReader = Annotated[StaffIdentity, needs(Right.TILLS_READ)]


@router.get("/tills", summary="The tills of the stores the person signed in may see")
def tills(
    request: Request, staff: TillReader, unit: ReadOnlyUnit, store: str | None = None
) -> list[TillView]:
    """All tills, or those of one store."""
    if store is not None:
        staff.require_store(store)
    only = staff.only_stores() if store is None else {store}
    now = request.app.state.system_clock.now()
    return [TillView.of(till, now) for till in service.list_tills(unit, only)]


@router.post("/tills/{till_id}/code", summary="Issue a one-time code for a till", status_code=201)
def issue_code(till_id: str, request: Request, staff: TillKeeper, unit: WriteUnit) -> IssuedCode:
    """A code with which a device joins as this till within 24 hours; it is shown once."""
    staff.require_store(service.get_till(unit, till_id).store_id)
    clock = request.app.state.system_clock
    now = clock.now()
    code = service.issue_code(unit, till_id, new_id(clock), now, staff.staff_id)
    record(unit, staff.staff_id, now, AuditChange("code", "till", till_id, {}, {}))
    return IssuedCode(till_id=till_id, code=code, expires_at=now + service.CODE_LIFETIME)


@router.post("/tills/{till_id}/withdraw", summary="Take a till's identity away")
def withdraw(
    till_id: str, body: WithdrawRequest, request: Request, staff: TillKeeper, unit: WriteUnit
) -> TillView:
    """From now on every request of this till is refused."""
    staff.require_store(service.get_till(unit, till_id).store_id)
    till = service.withdraw(unit, till_id, body.reason)
    now = request.app.state.system_clock.now()
    change = AuditChange("withdrawn", "till", till_id, {}, {"reason": body.reason})
    record(unit, staff.staff_id, now, change)
    return TillView.of(till, now)
