"""`/tills`: stores with their tills, how each of them does, and what head office can do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from central_server.backoffice import copy_repository
from central_server.backoffice.device_view import KINDS, device_lines, reported
from central_server.backoffice.event_text import compared
from central_server.backoffice.formats import DASH
from central_server.backoffice.numbers import IncarnationInPath, NumberInPath
from central_server.backoffice.scope import Scope, link, scope_of
from central_server.backoffice.shell import Reader, attention, needs_attention, reader_of, render
from central_server.backoffice.till_words import TILL_MODE_WORDS, TillStatus, till_status
from central_server.backoffice.trail import note
from central_server.backoffice.visitors import Visitor, looks, sends
from central_server.backoffice.words import word
from central_server.features.audit.service import AuditChange
from central_server.features.exceptions import service as exceptions
from central_server.features.reporting.service import gross_by_till
from central_server.features.stores.service import Store, get_store
from central_server.features.tills import service as tills
from central_server.features.tills.service import Till, TillState
from central_server.gateway.journal import repository as journal
from central_server.platform.access import Right
from central_server.platform.clock import new_id
from central_server.platform.unit_of_work import ReadOnlyUnit, ReadUnit, WriteUnit
from shared.errors import DomainError

router = APIRouter(include_in_schema=False)

TillVisitor = Annotated[Visitor, looks(Right.TILLS_READ)]
TillKeeper = Annotated[Visitor, sends(Right.TILLS_WRITE)]

_SHOWN_INCARNATIONS = 20


@dataclass(frozen=True, slots=True)
class TillRow:
    """A till in the list."""

    till_id: str
    address: str
    name: str
    mode: str
    status: TillStatus
    ago: str
    seen: str
    unsent: str
    build: str
    exceptions: str
    exceptions_address: str
    devices: str
    selected: bool
    gross: str


@dataclass(frozen=True, slots=True)
class StoreGroup:
    """A store with its tills."""

    store_id: str
    name: str
    detail: str
    tills: tuple[TillRow, ...]


class TillList:
    """The tills of a visitor as the list shows them."""

    def __init__(self, request: Request, visitor: Visitor, unit: ReadUnit, store: str) -> None:
        self.reader = reader_of(request, visitor)
        self.scope: Scope = scope_of(unit, visitor, store)
        self.now: datetime = request.app.state.system_clock.now()
        self.tills: Sequence[Till] = tills.list_tills(unit, self.scope.store_ids)
        self._waiting = exceptions.open_by_till(unit)
        self._devices = tills.devices_of(unit, [till.till_id for till in self.tills])
        self.shows_sales = visitor.may(Right.FIGURES_READ)
        day = self.scope.today(request.app.state.business_clock.now())
        self._gross = gross_by_till(unit, day, self.scope.store_ids) if self.shows_sales else {}

    def groups(self, selected: str = "") -> list[StoreGroup]:
        """By store; a store without tills is shown too."""
        return [
            StoreGroup(
                store_id=store.store_id,
                name=store.name,
                detail=self._detail(store),
                tills=tuple(
                    self._row(till, store.timezone, selected)
                    for till in self.tills
                    if till.store_id == store.store_id
                ),
            )
            for store in self.scope.stores
        ]

    def _detail(self, store: Store) -> str:
        facts = [str(store.store_id), store.market, store.currency]
        sold = [
            self._gross[till.till_id][0]
            for till in self.tills
            if till.store_id == store.store_id and till.till_id in self._gross
        ]
        if sold:
            amount = self.reader.formats.money(sum(sold), store.currency)
            facts.append(self.reader.texts.gettext("{amount} today", amount=amount))
        return ", ".join(facts)

    def stats(self) -> list[tuple[str, str, str, str]]:
        """Name, number, sentence, tone."""
        _, formats = self.reader.texts.gettext, self.reader.formats
        active = [till for till in self.tills if till.state is TillState.ACTIVE]
        connected = sum(till_status(till, self.now).tone in ("pos", "warn") for till in active)
        missing = sum(needs_attention(till, self.now) for till in self.tills)
        unsent = sum(till.unsent_events for till in active)
        waiting = sum(self._waiting.get(till.till_id, 0) for till in self.tills)
        return [
            (
                _("Tills connected"),
                formats.whole(connected),
                _("of {count} in service", count=formats.whole(len(active))),
                "",
            ),
            (
                _("Need a look"),
                formats.whole(missing),
                _("silent for an hour, or stopped"),
                "neg" if missing else "",
            ),
            (
                _("Events on the way"),
                formats.whole(unsent),
                _("recorded and not sent yet"),
                "warn" if unsent else "",
            ),
            (
                _("Open exceptions"),
                formats.whole(waiting),
                _("accepted and not booked"),
                "neg" if waiting else "",
            ),
        ]

    def _row(self, till: Till, zone: str, selected: str) -> TillRow:
        formats, seen = self.reader.formats, till.last_contact_at
        mode = word(self.reader.texts, TILL_MODE_WORDS, till.mode)
        waiting = self._waiting.get(till.till_id, 0)
        return TillRow(
            till_id=till.till_id,
            address=link(f"/tills/{till.till_id}", store=self.scope.store_id),
            name=till.name if till.name != till.till_id else "",
            mode=mode if till.mode != "productive" else "",
            status=till_status(till, self.now),
            ago=formats.ago(seen, self.now) if seen is not None else "",
            seen=formats.moment(seen, zone) if seen is not None else "",
            unsent=formats.count(till.unsent_events),
            build=till.build,
            exceptions=formats.count(waiting),
            exceptions_address=link("/exceptions", till=till.till_id) if waiting else "",
            devices=self._in_trouble(till),
            selected=till.till_id == selected,
            gross=formats.money(*self._gross[till.till_id])
            if till.till_id in self._gross
            else DASH,
        )

    def _in_trouble(self, till: Till) -> str:
        """The devices that somebody should look at, by name."""
        wrong = [each for each in self._devices.get(till.till_id, ()) if each.needs_look]
        return ", ".join(word(self.reader.texts, KINDS, device.kind) for device in wrong)


@router.get("/tills")
def till_list(
    request: Request, visitor: TillVisitor, unit: ReadOnlyUnit, store: str = ""
) -> HTMLResponse:
    """All tills of the visitor's stores."""
    listed = TillList(request, visitor, unit, store)
    return render(
        request,
        "tills.html",
        part="tills",
        waiting=attention(unit, visitor, request),
        listed=listed,
        groups=listed.groups(),
        pane=None,
    )


@router.get("/tills/{till_id}")
def till_page(
    request: Request, till_id: str, visitor: TillVisitor, unit: ReadOnlyUnit, store: str = ""
) -> HTMLResponse:
    """One till beside the list."""
    return _till_page(request, visitor, unit, till_id, store)


@router.post("/tills/{till_id}/code")
def issue_code(
    request: Request, till_id: str, visitor: TillKeeper, unit: WriteUnit
) -> HTMLResponse:
    """A one-time code, shown on this answer and never again."""
    _keep(visitor, unit, till_id)
    clock = request.app.state.system_clock
    code = tills.issue_code(unit, till_id, new_id(clock), clock.now(), visitor.identity.staff_id)
    note(request, visitor, unit, AuditChange("code", "till", till_id, {}, {}))
    return _till_page(request, visitor, unit, till_id, "", code)


@router.post("/tills/{till_id}/withdraw")
def withdraw(
    request: Request,
    till_id: str,
    visitor: TillKeeper,
    unit: WriteUnit,
    reason: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Take the till's identity away."""
    _keep(visitor, unit, till_id)
    tills.withdraw(unit, till_id, reason.strip())
    change = AuditChange("withdrawn", "till", till_id, {}, {"reason": reason.strip()})
    note(request, visitor, unit, change)
    return RedirectResponse(f"/tills/{till_id}", status_code=303)


@router.get("/tills/{till_id}/copies/{incarnation}/{seq}")
def copies_page(
    request: Request,
    till_id: str,
    incarnation: IncarnationInPath,
    seq: NumberInPath,
    visitor: TillVisitor,
    unit: ReadOnlyUnit,
) -> HTMLResponse:
    """Both copies of an event side by side."""
    till = tills.get_till(unit, till_id)
    visitor.identity.require_store(till.store_id)
    found = copy_repository.bodies(unit.connection, till_id, incarnation, seq)
    if len(found) < 2:
        raise DomainError("copy_unknown", http_status=404)
    reader = reader_of(request, visitor)
    zone = get_store(unit, till.store_id).timezone
    return render(
        request,
        "copies.html",
        part="tills",
        waiting=attention(unit, visitor, request),
        till=till,
        place=f"{incarnation}/{seq}",
        copies=[
            (digest, lines, reader.formats.moment(at, zone))
            for (digest, _body, at), lines in zip(
                found, compared([body for _digest, body, _at in found]), strict=True
            )
        ],
    )


def _keep(visitor: Visitor, unit: ReadUnit, till_id: str) -> None:
    visitor.identity.require_store(tills.get_till(unit, till_id).store_id)


def _till_page(
    request: Request, visitor: Visitor, unit: ReadUnit, till_id: str, store: str, code: str = ""
) -> HTMLResponse:
    till = tills.get_till(unit, till_id)
    visitor.identity.require_store(till.store_id)
    listed = TillList(request, visitor, unit, store)
    devices = tills.devices_of(unit, [till.till_id]).get(till.till_id, [])
    zone = get_store(unit, till.store_id).timezone
    return render(
        request,
        "tills.html",
        part="tills",
        waiting=attention(unit, visitor, request),
        listed=listed,
        devices=device_lines(listed.reader, devices, zone),
        devices_ago=reported(listed.reader, devices, listed.now),
        groups=listed.groups(till_id),
        pane=till,
        status_of_pane=till_status(till, listed.now),
        facts=_facts(listed.reader, unit, till),
        chains=_chains(listed.reader, unit, till),
        copies=_copies(unit, till),
        may_keep=visitor.may(Right.TILLS_WRITE),
        back=link("/tills", store=listed.scope.store_id),
        code=code,
    )


def _facts(reader: Reader, unit: ReadUnit, till: Till) -> list[tuple[str, str]]:
    _, formats = reader.texts.gettext, reader.formats
    zone = get_store(unit, till.store_id).timezone
    facts = [
        (_("Store"), get_store(unit, till.store_id).name),
        (_("Mode"), word(reader.texts, TILL_MODE_WORDS, till.mode)),
        (_("Incarnation"), formats.whole(till.incarnation)),
        (_("Not sent"), formats.count(till.unsent_events)),
    ]
    if till.joined_at is not None:
        facts.append((_("Joined"), formats.moment(till.joined_at, zone)))
    if till.last_contact_at is not None:
        facts.append((_("Last contact"), formats.moment(till.last_contact_at, zone)))
    if till.protocol is not None:
        facts.append((_("Protocol"), formats.whole(till.protocol)))
    if till.build:
        facts.append((_("Build"), till.build))
    return facts


def _chains(reader: Reader, unit: ReadUnit, till: Till) -> list[tuple[int, str, str, str, str]]:
    """Per incarnation, newest first: events accepted, booked, and the last receipt number."""
    formats = reader.formats
    first = max(1, till.incarnation - _SHOWN_INCARNATIONS + 1)
    rows = []
    for incarnation in range(till.incarnation, first - 1, -1):
        chain = journal.chain(unit.connection, till.till_id, incarnation)
        if chain is not None:
            numbers = (chain.last_seq, chain.projected_seq, chain.last_receipt_no)
            accepted, booked, receipt = map(formats.count, numbers)
            rows.append((incarnation, formats.whole(incarnation), accepted, booked, receipt))
    return rows


def _copies(unit: ReadUnit, till: Till) -> list[tuple[str, str, str, str, str, str]]:
    """Place, address, type and hash as stored, type and hash as sent again."""
    return [
        (
            f"{row['incarnation']}/{row['seq']}",
            f"/tills/{till.till_id}/copies/{row['incarnation']}/{row['seq']}",
            row["stored_type"] or "",
            row["stored_hash"].hex()[:12] if row["stored_hash"] else "",
            row["other_type"],
            row["other_hash"].hex()[:12],
        )
        for row in copy_repository.copies(unit.connection, till.till_id)
    ]
