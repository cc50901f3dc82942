"""`/promotions/calendar`: what is being made, planned, active and over, by the stores it is for, on a line of weeks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from central_server.backoffice.promotion_budget import months_of
from central_server.backoffice.promotion_hints import Hint, meeting_hint
from central_server.backoffice.promotion_pages import YEAR, PromotionReader, show_address
from central_server.backoffice.promotion_places import Places, places_of
from central_server.backoffice.promotion_sentence import span_said
from central_server.backoffice.promotion_words import PROMOTION_STATES
from central_server.backoffice.scope import link, scope_of
from central_server.backoffice.shell import Reader, attention, reader_of, render
from central_server.features.promotions import catalogue, drafts
from central_server.features.promotions.document import stores_of
from central_server.features.promotions.overlap import overlap
from central_server.features.promotions.versions import read_body
from central_server.platform.translations import mark
from central_server.platform.unit_of_work import ReadOnlyUnit, ReadUnit
from shared.promotions import Promotion

router = APIRouter(include_in_schema=False)

WEEKS = 8
WIDTH = 1_000
_SHOWN = 120
_HINTS = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """A promotion or a draft with its span; `id` is None for drafts, which cannot be copied yet."""

    promotion: Promotion
    name: str
    address: str
    state: str
    currency: str
    stores: tuple[str, ...]
    id: str | None


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A bar: `x` and `width` in thousandths of the line; `spoken` says it in words."""

    name: str
    address: str
    state: str
    tone: str
    spoken: str
    x: int
    width: int
    hints: Sequence[Hint]
    copies: str


@dataclass(frozen=True, slots=True)
class Span:
    """The weeks that are shown."""

    first: datetime
    last: datetime

    def bar(self, start: datetime | None, end: datetime | None) -> tuple[int, int] | None:
        """Where a time lies on the line, in thousandths of it: place and width; None outside of it."""
        begin, until = max(start or self.first, self.first), min(end or self.last, self.last)
        if begin >= until:
            return None
        whole = (self.last - self.first) // timedelta(minutes=1)
        x = (begin - self.first) // timedelta(minutes=1) * WIDTH // whole
        width = (until - begin) // timedelta(minutes=1) * WIDTH // whole
        return x, max(width, 4)


@router.get("/promotions/calendar")
def promotion_calendar(
    request: Request,
    visitor: PromotionReader,
    unit: ReadOnlyUnit,
    begin: Annotated[date | None, Query(alias="from")] = None,
) -> HTMLResponse:
    """Eight weeks from the Monday of a day on; the week before this one without it."""
    reader, scope = reader_of(request, visitor), scope_of(unit, visitor, None)
    now = request.app.state.business_clock.now()
    zone = ZoneInfo(scope.zone)
    # A day beyond the calendar's ends has no weeks around it.
    day = begin or scope.today(now) - timedelta(weeks=1)
    day = min(max(day, date(2000, 1, 3)), date(2100, 1, 4))
    monday = day - timedelta(days=day.weekday())
    mondays = [monday + timedelta(weeks=n) for n in range(WEEKS + 1)]
    edges = [datetime.combine(each, time(), zone) for each in (mondays[0], mondays[-1])]
    span, last = Span(*edges), mondays[-1] - timedelta(days=1)
    entries = _entries(unit, span, now)
    places = places_of(scope.visible)
    today = span.bar(now, now + timedelta(minutes=1))
    return render(
        request,
        "promotion_calendar.html",
        part="promotions",
        waiting=attention(unit, visitor, request),
        groups=_groups(entries[:_SHOWN], reader, places, span, now, scope.zone),
        left_out=max(len(entries) - _SHOWN, 0),
        weeks=[(each.isocalendar().week, reader.formats.axis_day(each)) for each in mondays[:-1]],
        budgets=months_of(
            unit, reader, catalogue.list_promotions(unit), (monday, last), scope.zone
        ),
        now_at=today[0] if today else None,
        first=monday,
        last=last,
        ways=[
            (reader.texts.gettext(name), link("/promotions/calendar", **{"from": str(to)}))
            for name, to in (
                (mark("Four weeks back"), monday - timedelta(weeks=4)),
                (mark("Year before"), monday - YEAR),
                (mark("Today"), scope.today(now) - timedelta(weeks=1)),
                (mark("Year after"), monday + YEAR),
                (mark("Four weeks on"), monday + timedelta(weeks=4)),
            )
        ],
    )


def _entries(unit: ReadUnit, span: Span, now: datetime) -> list[Entry]:
    """What lies in the span: published ones that were not withdrawn, and drafts; the earliest first."""
    found = []
    for one in catalogue.list_promotions(unit):
        newest = one.newest
        promotion = read_body(newest.body, one.currency)
        if newest.withdrawn_at is None and promotion is not None:
            stores = stores_of(json.loads(newest.body))
            address = show_address(one.promotion_id)
            state = newest.state(now)
            found.append(
                Entry(promotion, newest.name, address, state, one.currency, stores, promotion.id)
            )
    for draft in drafts.open_drafts(unit):
        promotion = read_body(draft.body, draft.currency)
        if promotion is not None:
            address, stores = f"/promotions/drafts/{draft.draft_id}", stores_of(draft.document)
            found.append(
                Entry(
                    promotion, draft.name, address, draft.state.value, draft.currency, stores, None
                )
            )
    there = [one for one in found if span.bar(one.promotion.when.start, one.promotion.when.until)]
    there.sort(key=lambda one: (one.promotion.when.start or span.first, one.name.casefold()))
    return there


def _groups(
    entries: Sequence[Entry],
    reader: Reader,
    places: Places,
    span: Span,
    now: datetime,
    zone: str,
) -> list[tuple[str, list[CalendarRow]]]:
    """The rows by the stores they are for; those for all stores first."""
    groups: dict[tuple[str, ...], list[Entry]] = {}
    for one in entries:
        groups.setdefault(one.stores, []).append(one)
    named = []
    for stores, members in sorted(groups.items(), key=lambda group: (bool(group[0]), group[0])):
        words = places.said(stores) if stores else [reader.texts.gettext("All stores")]
        title = ", ".join(words[:4]) + (f" +{len(words) - 4}" if len(words) > 4 else "")
        rows = [_row(one, entries, reader, span, now, zone) for one in members]
        named.append((title, rows))
    return named


def _row(
    one: Entry, others: Iterable[Entry], reader: Reader, span: Span, now: datetime, zone: str
) -> CalendarRow:
    when, formats = one.promotion.when, reader.formats
    bar = span.bar(when.start, when.until)
    assert bar is not None  # noqa: S101 - those outside were left out
    state, tone = PROMOTION_STATES[one.state]
    hints: list[Hint] = []
    for other in others:
        if other is one or other.currency != one.currency or len(hints) == _HINTS:
            continue
        if met := overlap(one.promotion, other.promotion):
            hint = meeting_hint(reader, one.promotion, other.promotion, met, other.address)
            if hint.tone != "info":
                hints.append(hint)
    texts = reader.texts
    begins = formats.beginning(when.start, zone) if when.start else ""
    ends = formats.ending(when.until, zone) if when.until else ""
    over = when.until is not None and when.until <= now
    return CalendarRow(
        name=one.name,
        address=one.address,
        state=texts.gettext(state),
        tone=tone,
        spoken=span_said(texts, begins, ends),
        x=bar[0],
        width=bar[1],
        hints=hints,
        copies=one.id or "" if over else "",
    )
