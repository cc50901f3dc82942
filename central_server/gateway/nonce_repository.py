"""SQL of spent nonces."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite

from central_server.gateway.tables import till_nonce
from central_server.platform.unit_of_work import UnitOfWork

# Each request asks this: put together once.
_SPEND = {
    "postgresql": postgresql.insert(till_nonce)
    .on_conflict_do_nothing()
    .returning(till_nonce.c.nonce),
    "sqlite": sqlite.insert(till_nonce).on_conflict_do_nothing().returning(till_nonce.c.nonce),
}


def spend(unit: UnitOfWork, till_id: str, nonce: str, at: datetime) -> bool:
    """Spend a nonce of a till; False if it was spent before."""
    row = {"till_id": till_id, "nonce": nonce, "created_at": at}
    spent = unit.connection.execute(_SPEND[unit.connection.dialect.name], row)
    return spent.one_or_none() is not None


def forget(unit: UnitOfWork, before: datetime) -> int:
    """Delete nonces older than `before`; how many."""
    done = unit.connection.execute(till_nonce.delete().where(till_nonce.c.created_at < before))
    return done.rowcount
