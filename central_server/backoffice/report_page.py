"""`/report`: a period, day by day, as a chart, a table and a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from central_server.backoffice import figure_export
from central_server.backoffice.charts import Amount, Chart, bar_chart
from central_server.backoffice.day_view import NARROW, Stat
from central_server.backoffice.formats import DASH, in_thousands
from central_server.backoffice.scope import Scope, link, scope_of
from central_server.backoffice.shell import Reader, attention, reader_of, render
from central_server.backoffice.visitors import Visitor, looks
from central_server.features.reporting import service as reporting
from central_server.platform.access import Right
from central_server.platform.unit_of_work import ReportOnlyUnit

router = APIRouter(include_in_schema=False)

FigureVisitor = Annotated[Visitor, looks(Right.FIGURES_READ)]

_WIDE = 1120
_MOST_BARS = 62
_FIRST_SPAN = timedelta(days=27)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A day of one currency."""

    day: str
    address: str
    receipts: str
    returns: str
    pieces: str
    average: str
    discount: str
    gross: str


class ReportWriter:
    """Writes a period for one reader and currency."""

    def __init__(
        self,
        reader: Reader,
        scope: Scope,
        period: tuple[date, date],
        rows: Sequence[dict[str, Any]],
        code: str,
    ) -> None:
        self._reader = reader
        self._scope = scope
        self._first, self._last = period
        self._rows = [row for row in rows if row["currency"] == code]
        self._code = code

    def stats(self) -> list[Stat]:
        """The sums of the period."""
        _, formats = self._reader.texts.gettext, self._reader.formats
        gross, receipts, returns = (self._sum(name) for name in ("gross", "receipts", "returns"))
        return [
            Stat(_("Gross sales"), (formats.money(gross, self._code),)),
            Stat(_("Receipts"), (formats.whole(receipts),)),
            Stat(_("Average receipt"), (formats.average(gross, receipts, self._code),)),
            Stat(_("Returns"), (formats.whole(returns),)),
            Stat(_("Days with sales"), (formats.whole(len(self._rows)),)),
        ]

    def rows(self) -> list[ReportRow]:
        """Latest day first."""
        return [self._row(row, self._day_name(row)) for row in reversed(self._rows)]

    def total(self) -> ReportRow:
        """The last row of the table."""
        names = ("receipts", "returns", "quantity_thousandths", "discount", "gross")
        sums: dict[str, Any] = {name: self._sum(name) for name in names}
        return self._row({**sums, "business_date": None}, "")

    def charts(self) -> tuple[tuple[Chart, ...], str]:
        """The chart in two widths, and its unit: by day, or by month where there are too many days."""
        formats = self._reader.formats
        by_month = (self._last - self._first).days >= _MOST_BARS
        amounts = self._months() if by_month else self._days()

        def short(minor: int, step: int) -> str:
            return formats.brief(minor, step, self._code)

        charts = tuple(
            bar_chart(amounts, short, kind=kind, width=width, height=height)
            for kind, width, height in (("wide", _WIDE, 260), ("narrow", NARROW, 220))
        )
        symbol = formats.symbol(self._code)
        if in_thousands(charts[0].step, self._code):
            return charts, self._reader.texts.gettext("in thousand {symbol}", symbol=symbol)
        return charts, self._reader.texts.gettext("in {symbol}", symbol=symbol)

    def _days(self) -> list[Amount]:
        formats = self._reader.formats
        found = {row["business_date"]: row["gross"] for row in self._rows}
        amounts = []
        for offset in range((self._last - self._first).days + 1):
            day = self._first + timedelta(days=offset)
            gross = found.get(day, 0)
            spoken = f"{formats.short_day(day)}: {formats.money(gross, self._code)}"
            amounts.append(
                Amount(
                    formats.axis_day(day),
                    gross,
                    self._day_address(day) if day in found else "",
                    spoken,
                )
            )
        return amounts

    def _months(self) -> list[Amount]:
        formats = self._reader.formats
        amounts = []
        start = self._first
        while start <= self._last:
            following = date(start.year + start.month // 12, start.month % 12 + 1, 1)
            end = min(following - timedelta(days=1), self._last)
            gross = sum(row["gross"] for row in self._rows if start <= row["business_date"] <= end)
            address = link(
                "/report",
                **{"from": start.isoformat(), "to": end.isoformat()},
                store=self._scope.store_id,
                currency=self._code,
            )
            spoken = f"{formats.month(start)}: {formats.money(gross, self._code)}"
            amounts.append(Amount(formats.month(start), gross, address, spoken))
            start = following
        return amounts

    def _row(self, row: dict[str, Any], name: str) -> ReportRow:
        formats, code = self._reader.formats, self._code
        day = row["business_date"]
        return ReportRow(
            day=name,
            address=self._day_address(day) if day is not None else "",
            receipts=formats.count(row["receipts"]),
            returns=formats.count(row["returns"]),
            pieces=formats.quantity(row["quantity_thousandths"]),
            average=formats.average(row["gross"], row["receipts"], code),
            discount=formats.money(row["discount"], code) if row["discount"] else DASH,
            gross=formats.money(row["gross"], code),
        )

    def _day_name(self, row: dict[str, Any]) -> str:
        return self._reader.formats.short_day(row["business_date"])

    def _day_address(self, day: date) -> str:
        return link(f"/day/{day}", store=self._scope.store_id)

    def _sum(self, name: str) -> int:
        return sum(row[name] for row in self._rows)


@router.get("/report")
def report_page(
    request: Request,
    visitor: FigureVisitor,
    unit: ReportOnlyUnit,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    store: str = "",
    currency: str = "",
) -> Response:
    """The last four weeks, or the period in the address."""
    reader = reader_of(request, visitor)
    scope = scope_of(unit, visitor, store)
    end = last or scope.today(request.app.state.business_clock.now())
    begin = first or end - _FIRST_SPAN
    reporting.check_range(begin, end)
    rows = reporting.turnover_of_days(unit, begin, end, scope.store_ids)
    codes = sorted({row["currency"] for row in rows})
    main = reporting.chain_currency(unit)
    code = currency if currency in codes else (main if main in codes or not codes else codes[0])
    writer = ReportWriter(reader, scope, (begin, end), rows, code)
    charts, unit_name = writer.charts()
    period = {"from": begin.isoformat(), "to": end.isoformat()}
    return render(
        request,
        "report.html",
        part="report",
        waiting=attention(unit, visitor, request),
        scope=scope,
        begin=begin,
        end=end,
        code=code,
        choices=[
            (one, link("/report", **period, store=scope.store_id, currency=one), one == code)
            for one in codes
        ],
        stats=writer.stats(),
        rows=writer.rows(),
        total=writer.total(),
        charts=charts,
        unit=unit_name,
        export=link("/report/figures.csv", **period, store=scope.store_id),
    )


@router.get("/report/figures.csv")
def report_export(
    request: Request,
    visitor: FigureVisitor,
    unit: ReportOnlyUnit,
    first: Annotated[date, Query(alias="from")],
    last: Annotated[date, Query(alias="to")],
    store: str = "",
) -> Response:
    """The period as a table for spreadsheets."""
    reporting.check_range(first, last)
    scope = scope_of(unit, visitor, store)
    reader = reader_of(request, visitor)
    rows = figure_export.range_rows(unit, reader, scope, first, last)
    return figure_export.csv_response(reader, rows, f"tresen-{first}-{last}")
