"""Debts that are written off, for head office and its programs: `/api/v1/write-offs`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from central_server.features.customers.cards import named_by
from central_server.features.loyalty import write_off
from central_server.features.loyalty.write_off import AskedWriteOff, WriteOff, WriteOffState
from central_server.platform.access import Right, StaffIdentity, needs
from central_server.platform.unit_of_work import ReadOnlyUnit, WriteUnit
from shared.ledger import AccountKind

router = APIRouter(prefix="/api/v1", tags=["values"])

ValueReader = Annotated[StaffIdentity, needs(Right.VALUES_READ)]
WriteOffMaker = Annotated[StaffIdentity, needs(Right.WRITE_OFFS)]


class WriteOffView(BaseModel):
    """`amount` in the smallest part of `unit`; `decided_by` is empty while it waits for somebody else."""

    request_id: UUID
    customer: str
    kind: str
    unit: str
    amount: int
    reason: str
    asked_by: str
    asked_at: datetime
    state: WriteOffState
    decided_by: str
    decided_at: datetime | None

    @classmethod
    def of(cls, one: WriteOff) -> WriteOffView:
        """The view of a write-off."""
        return cls(
            request_id=one.request_id,
            customer=one.customer,
            kind=one.kind.value,
            unit=one.unit_code,
            amount=one.amount,
            reason=one.reason,
            asked_by=one.asked_by,
            asked_at=one.asked_at,
            state=one.state,
            decided_by=one.decided_by,
            decided_at=one.decided_at,
        )


class NewWriteOff(BaseModel):
    """A debt to be written off; the id is the caller's own, so that asking again writes nothing off twice."""

    request_id: UUID
    customer: str = Field(min_length=1, max_length=40)
    kind: Literal["customer.points_debt", "customer.receivable"]
    unit: str = Field(min_length=3, max_length=16)
    amount: Annotated[int, Field(strict=True, ge=1, le=10**12)]
    reason: str = Field(min_length=1, max_length=200)


class Decision(BaseModel):
    """Whether somebody else agrees."""

    agree: Annotated[bool, Field(strict=True)]


@router.get("/write-offs", summary="Debts that were or shall be written off")
def write_offs(
    _staff: ValueReader,
    unit: ReadOnlyUnit,
    state: Annotated[str, Query(max_length=8)] = "",
) -> list[WriteOffView]:
    """The latest, newest first."""
    return [WriteOffView.of(one) for one in write_off.listed(unit, state)]


@router.post("/write-offs", summary="Write a debt off", status_code=201)
def ask(new: NewWriteOff, request: Request, staff: WriteOffMaker, unit: WriteUnit) -> WriteOffView:
    """Above the limit it waits for somebody else: `state` says so."""
    now = request.app.state.business_clock.now()
    asked = AskedWriteOff(
        new.request_id,
        named_by(unit, new.customer),
        AccountKind(new.kind),
        new.unit,
        new.amount,
        new.reason,
        staff.staff_id,
    )
    return WriteOffView.of(write_off.ask(unit, asked, now))


@router.post("/write-offs/{request_id}/decision", summary="Agree to a write-off, or do not")
def decide(
    request_id: UUID, said: Decision, request: Request, staff: WriteOffMaker, unit: WriteUnit
) -> WriteOffView:
    """Nobody agrees to what they asked for themselves."""
    now = request.app.state.business_clock.now()
    done = write_off.decide(unit, request_id, staff.staff_id, now, agree=said.agree)
    return WriteOffView.of(done)
