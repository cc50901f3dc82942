"""Adds booked receipts to the figures of their day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from central_server.features.reporting import cell_repository, repository
from central_server.features.reporting.tables import (
    HEAD_OFFICE,
    figure_sales,
    figure_tender,
    figure_vat,
)
from central_server.platform.unit_of_work import UnitOfWork
from shared.basket import value_of
from shared.quantity import to_thousandths
from shared.receipt import Receipt
from shared.tax import VatAmount
from shared.tender import TaxedBefore, TenderKind

_Sums = dict[tuple[Any, ...], list[int]]


def add_to_figures(
    unit: UnitOfWork,
    receipts: Iterable[Receipt],
    prepaid: Mapping[tuple[UUID, int], TaxedBefore],
) -> None:
    """Add each receipt once; `prepaid` is what of their tenders, by receipt and place, vouchers paid that were taxed at
    issue. Sums of a batch are made in memory, so a batch costs one upsert a cell, not a receipt.
    """
    sales: _Sums = defaultdict(lambda: [0] * 6)
    vat: _Sums = defaultdict(lambda: [0] * 3)
    tender: _Sums = defaultdict(lambda: [0] * 2)
    for receipt in receipts:
        _add_sales(sales, receipt)
        day = (receipt.store_id, receipt.business_date, receipt.receipt_id.till_id)
        for row in (*receipt.vat, *_taxed_at_issue(receipt, prepaid)):
            key = (*day, row.category, to_thousandths(row.rate), receipt.currency)
            _add(vat[key], (row.gross, row.net, row.vat))
        for paid in receipt.tenders:
            # Change is cash that goes back: the cash of the day is what stays in the drawer.
            is_change = paid.kind is TenderKind.CHANGE
            kind = TenderKind.CASH if is_change else paid.kind
            _add(tender[*day, str(kind), receipt.currency], (0 if is_change else 1, paid.amount))
    _write(unit, figure_sales, sales)
    _write(unit, figure_vat, vat)
    _write(unit, figure_tender, tender)


def add_issued(
    unit: UnitOfWork, store_id: str, day: date, currency: str, issued: TaxedBefore
) -> None:
    """Add the VAT that became due on a day because head office issued vouchers for a store: no receipt says it, and
    the receipts that they pay take it off again.
    """
    key = (store_id, day, HEAD_OFFICE, issued.vat_category, to_thousandths(issued.vat_rate))
    sums = (issued.amount, issued.amount - issued.vat, issued.vat)
    names = [column.name for column in figure_vat.columns]
    row = dict(zip(names, (*key, currency, *sums), strict=True))
    repository.add_cells(unit.connection, figure_vat, [row])
    cell_repository.add_days(unit.connection, [day])
    cell_repository.add_issued(unit.connection, row)


def _add_sales(sums: _Sums, receipt: Receipt) -> None:
    key = (
        receipt.store_id,
        receipt.business_date,
        receipt.receipt_id.till_id,
        receipt.finished_at.hour,
        receipt.currency,
    )
    goods = sum(line.is_goods for line in receipt.lines)
    _add(
        sums[key],
        (
            # Who only buys a gift card is no receipt in an average basket.
            1 if goods else 0,
            1 if goods and receipt.is_return else 0,
            goods,
            sum(to_thousandths(line.quantity) for line in receipt.lines if line.is_goods),
            receipt.total - value_of(receipt.lines),
            sum(line.discount for line in receipt.lines),
        ),
    )


def _taxed_at_issue(
    receipt: Receipt, prepaid: Mapping[tuple[UUID, int], TaxedBefore]
) -> Iterable[VatAmount]:
    """What single-purpose vouchers paid: their VAT was due when they were issued, and is not due again."""
    for place in range(1, len(receipt.tenders) + 1):
        part = prepaid.get((receipt.event_id, place))
        if part is not None:
            net = part.amount - part.vat
            yield VatAmount(part.vat_category, part.vat_rate, -part.amount, -net, -part.vat)


def _add(cell: list[int], values: Iterable[int]) -> None:
    for place, value in enumerate(values):
        cell[place] += value


def _write(unit: UnitOfWork, table: Table, sums: Mapping[tuple[Any, ...], list[int]]) -> None:
    names = [column.name for column in table.columns]
    # In key order: two writers that touch the same cells then never wait for each other in a circle.
    rows = [dict(zip(names, (*key, *sums[key]), strict=True)) for key in sorted(sums)]
    repository.add_cells(unit.connection, table, rows)
