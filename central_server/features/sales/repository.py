"""SQL of booked receipts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, and_, select, update

from central_server.features.sales.tables import (
    sale,
    sale_line,
    sale_return,
    sale_tender,
    sale_vat,
)
from central_server.platform.database import among, bulk_insert
from shared.basket import value_of
from shared.ledger.posting import issued_by_rate
from shared.quantity import to_thousandths
from shared.receipt import Receipt, ReceiptId
from shared.tender import TaxedBefore

ORIGIN_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Belonging:
    """What receipts belong to on the day they are booked: the team of a member of staff, the category of an article."""

    teams: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)


def insert_receipts(
    connection: Connection, receipts: Sequence[Receipt], belonging: Belonging
) -> None:
    """Insert receipts with lines, VAT and tenders; a receipt that is there already breaks the primary key."""
    teams, categories = belonging.teams, belonging.categories
    bulk_insert(connection, sale, [_sale_row(receipt, teams) for receipt in receipts])
    lines = [row for receipt in receipts for row in _line_rows(receipt, categories)]
    bulk_insert(connection, sale_line, lines)
    back = [row for receipt in receipts for row in _return_rows(receipt)]
    bulk_insert(connection, sale_return, back)
    bulk_insert(connection, sale_vat, [row for receipt in receipts for row in _vat_rows(receipt)])
    bulk_insert(
        connection, sale_tender, [row for receipt in receipts for row in _tender_rows(receipt)]
    )


def receipts_of_day(
    connection: Connection,
    business_date: date,
    store_ids: Sequence[str],
    *,
    till_id: str | None = None,
    hour: int | None = None,
    before: tuple[Any, UUID] | None = None,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """Receipts of stores on a day, latest first; `before` is `(finished_at, event_id)` of the last one shown."""
    query = select(sale).where(
        sale.c.business_date == business_date, sale.c.store_id.in_(store_ids)
    )
    if till_id is not None:
        query = query.where(sale.c.till_id == till_id)
    if hour is not None:
        query = query.where(sale.c.local_hour == hour)
    if before is not None:
        at, event_id = before
        earlier = and_(sale.c.finished_at == at, sale.c.event_id < event_id)
        query = query.where((sale.c.finished_at < at) | earlier)
    rows = connection.execute(
        query.order_by(sale.c.finished_at.desc(), sale.c.event_id.desc()).limit(limit)
    )
    return [dict(row) for row in rows.mappings()]


def receipt_head(connection: Connection, event_id: UUID) -> dict[str, Any] | None:
    """The row of one receipt."""
    row = (
        connection.execute(select(sale).where(sale.c.event_id == event_id)).mappings().one_or_none()
    )
    return dict(row) if row is not None else None


def receipt_by_number(
    connection: Connection, till_id: str, incarnation: int, number: int
) -> dict[str, Any] | None:
    """The row of the receipt with this printed number."""
    row = (
        connection.execute(
            select(sale).where(
                sale.c.till_id == till_id,
                sale.c.incarnation == incarnation,
                sale.c.receipt_no == number,
            )
        )
        .mappings()
        .one_or_none()
    )
    return dict(row) if row is not None else None


def receipt_parts(connection: Connection, event_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """Lines, VAT rows and tenders of one receipt."""
    ordered = (
        ("lines", sale_line, sale_line.c.number),
        ("vat", sale_vat, sale_vat.c.rate_thousandths.desc()),
        ("tenders", sale_tender, sale_tender.c.number),
    )
    parts = {}
    for name, table, order in ordered:
        rows = connection.execute(select(table).where(table.c.event_id == event_id).order_by(order))
        parts[name] = [dict(row) for row in rows.mappings()]
    return parts


def booked(connection: Connection, event_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these events are booked as receipts."""
    return set(
        connection.execute(
            select(sale.c.event_id).where(sale.c.event_id.in_(list(event_ids)))
        ).scalars()
    )


def returned_of(connection: Connection, number: str) -> list[Row[Any]]:
    """What has come back of the receipt with this full number, as it was booked."""
    query = select(sale_return).where(sale_return.c.origin_receipt == number[:ORIGIN_LENGTH])
    return list(connection.execute(query))


def receipts_by_ref(connection: Connection, refs: Iterable[str]) -> dict[str, str]:
    """For each of these external references that is booked, the full number of a receipt that carries it."""
    wanted = {ref for ref in refs if ref}
    if not wanted:
        return {}
    query = select(sale.c.external_ref, sale.c.till_id, sale.c.incarnation, sale.c.receipt_no)
    found = connection.execute(query.where(among(connection, sale.c.external_ref, wanted)))
    return {
        row.external_ref: str(ReceiptId(row.till_id, row.incarnation, row.receipt_no))
        for row in found
    }


def _sale_row(receipt: Receipt, teams: Mapping[str, str]) -> dict[str, Any]:
    return {
        "event_id": receipt.event_id,
        "store_id": receipt.store_id,
        "till_id": receipt.receipt_id.till_id,
        "incarnation": receipt.receipt_id.incarnation,
        "receipt_no": receipt.receipt_id.number,
        "is_return": receipt.is_return,
        "mode": str(receipt.mode),
        "business_date": receipt.business_date,
        "started_at": receipt.started_at,
        "finished_at": receipt.finished_at,
        # The till writes times with the store's own offset, so the hour is the one the store's clock showed.
        "local_hour": receipt.finished_at.hour,
        "currency": receipt.currency,
        "total": receipt.total,
        "value_gross": value_of(receipt.lines),
        "value_net": sum(row.net for row in issued_by_rate(receipt).values()),
        "lines": len(receipt.lines),
        "goods_lines": sum(line.is_goods for line in receipt.lines),
        "operator_id": receipt.operator_id,
        "external_ref": receipt.external_ref,
        "team": teams.get(receipt.operator_id, ""),
    }


def _line_rows(receipt: Receipt, categories: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    for line in receipt.lines:
        yield {
            "event_id": receipt.event_id,
            "number": line.number,
            "sku": line.sku,
            "article_no": line.article_no,
            "name": line.name,
            "size": line.size,
            "colour": line.colour,
            "quantity_thousandths": to_thousandths(line.quantity),
            "unit_price": line.unit_price,
            "discount": line.discount,
            "gross": line.gross,
            "vat_category": line.vat_category,
            "vat_rate_thousandths": to_thousandths(line.vat_rate),
            "price_source": str(line.price_source),
            "category": categories.get(line.article_no, ""),
            "value_kind": "" if line.value is None else str(line.value.kind),
        }


def _return_rows(receipt: Receipt) -> Iterable[dict[str, Any]]:
    for line in receipt.lines:
        if line.origin is None or not line.is_return:
            continue
        yield {
            "event_id": receipt.event_id,
            "number": line.number,
            "origin_receipt": line.origin.receipt[:ORIGIN_LENGTH],
            "origin_line": line.origin.line,
            "till_id": receipt.receipt_id.till_id,
            "incarnation": receipt.receipt_id.incarnation,
            "receipt_no": receipt.receipt_id.number,
            "quantity_thousandths": -to_thousandths(line.quantity),
            "gross": -line.gross,
        }


def _vat_rows(receipt: Receipt) -> Iterable[dict[str, Any]]:
    for row in receipt.vat:
        yield {
            "event_id": receipt.event_id,
            "category": row.category,
            "rate_thousandths": to_thousandths(row.rate),
            "gross": row.gross,
            "net": row.net,
            "vat": row.vat,
        }


def _tender_rows(receipt: Receipt) -> Iterable[dict[str, Any]]:
    for number, tender in enumerate(receipt.tenders, 1):
        yield {
            "event_id": receipt.event_id,
            "number": number,
            "kind": str(tender.kind),
            "amount": tender.amount,
        }


def note_prepaid(connection: Connection, prepaid: Mapping[tuple[UUID, int], TaxedBefore]) -> None:
    """Write to tenders, by receipt and place, what of them was taxed when a voucher was issued."""
    for (event_id, place), part in prepaid.items():
        connection.execute(
            update(sale_tender)
            .where(sale_tender.c.event_id == event_id, sale_tender.c.number == place)
            .values(
                vat_category=part.vat_category,
                vat_rate_thousandths=to_thousandths(part.vat_rate),
                prepaid=part.amount,
                vat=part.vat,
            )
        )
