"""The exceptions queue for programs: `/api/v1/exceptions`. Bodies of events are read on the pages only."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from central_server.backoffice.exception_desk import tills_of
from central_server.backoffice.numbers import MOST_NUMBER
from central_server.features.exceptions import service as exceptions
from central_server.platform.access import Right, StaffIdentity, needs
from central_server.platform.unit_of_work import ReadOnlyUnit

router = APIRouter(prefix="/api/v1", tags=["exceptions"])

ExceptionReader = Annotated[StaffIdentity, needs(Right.EXCEPTIONS_READ)]


class ExceptionView(BaseModel):
    """An exception; `blocked` is not booked, `notice` is booked and wants a look."""

    id: int
    till_id: str
    incarnation: int
    seq: int
    event_id: UUID
    type: str
    code: str
    params: dict[str, Any]
    kind: str
    state: str
    raised_at: datetime
    closed_at: datetime | None


@router.get("/exceptions", summary="Events that wait for a person, newest first")
def listed(
    staff: ExceptionReader,
    unit: ReadOnlyUnit,
    state: Literal["open", "repaired", "dismissed"] | None = "open",
    till: str = "",
    before: Annotated[int | None, Query(ge=1, le=MOST_NUMBER)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> list[ExceptionView]:
    """Of one till, or of all that the person signed in may see; `before` is the id of the last one received."""
    rows = exceptions.page(
        unit,
        states=None if state is None else (state,),
        till_ids=tills_of(unit, staff, till),
        before=before,
        limit=limit,
    )
    return [ExceptionView.model_validate(row) for row in rows]
