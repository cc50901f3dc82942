"""`/live`: today as it comes in, for a screen on the wall; the part that moves asks again by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import Response

from central_server.backoffice.comparisons import Change, change_of
from central_server.backoffice.figures_view import Names
from central_server.backoffice.scope import Param, Scope, link, scope_of
from central_server.backoffice.shell import Reader, attention, reader_of, render
from central_server.backoffice.visitors import Visitor, looks
from central_server.features.reporting import board as boards
from central_server.features.reporting import service as reporting
from central_server.features.reporting.board import Board, BoardRow, By, Question
from central_server.features.reporting.periods import Grain, period_of
from central_server.features.sales import service as sales
from central_server.features.sales.list_repository import ReceiptFilter
from central_server.platform.access import Right
from central_server.platform.unit_of_work import ReadUnit, ReportOnlyUnit

router = APIRouter(include_in_schema=False)

FigureVisitor = Annotated[Visitor, looks(Right.FIGURES_READ)]
_RECEIPTS = 8
_ROWS = 8


@dataclass(frozen=True, slots=True)
class LiveRow:
    """A store, promotion or article today; `meter` is percent of the plan or of the strongest."""

    name: str
    address: str
    gross: str
    count: str
    change: Change | None
    meter: int
    tone: str


@dataclass(frozen=True, slots=True)
class LiveReceipt:
    """A receipt that came in."""

    time: str
    number: str
    address: str
    store: str
    total: str
    is_return: bool


@router.get("/live")
def live_page(
    request: Request,
    visitor: FigureVisitor,
    unit: ReportOnlyUnit,
    store: str = "",
    currency: str = "",
) -> Response:
    """Sales of the running day by store, promotion and article, and the receipts that came last."""
    reader = reader_of(request, visitor)
    scope = scope_of(unit, visitor, store)
    now = request.app.state.business_clock.now()
    desk = _Desk(unit, reader, scope, visitor, currency, now)
    board = desk.board(By.STORE)
    formats, code = reader.formats, board.currency
    until_now = desk.until_now()
    return render(
        request,
        "live.html",
        part="live",
        waiting=attention(unit, visitor, request),
        scope=scope,
        day=board.question.period.first,
        at=formats.clock_seconds(now, scope.zone),
        codes=[
            (one, link("/live", store=scope.store_id, currency=one), one == code)
            for one in board.currencies
        ],
        gross=formats.money(board.total["gross"], code),
        receipts=formats.whole(board.total["receipts"]),
        average=formats.average(board.total["gross"], board.total["receipts"], code),
        before=formats.money(until_now, code),
        gain=change_of(formats, board.total["gross"], until_now),
        plan=formats.share(board.total["gross"], board.plan.whole) if board.plan else "",
        plan_goal=formats.money(board.plan.whole, code) if board.plan else "",
        stores=desk.rows(board),
        promotions=desk.rows(desk.board(By.PROMOTION)),
        articles=desk.rows(desk.board(By.ARTICLE)),
        latest=desk.latest() if visitor.may(Right.RECEIPTS_READ) else [],
    )


class _Desk:
    """The running day for one reader."""

    def __init__(
        self,
        unit: ReadUnit,
        reader: Reader,
        scope: Scope,
        visitor: Visitor,
        currency: str,
        now: datetime,
    ) -> None:
        self._unit = unit
        self._reader = reader
        self._scope = scope
        self._now = now
        self._day = scope.today(now)
        self._names = Names(unit, reader, scope)
        self._question = Question(
            period=period_of(Grain.DAY, self._day),
            by=By.STORE,
            store_ids=tuple(scope.store_ids),
            is_chain=scope.chosen is None and visitor.identity.sees_all_stores,
            today=self._day,
            currency=currency,
            limit=_ROWS,
        )

    def board(self, by: By) -> Board:
        """Today by something."""
        preferred = reporting.chain_currency(self._unit)
        return boards.ask(self._unit, replace(self._question, by=by), preferred)

    def until_now(self) -> int:
        """What was sold by this time of day 52 weeks ago: whole hours, and the part of the running one."""
        board = self.board(By.HOUR)
        (now, minute), place = self._local_now(), self._scope.hours_into_day
        total = 0
        for row in board.rows:
            hour, gross = int(row.key), row.before["gross"]
            if place(hour) < place(now):
                total += gross
            elif hour == now:
                total += gross * minute // 60
        return total

    def _local_now(self) -> tuple[int, int]:
        at = self._now.astimezone(ZoneInfo(self._scope.zone))
        return at.hour, at.minute

    def rows(self, board: Board) -> list[LiveRow]:
        """The rows of a board, with where they lead."""
        by = board.question.by
        names = self._names.of(by, [row.key for row in board.rows])
        largest = max((row.now["gross"] for row in board.rows), default=0)
        return [self._row(board, row, names[row.key], largest) for row in board.rows]

    def _row(self, board: Board, row: BoardRow, name: str, largest: int) -> LiveRow:
        formats, code, by = self._reader.formats, board.currency, board.question.by
        gross = row.now["gross"]
        goal = row.plan.whole if row.plan is not None else largest
        store = row.key if by is By.STORE else self._scope.store_id
        narrowed: dict[str, Param] = {} if by is By.STORE else {by.value: row.key}
        return LiveRow(
            name=name,
            address=link(
                "/receipts", date=self._day.isoformat(), store=store, currency=code, **narrowed
            ),
            gross=formats.money(row.now["discount"] if by is By.PROMOTION else gross, code),
            count=formats.count(row.now["receipts"]),
            change=change_of(formats, gross, row.before["gross"]),
            meter=min(100, max(0, gross * 100 // goal)) if goal > 0 else 0,
            tone="plan" if row.plan is not None else "",
        )

    def latest(self) -> list[LiveReceipt]:
        """The receipts that were finished last."""
        wanted = ReceiptFilter(day=self._day, store_ids=self._scope.store_ids)
        found = sales.find_receipts(self._unit, wanted, limit=_RECEIPTS)
        formats = self._reader.formats
        return [
            LiveReceipt(
                time=formats.clock(row["finished_at"], self._scope.zone_of(row["store_id"])),
                number=sales.number_of(row),
                address=f"/receipts/{row['event_id']}",
                store=self._scope.name_of(row["store_id"]),
                total=formats.money(row["total"], row["currency"]),
                is_return=row["is_return"],
            )
            for row in found.rows
        ]
