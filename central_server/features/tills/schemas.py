"""How tills look in the head-office interface. Keys and codes are not part of it."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from central_server.features.tills.service import Till


class TillView(BaseModel):
    """A till with its last contact and what it still holds."""

    till_id: str
    store_id: str
    name: str
    mode: str
    state: str
    state_reason: str
    incarnation: int
    last_contact_at: datetime | None
    unsent_events: int
    unseen: bool
    protocol: int | None
    build: str

    @classmethod
    def of(cls, till: Till, now: datetime) -> TillView:
        """The view of a till at `now`."""
        return cls(
            till_id=till.till_id,
            store_id=till.store_id,
            name=till.name,
            mode=till.mode,
            state=till.state.value,
            state_reason=till.state_reason,
            incarnation=till.incarnation,
            last_contact_at=till.last_contact_at,
            unsent_events=till.unsent_events,
            unseen=till.is_unseen(now),
            protocol=till.protocol,
            build=till.build,
        )


class IssuedCode(BaseModel):
    """A fresh one-time code; it is shown once."""

    till_id: str
    code: str
    expires_at: datetime


class WithdrawRequest(BaseModel):
    """Why a till is taken out of service."""

    reason: str = Field(default="", max_length=200)
