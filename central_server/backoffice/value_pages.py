"""`/values`: what the chain owes its customers, gift cards, vouchers, and what tills asked to hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Row

from central_server.backoffice.figures_file import KINDS, sheets_response
from central_server.backoffice.marks import mark_of, read_mark
from central_server.backoffice.scope import Scope, link, scope_of
from central_server.backoffice.shell import Reader, attention, reader_of, render
from central_server.backoffice.trail import note
from central_server.backoffice.value_report import (
    KIND_WORDS,
    Sheet,
    liability_sheet,
    statement_sheets,
)
from central_server.backoffice.visitors import Visitor, looks, sends
from central_server.backoffice.words import CARD_STATES, EVENT_ACTIONS, HOLD_STATES, word
from central_server.features.audit.service import AuditChange
from central_server.features.instruments import (
    list_repository,
    purse_repository,
    service,
    statements,
    vouchers,
)
from central_server.features.instruments.sources import Asked
from central_server.features.instruments.statements import LiabilityRow
from central_server.features.stores.service import list_stores
from central_server.platform.access import Right
from central_server.platform.clock import new_id
from central_server.platform.unit_of_work import ReadOnlyUnit, ReadUnit, ReportOnlyUnit, WriteUnit
from shared.errors import DomainError
from shared.vouchers import CardState
from shared.wire.authorisations import AuthorisationState

router = APIRouter(include_in_schema=False)

ValueReader = Annotated[Visitor, looks(Right.VALUES_READ)]
ValueKeeper = Annotated[Visitor, sends(Right.VALUES_WRITE)]
Number = Annotated[str, Query(max_length=40)]
_PAGE = 50
_EVENTS = 100
_POINTS = "PTS-"


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row of a list: its name and where it leads, cells, a badge with its tone, and an amount."""

    name: str
    address: str
    cells: tuple[str, ...]
    state: str
    tone: str
    amount: str


@router.get("/values")
def open_values(
    request: Request,
    visitor: ValueReader,
    unit: ReportOnlyUnit,
    on: date | None = None,
    number: Number = "",
) -> Response:
    """What is open by age at the end of a day; with `number` the card or voucher itself."""
    if number.strip():
        return _found(request, visitor, unit, number.strip())
    return _open(request, visitor, unit, on)


@router.get("/values/open.{kind}")
def open_file(
    request: Request, kind: str, visitor: ValueReader, unit: ReportOnlyUnit, on: date
) -> Response:
    """The same as a file."""
    reader = reader_of(request, visitor)
    sheet = liability_sheet(reader.texts, reader.formats, on, statements.liabilities(unit, on))
    return sheets_response(reader.texts, kind, sheet.title, [sheet], f"tresen-open-{on}")


@router.get("/values/cards")
def card_list(
    request: Request,
    visitor: ValueReader,
    unit: ReadOnlyUnit,
    state: Annotated[str, Query(max_length=8)] = "",
    q: Annotated[str, Query(max_length=19)] = "",
    after: Annotated[str, Query(max_length=19)] = "",
) -> Response:
    """Gift cards by number."""
    reader = reader_of(request, visitor)
    start = re.sub(r"[^0-9]", "", q)
    found = list_repository.cards(unit, state, start, after, _PAGE + 1)
    names = {store.store_id: store.name for store in list_stores(unit)}
    rows = []
    for row in found[:_PAGE]:
        card = service.find_card(unit, row.number)
        said, tone = CARD_STATES.get(row.state, (row.state, ""))
        rows.append(
            ListRow(
                row.number,
                f"/values/cards/{row.number}",
                (
                    reader.formats.plain_day(row.sold_on) if row.sold_on else "–",
                    names.get(row.sold_in, row.sold_in or "–"),
                    reader.formats.plain_day(row.expires_on) if row.expires_on else "–",
                ),
                reader.texts.gettext(said),
                tone,
                reader.formats.money(service.balance_of(unit, card), row.currency),
            )
        )
    _ = reader.texts.gettext
    return _list(
        request, visitor, unit, "cards",
        head=(_("Number"), _("Sold on"), _("Store"), _("Valid until")),
        rows=rows,
        q=q,
        state=state,
        states=[(one.value, _(CARD_STATES[one.value][0])) for one in CardState],
        more=link("/values/cards", state=state, q=q, after=found[_PAGE - 1].number)
        if len(found) > _PAGE else "",
    )  # fmt: skip


@router.get("/values/vouchers")
def voucher_list(
    request: Request,
    visitor: ValueReader,
    unit: ReadOnlyUnit,
    q: Annotated[str, Query(max_length=18)] = "",
    after: Annotated[str, Query(max_length=18)] = "",
) -> Response:
    """Vouchers by number."""
    reader = reader_of(request, visitor)
    _ = reader.texts.gettext
    found = list_repository.vouchers(unit, q.strip().upper(), after, _PAGE + 1)
    rows = []
    for row in found[:_PAGE]:
        one = vouchers.find(unit, row.number)
        said, tone = (_("Blocked"), "bad") if one.blocked else (_("Active"), "ok")
        rows.append(
            ListRow(
                one.number,
                f"/values/vouchers/{one.number}",
                (
                    reader.formats.plain_day(one.issued_on),
                    one.type_code or one.promotion_id or "–",
                    reader.formats.plain_day(one.expires_on) if one.expires_on else "–",
                ),
                said,
                tone,
                f"{one.next_percent} %"
                if one.next_percent
                else reader.formats.money(vouchers.balance_of(unit, one), one.currency),
            )
        )
    return _list(
        request, visitor, unit, "vouchers",
        head=(_("Number"), _("Issued on"), _("From"), _("Valid until")),
        rows=rows,
        q=q,
        state="",
        states=[],
        more=link("/values/vouchers", q=q, after=found[_PAGE - 1].number)
        if len(found) > _PAGE else "",
    )  # fmt: skip


@router.get("/values/authorisations")
def hold_list(
    request: Request,
    visitor: ValueReader,
    unit: ReportOnlyUnit,
    state: Annotated[str, Query(max_length=10)] = "",
    mark: Annotated[str, Query(max_length=90)] = "",
) -> Response:
    """What tills asked to hold of cards and purses, and what became of it, latest first."""
    reader = reader_of(request, visitor)
    _, formats = reader.texts.gettext, reader.formats
    found = list_repository.authorisations(unit, state, read_mark(mark), _PAGE + 1)
    scope = scope_of(unit, visitor, None)
    rows = []
    for row in found[:_PAGE]:
        said, tone = HOLD_STATES.get(row.state, (row.state, ""))
        asked = formats.money(row.asked, row.currency) if row.currency else "–"
        rows.append(
            ListRow(
                formats.moment(row.asked_at, scope.zone_of(row.store_id)),
                f"/receipts/{row.event_id}" if row.event_id else "",
                (row.till_id, word(reader.texts, KIND_WORDS, row.kind), _masked(row.number), asked),
                reader.texts.gettext(said),
                tone,
                formats.money(row.amount, row.currency) if row.currency else "–",
            )
        )
    last = found[_PAGE - 1] if len(found) > _PAGE else None
    return _list(
        request, visitor, unit, "authorisations",
        head=(_("Asked at"), _("Till"), _("What"), _("Number"), _("Asked")),
        rows=rows,
        q=None,
        state=state,
        states=[(one.value, _(HOLD_STATES[one.value][0])) for one in AuthorisationState],
        more=link("/values/authorisations", state=state,
                  mark=mark_of(last.asked_at, last.auth_id)) if last else "",
    )  # fmt: skip


@router.get("/values/cards/{number}")
def card_page(request: Request, number: str, visitor: ValueReader, unit: ReadOnlyUnit) -> Response:
    """One gift card: what it has, where that came from, and everything that was asked of it."""
    return _card_page(request, visitor, unit, number)


@router.post("/values/cards/{number}/{action}")
def change_card(
    request: Request,
    number: str,
    action: str,
    visitor: ValueKeeper,
    unit: WriteUnit,
    reason: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Block a card, or let it be used again."""
    work = {"block": service.block, "unblock": service.unblock}.get(action)
    if work is None:
        raise DomainError("not_found", http_status=404)
    card = service.find_card(unit, number)
    clock = request.app.state.business_clock
    now = clock.now()
    asked = Asked(
        new_id(clock), card.number, "", now.date(), visitor.identity.staff_id, reason=reason.strip()
    )
    answer = work(unit, asked, now)
    if answer.approved:
        after = service.find_card(unit, card.number)
        facts = {"state": card.state.value}, {"state": after.state.value, "reason": asked.reason}
        note(request, visitor, unit, AuditChange("changed", "gift_card", card.number, *facts))
    return RedirectResponse(f"/values/cards/{card.number}", status_code=303)


@router.get("/values/cards/{number}/statement.{kind}")
def card_file(
    request: Request, number: str, kind: str, visitor: ValueReader, unit: ReportOnlyUnit
) -> Response:
    """The statement of a card as a file."""
    holder, found = statements.card_statements(unit, number)
    return _statement_file(reader_of(request, visitor), kind, holder, found)


@router.get("/values/vouchers/{number}")
def voucher_page(
    request: Request, number: str, visitor: ValueReader, unit: ReadOnlyUnit
) -> Response:
    """One voucher: what it has, where that came from, and everything that was asked of it."""
    reader = reader_of(request, visitor)
    formats, _ = reader.formats, reader.texts.gettext
    one = vouchers.find(unit, number)
    _holder, found = statements.voucher_statements(unit, one.number)
    facts = [
        (_("Can be spent"), f"{one.next_percent} %" if one.next_percent
         else formats.money(vouchers.balance_of(unit, one), one.currency)),
        (_("Issued on"), formats.plain_day(one.issued_on)),
        (_("Valid until"), formats.plain_day(one.expires_on) if one.expires_on else "–"),
        (_("From"), one.type_code or one.promotion_id or "–"),
        (_("Store"), one.store_id),
    ]  # fmt: skip
    events = purse_repository.events_of(unit.connection, one.number, _EVENTS)
    state = (_("Blocked"), "bad") if one.blocked else (_("Active"), "ok")
    return _value_page(
        request, visitor, unit, one.number, "vouchers",
        state=state, facts=facts, sheets=statement_sheets(reader.texts, formats, one.number, found),
        events=_events(reader, scope_of(unit, visitor, None), events, one.currency), change="",
    )  # fmt: skip


@router.get("/values/vouchers/{number}/statement.{kind}")
def voucher_file(
    request: Request, number: str, kind: str, visitor: ValueReader, unit: ReportOnlyUnit
) -> Response:
    """The statement of a voucher as a file."""
    holder, found = statements.voucher_statements(unit, number)
    return _statement_file(reader_of(request, visitor), kind, holder, found)


def _open(
    request: Request, visitor: Visitor, unit: ReadUnit, on: date | None, missing: str = ""
) -> Response:
    reader = reader_of(request, visitor)
    day = on or request.app.state.business_clock.now().date()
    found = statements.liabilities(unit, day)
    sheet = liability_sheet(reader.texts, reader.formats, day, found)
    money = [row for row in found if not row.unit.startswith(_POINTS)]
    return render(
        request,
        "values.html",
        part="values",
        status=404 if missing else 200,
        waiting=attention(unit, visitor, request),
        tabs=tabs(reader, "open"),
        day=day,
        sheet=sheet,
        missing=missing,
        owed=_sums(reader, [row for row in money if row.total > 0]),
        due=_sums(reader, [row for row in money if row.total < 0]),
        files=[(kind.upper(), link(f"/values/open.{kind}", on=day.isoformat())) for kind in KINDS],
    )


def _sums(reader: Reader, rows: Iterable[LiabilityRow]) -> list[tuple[str, str]]:
    """The sum of each currency without its sign: what is owed to some is never set off against what others owe."""
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.unit] = sums.get(row.unit, 0) + abs(row.total)
    return [(code, reader.formats.money(total, code)) for code, total in sorted(sums.items())]


def _found(request: Request, visitor: Visitor, unit: ReadUnit, number: str) -> Response:
    try:
        card = service.find_card(unit, number)
        return RedirectResponse(f"/values/cards/{card.number}", status_code=303)
    except DomainError:
        pass
    try:
        one = vouchers.find(unit, number)
    except DomainError:
        return _open(request, visitor, unit, None, number)
    return RedirectResponse(f"/values/vouchers/{one.number}", status_code=303)


def _card_page(request: Request, visitor: Visitor, unit: ReadUnit, number: str) -> Response:
    reader = reader_of(request, visitor)
    formats, _ = reader.formats, reader.texts.gettext
    card = service.find_card(unit, number)
    _holder, found = statements.card_statements(unit, card.number)
    said, tone = CARD_STATES[card.state.value]
    facts = [
        (_("Can be spent"), formats.money(service.balance_of(unit, card), card.range.currency)),
        (_("Sold on"), formats.plain_day(card.sold_on) if card.sold_on else "–"),
        (_("Store"), card.sold_in or "–"),
        (_("Valid until"), formats.plain_day(card.expires_on) if card.expires_on else "–"),
        (_("Replaced by"), card.replaced_by or "–"),
    ]
    change = {CardState.ACTIVE: "block", CardState.BLOCKED: "unblock"}.get(card.state, "")
    return _value_page(
        request, visitor, unit, card.number, "cards",
        state=(_(said), tone), facts=facts,
        sheets=statement_sheets(reader.texts, formats, card.number, found),
        events=_events(
            reader, scope_of(unit, visitor, None), service.history_of(unit, card), card.range.currency
        ),
        change=change if visitor.may(Right.VALUES_WRITE) else "",
    )  # fmt: skip


def _events(
    reader: Reader, scope: Scope, rows: Sequence[Row[Any]], currency: str
) -> list[tuple[str, str, str, str, str]]:
    """Moment, action, amount, store, and what was said where it was refused."""
    formats = reader.formats
    return [
        (
            formats.moment(row.at, scope.zone_of(row.store_id or "")),
            word(reader.texts, EVENT_ACTIONS, row.action),
            formats.money(row.amount, currency) if row.amount else "–",
            row.store_id or "–",
            row.code,
        )
        for row in rows
    ]


def _value_page(
    request: Request,
    visitor: Visitor,
    unit: ReadUnit,
    number: str,
    tab: str,
    *,
    state: tuple[str, str],
    facts: list[tuple[str, str]],
    sheets: list[Sheet],
    events: list[tuple[str, str, str, str, str]],
    change: str,
) -> Response:
    address = f"/values/{tab}/{number}"
    return render(
        request,
        "value.html",
        part="values",
        waiting=attention(unit, visitor, request),
        number=number,
        tab=tab,
        address=address,
        state=state,
        facts=facts,
        sheets=sheets,
        events=events,
        change=change,
        files=[(kind.upper(), f"{address}/statement.{kind}") for kind in KINDS],
    )


def _statement_file(
    reader: Reader, kind: str, holder: str, found: Sequence[statements.Statement]
) -> Response:
    sheets = statement_sheets(reader.texts, reader.formats, holder, found)
    return sheets_response(reader.texts, kind, holder, sheets, f"tresen-statement-{holder}")


def _list(request: Request, visitor: Visitor, unit: ReadUnit, tab: str, **content: Any) -> Response:
    reader = reader_of(request, visitor)
    return render(
        request,
        "value_list.html",
        part="values",
        waiting=attention(unit, visitor, request),
        tabs=tabs(reader, tab),
        tab=tab,
        **content,
    )


def tabs(reader: Reader, tab: str) -> list[tuple[str, str, bool]]:
    """The parts of this page: name, address, and whether it is the open one."""
    _ = reader.texts.gettext
    return [
        (_("Open by age"), "/values", tab == "open"),
        (_("Gift cards"), "/values/cards", tab == "cards"),
        (_("Vouchers"), "/values/vouchers", tab == "vouchers"),
        (_("Authorisations"), "/values/authorisations", tab == "authorisations"),
        (_("Write-offs"), "/values/write-offs", tab == "write-offs"),
    ]


def _masked(number: str) -> str:
    """The last four of what somebody could pay with."""
    return f"… {number[-4:]}" if number else "–"
