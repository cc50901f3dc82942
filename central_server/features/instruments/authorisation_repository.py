"""SQL of authorisations."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, select, update

from central_server.features.instruments.tables import authorisation
from shared.errors import ErrorParam
from shared.wire.authorisations import AuthorisationState


@dataclass(frozen=True, slots=True)
class Authorisation:
    """What a till asked to hold, and what became of it. `number` and `basket_id` are empty where only the id is known:
    its release, or the receipt with it, came before it was asked for. `units` is `amount` as it is held on the account.
    """

    auth_id: UUID
    till_id: str
    store_id: str
    number: str
    asked: int
    currency: str
    part_ok: bool
    basket_id: UUID | None
    state: AuthorisationState
    asked_at: datetime
    kind: str = "gift_card"
    amount: int = 0
    units: int = 0
    balance: int = 0
    lost: int = 0
    code: str = ""
    params: dict[str, ErrorParam] = field(default_factory=dict)
    expires_at: datetime | None = None
    ended_at: datetime | None = None
    event_id: UUID | None = None

    def state_at(self, at: datetime) -> AuthorisationState:
        """Its state; what is held too long is over, whether or not the ledger has given it back yet."""
        over = self.expires_at is not None and self.expires_at <= at
        if self.state is AuthorisationState.APPROVED and over:
            return AuthorisationState.EXPIRED
        return self.state


_ONE = select(authorisation).where(authorisation.c.auth_id == bindparam("asked"))
_LOCKED = _ONE.with_for_update()
_ADD = insert(authorisation)
_FIELDS = fields(Authorisation)


def one(connection: Connection, auth_id: UUID, *, lock: bool = False) -> Authorisation | None:
    """An authorisation; with `lock` nobody else changes it until this transaction ends."""
    rows = connection.execute(_LOCKED if lock else _ONE, {"asked": auth_id})
    row = rows.mappings().one_or_none()
    if row is None:
        return None
    facts = {**row, "state": AuthorisationState(row["state"]), "params": json.loads(row["params"])}
    return Authorisation(**facts)


def add(connection: Connection, new: Authorisation) -> None:
    """Keep a new one."""
    connection.execute(_ADD, _row(new))


def change(connection: Connection, changed: Authorisation) -> None:
    """Write what became of one."""
    connection.execute(
        update(authorisation)
        .where(authorisation.c.auth_id == changed.auth_id)
        .values(_row(changed))
    )


def _row(of: Authorisation) -> dict[str, object]:
    return {
        **{each.name: getattr(of, each.name) for each in _FIELDS},
        "state": of.state.value,
        "params": json.dumps(of.params, ensure_ascii=False, sort_keys=True),
    }
