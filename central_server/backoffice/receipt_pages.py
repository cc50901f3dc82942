"""`/receipts`: receipts of a day, search by number, and each receipt as it was printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from central_server.backoffice.receipt_paper import PaperWriter
from central_server.backoffice.scope import Scope, link, scope_of
from central_server.backoffice.shell import Reader, attention, reader_of, render
from central_server.backoffice.visitors import Visitor, looks
from central_server.backoffice.words import RECEIPT_MODE_WORDS, TENDER_WORDS, VAT_WORDS, word
from central_server.features.sales import service as sales
from central_server.features.sales.list_repository import ReceiptFilter
from central_server.features.staff.service import LEAST_TEAM, large_teams
from central_server.features.stores.service import get_store
from central_server.features.tills.service import list_tills
from central_server.gateway.journal import repository as journal
from central_server.platform.access import Right
from central_server.platform.unit_of_work import ReadOnlyUnit, ReadUnit
from shared.errors import DomainError

router = APIRouter(include_in_schema=False)

ReceiptVisitor = Annotated[Visitor, looks(Right.RECEIPTS_READ)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands in the address of the list."""

    day: date
    store: str
    till: str
    hour: int | None
    currency: str
    vat: str
    tender: str
    returns: bool
    article: str = ""
    category: str = ""
    promotion: str = ""
    team: str = ""

    def address(self, **changed: str | int | None) -> str:
        """The address of the list with some of it changed; None takes a filter away."""
        params: dict[str, str | int | None] = {
            "date": self.day.isoformat(),
            "store": self.store,
            "till": self.till,
            "hour": self.hour,
            "currency": self.currency,
            "vat": self.vat,
            "tender": self.tender,
            "returns": 1 if self.returns else None,
            "article": self.article,
            "category": self.category,
            "promotion": self.promotion,
            "team": self.team,
        }
        return link("/receipts", **{**params, **changed})


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, and the address without it."""

    name: str
    value: str
    without: str


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A receipt in the list."""

    number: str
    address: str
    time: str
    store: str
    till: str
    lines: str
    total: str
    badges: tuple[str, ...]


@router.get("/receipts")
def receipt_list(
    request: Request,
    visitor: ReceiptVisitor,
    unit: ReadOnlyUnit,
    day: Annotated[date | None, Query(alias="date")] = None,
    store: str = "",
    till: str = "",
    hour: Annotated[int | None, Query(ge=0, le=23)] = None,
    currency: str = "",
    vat: str = "",
    tender: str = "",
    returns: bool = False,
    article: Annotated[str, Query(max_length=64)] = "",
    category: Annotated[str, Query(max_length=120)] = "",
    promotion: Annotated[str, Query(max_length=100)] = "",
    team: Annotated[str, Query(max_length=40)] = "",
    number: str = "",
    mark: str = "",
) -> Response:
    """The receipts of a day, latest first; with `number` the receipt itself."""
    reader = reader_of(request, visitor)
    scope = scope_of(unit, visitor, store)
    if number:
        found = sales.find_by_number(unit, number)
        if found is not None and visitor.identity.may_see_store(found["store_id"]):
            return RedirectResponse(f"/receipts/{found['event_id']}", status_code=303)
    shown_day = day or scope.today(request.app.state.business_clock.now())
    asked = Asked(
        shown_day, scope.store_id or "", till, hour, currency, vat, tender, returns,
        article, category, promotion, _team(unit, team),
    )  # fmt: skip
    wanted = _filter(asked, scope)
    page = sales.find_receipts(unit, wanted, mark or None)
    return render(
        request,
        "receipts.html",
        part="receipts",
        waiting=attention(unit, visitor, request),
        status=404 if number else 200,
        day=shown_day,
        scope=scope,
        asked=asked,
        not_found=number.strip(),
        tills=[one.till_id for one in list_tills(unit, scope.store_ids)],
        chips=_chips(reader, asked),
        rows=[_list_row(reader, scope, row) for row in page.rows],
        sums=[
            (
                reader.formats.whole(row["receipts"]),
                reader.formats.money(row["total"], row["currency"]),
            )
            for row in sales.sums(unit, wanted)
        ],
        more=asked.address(mark=page.next_mark) if page.next_mark else "",
        newest=asked.address() if mark else "",
        day_address=link(f"/day/{shown_day}", store=scope.store_id),
    )


@router.get("/receipts/{event_id}")
def receipt_page(
    request: Request, event_id: UUID, visitor: ReceiptVisitor, unit: ReadOnlyUnit
) -> Response:
    """One receipt: the paper, its facts, and where it stands in the till's journal."""
    reader = reader_of(request, visitor)
    row = sales.get_receipt(unit, event_id)
    visitor.identity.require_store(row["store_id"])
    store = get_store(unit, row["store_id"])
    event = journal.one_event(unit.connection, event_id)
    if event is None:
        raise DomainError("receipt_unknown", http_status=404)
    chained = journal.event_page(
        unit.connection, event.till_id, event.incarnation, event.seq - 1, 1
    )[0]
    paper = PaperWriter(reader, store).write(event)
    day = row["business_date"]
    return render(
        request,
        "receipt.html",
        part="receipts",
        waiting=attention(unit, visitor, request),
        paper=paper,
        row=row,
        store=store,
        number=sales.number_of(row),
        event=chained,
        started=reader.formats.moment(row["started_at"], store.timezone),
        finished=reader.formats.moment(row["finished_at"], store.timezone),
        mode=word(reader.texts, RECEIPT_MODE_WORDS, row["mode"])
        if row["mode"] != "productive"
        else "",
        trail=(
            (link(f"/day/{day}"), reader.formats.short_day(day)),
            (link(f"/day/{day}", store=store.store_id), store.name),
            (
                link("/receipts", date=str(day), store=store.store_id, till=row["till_id"]),
                row["till_id"],
            ),
        ),
    )


def _filter(asked: Asked, scope: Scope) -> ReceiptFilter:
    return ReceiptFilter(
        day=asked.day,
        store_ids=scope.store_ids,
        till_id=asked.till or None,
        hour=asked.hour,
        currency=asked.currency or None,
        vat=_vat(asked.vat),
        tender=asked.tender or None,
        returns_only=asked.returns,
        article=asked.article or None,
        category=asked.category or None,
        promotion=asked.promotion or None,
        team=asked.team or None,
    )


def _team(unit: ReadUnit, team: str) -> str:
    """The team in the address; the receipts of one or two people are nobody's to list by them."""
    if team and team not in large_teams(unit):
        raise DomainError("team_too_small", {"least": LEAST_TEAM}, http_status=404)
    return team


def _vat(text: str) -> tuple[str, int] | None:
    if not text:
        return None
    category, _, rate = text.partition(":")
    if not rate.isascii() or not rate.isdigit() or len(rate) > 6:
        raise DomainError("validation_failed", {"vat": "category:rate"}, http_status=400)
    return category, int(rate)


def _chips(reader: Reader, asked: Asked) -> list[Chip]:
    _, formats = reader.texts.gettext, reader.formats
    chips = []
    if asked.hour is not None:
        hours = _("{hours} h", hours=formats.hour(asked.hour))
        chips.append(Chip(_("Hour"), hours, asked.address(hour=None)))
    if asked.currency:
        chips.append(Chip(_("Currency"), asked.currency, asked.address(currency=None)))
    vat = _vat(asked.vat)
    if vat is not None:
        rate = f"{word(reader.texts, VAT_WORDS, vat[0])} {formats.vat_rate(vat[1])}"
        chips.append(Chip(_("VAT"), rate, asked.address(vat=None)))
    if asked.tender:
        tender = word(reader.texts, TENDER_WORDS, asked.tender)
        chips.append(Chip(_("Tender"), tender, asked.address(tender=None)))
    if asked.returns:
        chips.append(Chip(_("Kind"), _("Returns only"), asked.address(returns=None)))
    for name, value, without in (
        (_("Article"), asked.article, asked.address(article=None)),
        (_("Category"), asked.category.replace(">", " › "), asked.address(category=None)),
        (_("Promotion"), asked.promotion, asked.address(promotion=None)),
        (_("Team"), asked.team, asked.address(team=None)),
    ):
        if value:
            chips.append(Chip(name, value, without))
    return chips


def _list_row(reader: Reader, scope: Scope, row: dict[str, Any]) -> ReceiptRow:
    badges = [reader.texts.gettext("Return")] if row["is_return"] else []
    if row["mode"] != "productive":
        badges.append(word(reader.texts, RECEIPT_MODE_WORDS, row["mode"]))
    return ReceiptRow(
        number=sales.number_of(row),
        address=f"/receipts/{row['event_id']}",
        time=reader.formats.clock(row["finished_at"], scope.zone_of(row["store_id"])),
        store=scope.name_of(row["store_id"]),
        till=row["till_id"],
        lines=reader.formats.whole(row["lines"]),
        total=reader.formats.money(row["total"], row["currency"]),
        badges=tuple(badges),
    )
