"""`/cash`: what was counted in the drawers of a period, and what was too much or too little."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from central_server.backoffice.figures_file import KINDS, sheets_response
from central_server.backoffice.scope import Scope, link, scope_of
from central_server.backoffice.shell import Reader, attention, reader_of, render
from central_server.backoffice.value_report import Sheet
from central_server.backoffice.visitors import Visitor, looks
from central_server.features.ledger import cash_repository
from central_server.features.reporting.service import check_range
from central_server.platform.access import Right
from central_server.platform.unit_of_work import ReportOnlyUnit

router = APIRouter(include_in_schema=False)

FigureVisitor = Annotated[Visitor, looks(Right.FIGURES_READ)]
_SPAN = timedelta(days=27)


@dataclass(frozen=True, slots=True)
class CashRow:
    """The drawers of a till on a day."""

    day: str
    address: str
    store: str
    till: str
    drawers: str
    counted: str
    difference: str
    tone: str


@router.get("/cash")
def cash_page(
    request: Request,
    visitor: FigureVisitor,
    unit: ReportOnlyUnit,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    store: str = "",
    only: str = "",
) -> Response:
    """The last four weeks, or the period in the address; with `only` the drawers that were off."""
    reader = reader_of(request, visitor)
    scope = scope_of(unit, visitor, store)
    end = last or scope.today(request.app.state.business_clock.now())
    begin = first or end - _SPAN
    check_range(begin, end)
    found = cash_repository.counts(unit, begin, end, scope.store_ids)
    shown = [row for row in found if row["difference"]] if only else found
    asked = {"from": begin.isoformat(), "to": end.isoformat(), "store": scope.store_id}
    return render(
        request,
        "cash.html",
        part="cash",
        waiting=attention(unit, visitor, request),
        scope=scope,
        begin=begin,
        end=end,
        only=bool(only),
        rows=[_row(reader, scope, row) for row in shown],
        stats=_stats(reader, found),
        files=[(kind.upper(), link(f"/cash/export.{kind}", **asked)) for kind in KINDS],
    )


@router.get("/cash/export.{kind}")
def cash_export(
    request: Request,
    kind: str,
    visitor: FigureVisitor,
    unit: ReportOnlyUnit,
    first: Annotated[date, Query(alias="from")],
    last: Annotated[date, Query(alias="to")],
    store: str = "",
) -> Response:
    """The table as a file."""
    check_range(first, last)
    reader = reader_of(request, visitor)
    scope = scope_of(unit, visitor, store)
    _ = reader.texts.gettext
    rows = [
        _row(reader, scope, row)
        for row in cash_repository.counts(unit, first, last, scope.store_ids)
    ]
    head = (_("Day"), _("Store"), _("Till"), _("Counts"), _("Counted"), _("Difference"))
    cells = tuple((r.day, r.store, r.till, r.drawers, r.counted, r.difference) for r in rows)
    span = f"{reader.formats.plain_day(first)} – {reader.formats.plain_day(last)}"
    title = f"{_('Cash differences')}, {span}"
    sheets, name = [Sheet(title, head, cells, 3)], f"tresen-cash-{first}-{last}"
    return sheets_response(reader.texts, kind, title, sheets, name)


def _row(reader: Reader, scope: Scope, row: dict[str, Any]) -> CashRow:
    formats, off = reader.formats, row["difference"]
    money = formats.money(off, row["currency"])
    day = row["business_date"]
    return CashRow(
        day=formats.short_day(day),
        address=link(
            "/receipts",
            date=day.isoformat(),
            store=row["store_id"],
            till=row["till_id"],
            tender="cash",
        ),
        store=scope.name_of(row["store_id"]),
        till=row["till_id"],
        drawers=formats.whole(row["drawers"]),
        counted=formats.money(row["counted"], row["currency"]),
        difference=f"+{money}" if off > 0 else money,
        tone="neg" if off < 0 else "warn" if off else "",
    )


def _stats(reader: Reader, rows: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Counts, how many were off, and the sums by currency."""
    _, formats = reader.texts.gettext, reader.formats
    stats = [
        (_("Counts"), formats.whole(sum(row["drawers"] for row in rows)), ""),
        (_("Days of tills with a difference"),
         formats.whole(sum(1 for row in rows if row["difference"])), ""),
    ]  # fmt: skip
    for code in sorted({row["currency"] for row in rows}):
        off = sum(row["difference"] for row in rows if row["currency"] == code)
        tone = "neg" if off < 0 else ""
        stats.append((_("Difference in {currency}", currency=code), formats.money(off, code), tone))
    return stats
