"""SQL of the uses of promotions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select, update

from central_server.features.promotions.tables import promotion, promotion_use, promotion_version
from central_server.platform.database import among, bulk_insert
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork

_NEWEST = (promotion_version.c.promotion_id == promotion.c.promotion_id) & (
    promotion_version.c.version == promotion.c.newest
)


def insert_uses(unit: UnitOfWork, rows: list[dict[str, Any]]) -> None:
    """Add uses by receipts."""
    bulk_insert(unit.connection, promotion_use, rows)


def usages(unit: ReadUnit, ids: Iterable[str]) -> list[Row[Any]]:
    """Uses and amount of those of these promotions whose newest version counts and has a limit over all receipts."""
    query = (
        select(promotion.c.promotion_id, promotion.c.uses, promotion.c.amount)
        .join(promotion_version, _NEWEST)
        .where(
            among(unit.connection, promotion.c.promotion_id, ids),
            promotion.c.withdrawn.is_(False),
            or_(
                promotion_version.c.total_limit.is_not(None),
                promotion_version.c.budget.is_not(None),
            ),
        )
    )
    return list(unit.connection.execute(query))


def limited_uses_by(unit: ReadUnit, customers: Iterable[str]) -> dict[str, dict[str, int]]:
    """How often each customer used the promotions that count and that each customer may have only so often."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    query = (
        select(
            promotion_use.c.customer,
            promotion_use.c.promotion_id,
            func.sum(promotion_use.c.uses).label("uses"),
        )
        .join(promotion, promotion.c.promotion_id == promotion_use.c.promotion_id)
        .join(promotion_version, _NEWEST)
        .where(
            among(unit.connection, promotion_use.c.customer, customers),
            promotion.c.withdrawn.is_(False),
            promotion_version.c.customer_limit.is_not(None),
        )
        .group_by(promotion_use.c.customer, promotion_use.c.promotion_id)
        .order_by(promotion_use.c.customer, promotion_use.c.promotion_id)
    )
    for customer, promotion_id, uses in unit.connection.execute(query):
        if uses > 0:
            found[customer][promotion_id] = int(uses)
    return found


def uses_of(
    unit: ReadUnit, ids: Iterable[str], customers: Iterable[str]
) -> dict[tuple[str, str], int]:
    """How often customers used these promotions, by promotion and customer."""
    query = (
        select(
            promotion_use.c.promotion_id,
            promotion_use.c.customer,
            func.sum(promotion_use.c.uses).label("uses"),
        )
        .where(
            among(unit.connection, promotion_use.c.customer, customers),
            among(unit.connection, promotion_use.c.promotion_id, ids),
        )
        .group_by(promotion_use.c.promotion_id, promotion_use.c.customer)
    )
    return {(row[0], row[1]): int(row[2]) for row in unit.connection.execute(query)}


def customers_of(unit: ReadUnit, ids: Iterable[str]) -> list[str]:
    """The customers who used any of these promotions."""
    query = (
        select(promotion_use.c.customer)
        .where(
            among(unit.connection, promotion_use.c.promotion_id, ids),
            promotion_use.c.customer.is_not(None),
        )
        .distinct()
    )
    return sorted(unit.connection.execute(query).scalars())


def move_owner(connection: Connection, old: str, into: str) -> None:
    """Let the uses of one customer count for another."""
    connection.execute(
        update(promotion_use).where(promotion_use.c.customer == old).values(customer=into)
    )
