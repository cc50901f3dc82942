"""SQL of the lists of receipts that people look through."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, and_, exists, func, select

from central_server.features.promotions.tables import promotion_use
from central_server.features.sales.tables import sale, sale_line, sale_tender, sale_vat


@dataclass(frozen=True, slots=True)
class ReceiptFilter:
    """Which receipts of one day: every field that is not None narrows. `vat` is category and rate in thousandths."""

    day: date
    store_ids: Collection[str]
    till_id: str | None = None
    hour: int | None = None
    currency: str | None = None
    vat: tuple[str, int] | None = None
    tender: str | None = None
    returns_only: bool = False
    article: str | None = None
    category: str | None = None
    promotion: str | None = None
    team: str | None = None


def page(
    connection: Connection,
    wanted: ReceiptFilter,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Receipts, latest first; `before` is `(finished_at, event_id)` of the last one shown."""
    query = _narrowed(select(sale), wanted)
    if before is not None:
        at, event_id = before
        same_moment = and_(sale.c.finished_at == at, sale.c.event_id < event_id)
        query = query.where((sale.c.finished_at < at) | same_moment)
    rows = connection.execute(
        query.order_by(sale.c.finished_at.desc(), sale.c.event_id.desc()).limit(limit)
    )
    return [dict(row) for row in rows.mappings()]


def sums(connection: Connection, wanted: ReceiptFilter) -> list[dict[str, Any]]:
    """Count and total of these receipts by currency."""
    query = _narrowed(
        select(
            sale.c.currency, func.count().label("receipts"), func.sum(sale.c.total).label("total")
        ),
        wanted,
    )
    rows = connection.execute(query.group_by(sale.c.currency).order_by(sale.c.currency))
    return [
        {"currency": row.currency, "receipts": row.receipts, "total": int(row.total)}
        for row in rows
    ]


def last_finished(connection: Connection, day: date, store_ids: Collection[str]) -> datetime | None:
    """When the latest booked receipt of a day was finished."""
    query = select(func.max(sale.c.finished_at)).where(
        sale.c.business_date == day, sale.c.store_id.in_(sorted(store_ids))
    )
    found: datetime | None = connection.execute(query).scalar_one()
    return found


def _narrowed(query: Select[Any], wanted: ReceiptFilter) -> Select[Any]:
    query = query.where(
        sale.c.business_date == wanted.day, sale.c.store_id.in_(sorted(wanted.store_ids))
    )
    for column, value in (
        (sale.c.till_id, wanted.till_id),
        (sale.c.local_hour, wanted.hour),
        (sale.c.currency, wanted.currency),
        (sale.c.team, wanted.team),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.returns_only:
        query = query.where(sale.c.is_return)
    if wanted.vat is not None:
        category, rate = wanted.vat
        query = query.where(
            exists().where(
                sale_vat.c.event_id == sale.c.event_id,
                sale_vat.c.category == category,
                sale_vat.c.rate_thousandths == rate,
            )
        )
    if wanted.tender is not None:
        query = query.where(
            exists().where(
                sale_tender.c.event_id == sale.c.event_id, sale_tender.c.kind == wanted.tender
            )
        )
    for column, text in (
        (sale_line.c.article_no, wanted.article),
        (sale_line.c.category, wanted.category),
        (promotion_use.c.promotion_id, wanted.promotion),
    ):
        if text is not None:
            of_receipt = column.table.c.event_id == sale.c.event_id
            query = query.where(exists().where(of_receipt, column == text))
    return query
