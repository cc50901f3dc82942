"""SQL of what booked receipts add up to, by store and day, as the ledger is compared with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from central_server.features.sales.tables import sale, sale_line, sale_tender, sale_vat

_DAY = (sale.c.store_id, sale.c.business_date, sale.c.currency)


def vat_sums(connection: Connection, first: date, last: date) -> Iterator[dict[str, Any]]:
    """Net and VAT by category and rate."""
    keys = (*_DAY, sale_vat.c.category, sale_vat.c.rate_thousandths)
    query = (
        select(*keys, func.sum(sale_vat.c.net).label("net"), func.sum(sale_vat.c.vat).label("vat"))
        .join(sale, sale.c.event_id == sale_vat.c.event_id)
        .where(sale.c.business_date.between(first, last))
        .group_by(*keys)
    )
    for row in connection.execute(query).mappings():
        yield {**row, "net": int(row["net"]), "vat": int(row["vat"])}


def tender_sums(connection: Connection, first: date, last: date) -> Iterator[dict[str, Any]]:
    """Amounts by kind of tender."""
    keys = (*_DAY, sale_tender.c.kind)
    query = (
        select(*keys, func.sum(sale_tender.c.amount).label("amount"))
        .join(sale, sale.c.event_id == sale_tender.c.event_id)
        .where(sale.c.business_date.between(first, last))
        .group_by(*keys)
    )
    for row in connection.execute(query).mappings():
        yield {**row, "amount": int(row["amount"])}


def discount_sums(connection: Connection, first: date, last: date) -> Iterator[dict[str, Any]]:
    """What discounts took off, tax included."""
    query = (
        select(*_DAY, func.sum(sale_line.c.discount).label("amount"))
        .join(sale, sale.c.event_id == sale_line.c.event_id)
        .where(sale.c.business_date.between(first, last), sale_line.c.discount != 0)
        .group_by(*_DAY)
    )
    for row in connection.execute(query).mappings():
        yield {**row, "amount": int(row["amount"])}
