"""SQL of promotions in the making."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, select

from central_server.features.promotions.tables import promotion_draft
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork


def insert_draft(unit: UnitOfWork, values: dict[str, Any]) -> int:
    """Add a draft; its number."""
    statement = promotion_draft.insert().values(values).returning(promotion_draft.c.draft_id)
    return int(unit.connection.execute(statement).scalar_one())


def update_draft(unit: UnitOfWork, draft_id: int, values: dict[str, Any]) -> None:
    """Change a draft."""
    unit.connection.execute(
        promotion_draft.update().where(promotion_draft.c.draft_id == draft_id).values(values)
    )


def draft_row(unit: ReadUnit, draft_id: int, *, lock: bool = False) -> Row[Any] | None:
    """One draft."""
    query = select(promotion_draft).where(promotion_draft.c.draft_id == draft_id)
    return unit.connection.execute(query.with_for_update() if lock else query).one_or_none()


def draft_rows(unit: ReadUnit, states: Iterable[str], limit: int) -> list[Row[Any]]:
    """Drafts in these states, the one changed last first."""
    query = (
        select(promotion_draft)
        .where(promotion_draft.c.state.in_(list(states)))
        .order_by(promotion_draft.c.changed_at.desc(), promotion_draft.c.draft_id.desc())
        .limit(limit)
    )
    return list(unit.connection.execute(query))
