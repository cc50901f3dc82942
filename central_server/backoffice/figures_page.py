"""`/figures`: a day, week, month or year by store, category, article and more, beside the year before and the plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from central_server.backoffice import figure_export, figures_file
from central_server.backoffice.figures_view import (
    FigureWriter,
    Names,
    address_of,
    period_name,
)
from central_server.backoffice.scope import Scope, link, scope_of
from central_server.backoffice.shell import Reader, attention, reader_of, render
from central_server.backoffice.visitors import Visitor, looks
from central_server.backoffice.words import FIGURE_WORDS, ORDER_WORDS, PERIOD_WORDS, word
from central_server.features.catalogue.costs import costs_of
from central_server.features.reporting import board as boards
from central_server.features.reporting import service as reporting
from central_server.features.reporting.board import KEYED, PAGE, Board, By, Order, Question
from central_server.features.reporting.periods import Grain, period_of
from central_server.platform.access import Right
from central_server.platform.unit_of_work import ReadUnit, ReportOnlyUnit
from shared.errors import DomainError
from shared.money import currency as money_unit

router = APIRouter(include_in_schema=False)

FigureVisitor = Annotated[Visitor, looks(Right.FIGURES_READ)]
_MOST_SKIPPED = 1_000_000
_MONTH = 30
_GRAINS = ((0, Grain.DAY), (6, Grain.WEEK), (_MONTH, Grain.MONTH), (10**9, Grain.YEAR))


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands in the address."""

    period: Grain = Grain.DAY
    at: date | None = None
    by: By = By.TIME
    store: str = ""
    currency: str = ""
    of: By | None = None
    key: Annotated[str, Query(max_length=120)] = ""
    order: Order = Order.GROSS
    skip: Annotated[int, Query(ge=0, le=_MOST_SKIPPED)] = 0


def question_of(asked: Asked, visitor: Visitor, scope: Scope, today: date) -> Question:
    """The question in an address; `DomainError('not_found')`, 404, for a key of what has none."""
    if asked.of is not None and asked.of not in KEYED:
        raise DomainError("not_found", http_status=404)
    # A key is looked at over time or by store; of what it is a part of, cells say nothing.
    by = asked.by if asked.of is None or asked.by is By.STORE else By.TIME
    return Question(
        period=period_of(asked.period, asked.at or today),
        by=by,
        store_ids=tuple(scope.store_ids),
        is_chain=scope.chosen is None and visitor.identity.sees_all_stores,
        today=today,
        currency=asked.currency,
        of=asked.of,
        key=asked.key if asked.of is not None else "",
        order=asked.order,
        skipped=asked.skip,
    )


@router.get("/figures")
def figures_page(
    request: Request,
    visitor: FigureVisitor,
    unit: ReportOnlyUnit,
    asked: Annotated[Asked, Depends()],
) -> Response:
    """The figures that the address asks for; today's without one."""
    reader = reader_of(request, visitor)
    scope = scope_of(unit, visitor, asked.store)
    today = scope.today(request.app.state.business_clock.now())
    question = question_of(asked, visitor, scope, today)
    board = boards.ask(unit, question, reporting.chain_currency(unit))
    names = Names(unit, reader, scope)
    costs = _costs(unit, board) if visitor.may(Right.COSTS_READ) else None
    writer = FigureWriter(reader, scope, board, names, costs)
    charts, unit_name = writer.charts() if board.course else ((), "")
    return render(
        request,
        "figures.html",
        part="figures",
        waiting=attention(unit, visitor, request),
        scope=scope,
        asked=question,
        board=board,
        stats=writer.stats(),
        rows=writer.rows(),
        total=writer.total(),
        charts=charts,
        unit=unit_name,
        chip=names.of(question.of, [question.key])[question.key] if question.of else "",
        words=_words(reader, board),
        ways=_ways(reader, scope, board),
        has_plan=writer.has_plan,
        has_margin=writer.has_margin,
        course=_course_address(question, scope, board)
        if question.period.grain is Grain.YEAR
        else "",
    )


@router.get("/figures/course.json")
def course(
    request: Request,
    visitor: FigureVisitor,
    unit: ReportOnlyUnit,
    asked: Annotated[Asked, Depends()],
) -> Response:
    """Every day of the period beside the same weekday a year before, for the line chart: days since 1970, amounts."""
    scope = scope_of(unit, visitor, asked.store)
    today = scope.today(request.app.state.business_clock.now())
    question = question_of(asked, visitor, scope, today)
    code = asked.currency or reporting.chain_currency(unit)
    boards.check_team(unit, question)
    rows = boards.daily(unit, question, code)
    epoch = date(1970, 1, 1).toordinal()
    body = {
        "days": [day.toordinal() - epoch for day, _, _ in rows],
        "now": [now for _, now, _ in rows],
        "before": [before for _, _, before in rows],
        "exponent": money_unit(code).exponent,
    }
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


@router.get("/figures/export.{kind}")
def figures_export(
    request: Request,
    kind: str,
    visitor: FigureVisitor,
    unit: ReportOnlyUnit,
    asked: Annotated[Asked, Depends()],
) -> Response:
    """The table of the page as a file, with all its rows."""
    if kind not in figures_file.KINDS:
        raise DomainError("not_found", http_status=404)
    reader = reader_of(request, visitor)
    scope = scope_of(unit, visitor, asked.store)
    today = scope.today(request.app.state.business_clock.now())
    most = figures_file.MOST_ON_PAPER if kind == "pdf" else figures_file.MOST_ROWS
    question = replace(question_of(asked, visitor, scope, today), skipped=0, limit=most)
    margins = visitor.may(Right.COSTS_READ)
    content = figures_content(unit, reader, scope, question, kind, margins=margins)
    name = f"tresen-{question.by.value}-{question.period.grain.value}-{question.period.first}"
    return figures_file.file_response(content, kind, name)


@router.get("/figures/days.csv")
def days_export(
    request: Request,
    visitor: FigureVisitor,
    unit: ReportOnlyUnit,
    first: Annotated[date, Query(alias="from")],
    last: Annotated[date, Query(alias="to")],
    store: str = "",
) -> Response:
    """Sales, VAT and tenders of a period by store and day, for bookkeeping."""
    reporting.check_range(first, last)
    scope = scope_of(unit, visitor, store)
    reader = reader_of(request, visitor)
    rows = figure_export.range_rows(unit, reader, scope, first, last)
    return figure_export.csv_response(reader, rows, f"tresen-{first}-{last}")


@router.get("/report")
def former_report(
    _visitor: FigureVisitor,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    store: str = "",
    currency: str = "",
) -> Response:
    """Where the page of a period stood: the figures of the smallest period that holds those days."""
    days = (last - first).days if first is not None and last is not None else _MONTH
    grain = next(grain for most, grain in _GRAINS if days <= most)
    asked = link(
        "/figures",
        period=grain.value,
        at=last.isoformat() if last is not None else None,
        store=store,
        currency=currency,
    )
    return RedirectResponse(asked, status_code=301)


def figures_content(
    unit: ReadUnit, reader: Reader, scope: Scope, question: Question, kind: str, *, margins: bool
) -> bytes:
    """The table that a question asks for as the bytes of a file; `margins`: the reader may know purchase prices."""
    board = boards.ask(unit, question, reporting.chain_currency(unit))
    costs = _costs(unit, board) if margins else None
    writer = FigureWriter(reader, scope, board, Names(unit, reader, scope), costs)
    what = word(reader.texts, FIGURE_WORDS, question.by)
    if kind == "xlsx":
        return figures_file.board_workbook(reader, writer, board, what)
    place = scope.chosen.name if scope.chosen is not None else reader.texts.gettext("All stores")
    period = period_name(reader.formats, reader.texts, question.period)
    title = f"{what}, {period}, {place}, {board.currency}"
    if board.has_more:
        count = reader.formats.whole(len(board.rows))
        title += ", " + reader.texts.gettext("the first {count} rows", count=count)
    sheet = figures_file.board_sheet(reader, writer, title, what)
    return figures_file.sheets_as(reader.texts, kind, title, [sheet])


def _words(reader: Reader, board: Board) -> dict[str, str]:
    texts, formats, asked = reader.texts, reader.formats, board.question
    first, last = board.compared[0].first, board.compared[-1].last
    compared = formats.short_day(first)
    if first != last:
        compared = f"{formats.plain_day(first)} – {formats.plain_day(last)}"
    return {
        "period": period_name(formats, texts, asked.period),
        "span": f"{formats.plain_day(asked.period.first)} – {formats.plain_day(asked.period.last)}",
        "compared": compared,
        "by": word(texts, FIGURE_WORDS, asked.by),
        "of": word(texts, FIGURE_WORDS, asked.of) if asked.of is not None else "",
    }


def _costs(unit: ReadUnit, board: Board) -> dict[str, int] | None:
    """What the articles shown were bought for; None where the rows are no articles."""
    if board.question.by is not By.ARTICLE:
        return None
    found = costs_of(unit, [row.key for row in board.rows])
    return {
        article: costs[board.currency]
        for article, costs in found.items()
        if board.currency in costs
    }


def _ways(reader: Reader, scope: Scope, board: Board) -> dict[str, object]:
    """Where the controls of the page lead."""
    asked, store, texts = board.question, scope.store_id, reader.texts
    shown = replace(asked, currency=board.currency if asked.currency else "")
    dimensions = (By.TIME, By.STORE) if asked.of is not None else tuple(By)
    following = asked.period.next()
    at = (
        asked.period if asked.period.last <= asked.today else period_of(Grain.DAY, asked.today)
    ).first
    anchor = max(at, asked.period.first)
    return {
        "grains": [
            (word(texts, PERIOD_WORDS, grain),
             address_of(shown, store, period=grain.value, at=anchor.isoformat()),
             grain is asked.period.grain)
            for grain in Grain
        ],
        "by": [
            (word(texts, FIGURE_WORDS, one), address_of(shown, store, by=one.value, order=None),
             one is asked.by)
            for one in dimensions
        ],
        "orders": [
            (word(texts, ORDER_WORDS, one), address_of(shown, store, order=one.value),
             one is asked.order)
            for one in Order
        ],
        "currencies": [
            (code, address_of(shown, store, currency=code), code == board.currency)
            for code in board.currencies
        ],
        "previous": address_of(shown, store, at=asked.period.previous().first.isoformat()),
        "next": address_of(shown, store, at=following.first.isoformat())
        if following.first <= asked.today and following != asked.period
        else "",
        "without_key": address_of(shown, store, of=None, key=None,
                                  by=asked.of.value if asked.of is not None else None),
        "more": link(address_of(shown, store), skip=asked.skipped + PAGE).replace("?skip", "&skip")
        if board.has_more
        else "",
        "start": address_of(shown, store) if asked.skipped else "",
        "files": [
            (kind.upper(), address_of(shown, store).replace("/figures", f"/figures/export.{kind}", 1))
            for kind in figures_file.KINDS
        ],
        "days": link("/figures/days.csv", **{"from": asked.period.first.isoformat(),
                                             "to": asked.period.last.isoformat()}, store=store),
    }  # fmt: skip


def _course_address(question: Question, scope: Scope, board: Board) -> str:
    address = address_of(question, scope.store_id, currency=board.currency)
    return address.replace("/figures", "/figures/course.json", 1)
