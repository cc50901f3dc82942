"""`/day/{date}`: the figures of one day, from the chain down to the receipt. No figure is about a person."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from central_server.backoffice import figure_export
from central_server.backoffice.day_compare import DayCompare
from central_server.backoffice.day_view import DayWriter, neighbours
from central_server.backoffice.scope import Scope, link, scope_of
from central_server.backoffice.shell import Reader, attention, first_place, reader_of, render
from central_server.backoffice.visitors import PageVisitor, Visitor, looks
from central_server.features.reporting import service as reporting
from central_server.features.reporting.day_targets import day_targets
from central_server.features.sales.service import last_receipt_at
from central_server.gateway.journal.repository import counts
from central_server.platform.access import Right
from central_server.platform.unit_of_work import ReadUnit, ReportOnlyUnit

router = APIRouter(include_in_schema=False)

FigureVisitor = Annotated[Visitor, looks(Right.FIGURES_READ)]


@router.get("/")
def today(
    request: Request, visitor: PageVisitor, unit: ReportOnlyUnit, store: str = ""
) -> Response:
    """Today's page, under its own address so that it can be passed on."""
    if not visitor.may(Right.FIGURES_READ):
        return RedirectResponse(first_place(visitor), status_code=303)
    scope = scope_of(unit, visitor, store)
    day = scope.today(request.app.state.business_clock.now())
    return RedirectResponse(link(f"/day/{day}", store=scope.store_id), status_code=303)


@router.get("/day")
def picked_day(
    day: Annotated[date, Query(alias="date")], _visitor: FigureVisitor, store: str = ""
) -> Response:
    """Where the form of the date picker leads."""
    return RedirectResponse(link(f"/day/{day}", store=store), status_code=303)


@router.get("/day/{day}")
def day_page(
    request: Request,
    day: date,
    visitor: FigureVisitor,
    unit: ReportOnlyUnit,
    store: str = "",
    currency: str = "",
) -> Response:
    """The figures of a day in the visitor's stores, or in one of them."""
    reader = reader_of(request, visitor)
    scope = scope_of(unit, visitor, store)
    chain_code = reporting.chain_currency(unit)
    figures = reporting.day_figures(unit, day, scope.store_ids, chain_code)
    now = request.app.state.business_clock.now()
    current = scope.today(now)
    targets = day_targets(unit, day, _places(scope))
    compare = DayCompare(reader, scope, targets, now if day == current else None)
    before, after = neighbours(day, current, scope)
    return render(
        request,
        "day.html",
        part="day",
        waiting=attention(unit, visitor, request),
        day=day,
        scope=scope,
        is_today=day == current,
        before=before,
        after=after,
        today_address=link("/", store=scope.store_id),
        live=_live(unit, reader, scope, day),
        compare=compare,
        view=DayWriter(reader, scope, figures, chain_code, compare).view(currency)
        if figures.totals
        else None,
        span=reporting.span(unit, scope.store_ids) if not figures.totals else None,
        export=link(f"/day/{day}/figures.csv", store=scope.store_id),
        all_receipts=link("/receipts", date=day.isoformat(), store=scope.store_id),
    )


@router.get("/day/{day}/figures.csv")
def day_export(
    request: Request, day: date, visitor: FigureVisitor, unit: ReportOnlyUnit, store: str = ""
) -> Response:
    """The figures of a day as a table for spreadsheets."""
    scope = scope_of(unit, visitor, store)
    reader = reader_of(request, visitor)
    rows = figure_export.day_rows(unit, reader, scope, day)
    return figure_export.csv_response(reader, rows, f"tresen-{day}")


def _places(scope: Scope) -> dict[str, list[str]]:
    """The stores of the page by their currency."""
    found: dict[str, list[str]] = {}
    for store in scope.stores:
        found.setdefault(store.currency, []).append(store.store_id)
    return found


def _live(unit: ReadUnit, reader: Reader, scope: Scope, day: date) -> str:
    """How far the figures have come: the last receipt in them, and what is still waiting."""
    last = last_receipt_at(unit, day, scope.store_ids)
    accepted, projected = counts(unit.connection)
    waiting = accepted - projected
    texts = reader.texts
    parts = []
    if last is not None:
        clock = reader.formats.clock(last, scope.zone)
        parts.append(texts.gettext("as of {time}", time=clock))
    if waiting:
        count = reader.formats.whole(waiting)
        parts.append(
            texts.ngettext("{count} event waiting", "{count} events waiting", waiting, count=count)
        )
    return ", ".join(parts)
