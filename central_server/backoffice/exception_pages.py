"""`/exceptions`: events that were accepted and could not be booked, why, and what to do about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from central_server.backoffice.event_text import readable
from central_server.backoffice.exception_desk import (
    dismiss,
    note_of,
    retry_now,
    tills_of,
    visible_exception,
)
from central_server.backoffice.exception_ways import ways_of
from central_server.backoffice.numbers import MOST_NUMBER, NumberInPath
from central_server.backoffice.scope import link, scope_of
from central_server.backoffice.shell import Reader, attention, reader_of, render
from central_server.backoffice.visitors import Visitor, looks, sends
from central_server.backoffice.words import EXCEPTION_STATES, reason
from central_server.features.exceptions import service as exceptions
from central_server.features.ledger.jobs import CHECK as LEDGER_CHECK
from central_server.features.stores.service import list_stores
from central_server.features.tills.service import list_tills
from central_server.gateway.journal import repository as journal
from central_server.platform.access import Right
from central_server.platform.translations import mark
from central_server.platform.unit_of_work import ReadOnlyUnit, ReadUnit, WriteUnit
from shared.errors import DomainError

router = APIRouter(include_in_schema=False)

ExceptionVisitor = Annotated[Visitor, looks(Right.EXCEPTIONS_READ)]

Mender = Annotated[Visitor, sends(Right.EXCEPTIONS_BOOK)]
Dismisser = Annotated[Visitor, sends(Right.EXCEPTIONS_DISMISS)]
State = Literal["open", "closed", "all"]
PAGE_SIZE = 50
_STATES: dict[str, tuple[str, ...] | None] = {
    "open": ("open",),
    "closed": ("repaired", "dismissed"),
    "all": None,
}
_CHOICES = (("open", mark("Open")), ("closed", mark("Closed")), ("all", mark("All")))


def list_pressed(
    back: Annotated[str, Form(max_length=4)] = "",
    state: Annotated[State, Form()] = "open",
    till: Annotated[str, Form(max_length=40)] = "",
    before: Annotated[int | None, Form(ge=1, le=MOST_NUMBER)] = None,
) -> str:
    """The address of the list whose button was pressed, with its filter and page; empty elsewhere."""
    chosen = "" if state == "open" else state
    return link("/exceptions", state=chosen, till=till, before=before) if back else ""


BackToList = Annotated[str, Depends(list_pressed)]


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """An exception in the list."""

    number: int
    address: str
    till: str
    store: str
    event: str
    message: str
    what_next: str
    is_notice: bool
    is_open: bool
    state: str
    tone: str
    raised: str
    closed: str


class ExceptionWriter:
    """Writes exceptions for one reader."""

    def __init__(self, reader: Reader, unit: ReadUnit, visitor: Visitor) -> None:
        self._reader = reader
        stores = {one.store_id: one for one in list_stores(unit, visitor.identity.only_stores())}
        tills = list_tills(unit, visitor.identity.only_stores())
        self._zone = scope_of(unit, visitor, None).zone
        self._stores = {till.till_id: stores[till.store_id] for till in tills}

    def row(self, found: dict[str, Any]) -> ExceptionRow:
        """One exception."""
        texts, formats = self._reader.texts, self._reader.formats
        store = self._stores.get(found["till_id"])
        zone = store.timezone if store is not None else self._zone
        why = reason(texts, found["code"], found["params"])
        state, tone = EXCEPTION_STATES[found["state"]]
        return ExceptionRow(
            number=found["id"],
            address=f"/exceptions/{found['id']}",
            till=found["till_id"],
            store=store.name if store is not None else "",
            event=f"{found['type']} {found['incarnation']}/{found['seq']}"
            if found["till_id"]
            else found["type"],
            message=why.message,
            what_next=why.what_next,
            is_notice=found["kind"] == exceptions.NOTICE,
            is_open=found["state"] == "open",
            state=texts.gettext(state),
            tone=tone,
            raised=formats.moment(found["raised_at"], zone),
            closed=formats.moment(found["closed_at"], zone) if found["closed_at"] else "",
        )


# What usually came of a notice, to choose from while typing.
_REASONS = (
    mark("Asked the store: it is as it should be"),
    mark("Corrected by hand"),
    mark("Will be made good with the customer"),
    mark("Is there twice"),
    mark("Was a trial"),
)


@router.get("/exceptions")
def exception_list(
    request: Request,
    visitor: ExceptionVisitor,
    unit: ReadOnlyUnit,
    state: State = "open",
    till: str = "",
    before: Annotated[int | None, Query(ge=1, le=MOST_NUMBER)] = None,
    booked: Annotated[int | None, Query(ge=0, le=PAGE_SIZE)] = None,
    left: Annotated[int, Query(ge=0, le=PAGE_SIZE)] = 0,
) -> HTMLResponse:
    """The exceptions of the visitor's stores, newest first; `booked` and `left` are what came of trying them all."""
    own = tills_of(unit, visitor.identity, till)
    found = _listed(unit, state, own, before)
    if before is not None and not found:
        # The last one of the last page was settled.
        found = _listed(unit, state, own, None)
    writer = ExceptionWriter(reader_of(request, visitor), unit, visitor)
    rows = [writer.row(one) for one in found[:PAGE_SIZE]]
    more = len(found) > PAGE_SIZE
    return render(
        request,
        "exceptions.html",
        part="exceptions",
        waiting=attention(unit, visitor, request),
        rows=rows,
        state=state,
        till=till,
        choices=[
            (name, link("/exceptions", state=code, till=till), code == state)
            for code, name in _CHOICES
        ],
        before=before,
        blocked=sum(row.is_open and not row.is_notice for row in rows),
        booked=booked,
        left=left,
        without_till=link("/exceptions", state=state),
        may_mend=visitor.may(Right.EXCEPTIONS_BOOK),
        may_dismiss=visitor.may(Right.EXCEPTIONS_DISMISS),
        more=link("/exceptions", state=state, till=till, before=rows[-1].number) if more else "",
    )


def _listed(
    unit: ReadUnit, state: State, own: list[str] | None, before: int | None
) -> list[dict[str, Any]]:
    return exceptions.page(
        unit, states=_STATES[state], till_ids=own, before=before, limit=PAGE_SIZE + 1
    )


@router.get("/exceptions/{exception_id}")
def exception_page(
    request: Request,
    exception_id: NumberInPath,
    visitor: ExceptionVisitor,
    unit: ReadOnlyUnit,
    tried: Annotated[int, Query(ge=0, le=1)] = 0,
) -> HTMLResponse:
    """One exception with the whole event."""
    found = visible_exception(unit, visitor.identity, exception_id)
    event = journal.one_event(unit.connection, found["event_id"])
    reader = reader_of(request, visitor)
    return render(
        request,
        "exception.html",
        part="exceptions",
        waiting=attention(unit, visitor, request),
        row=ExceptionWriter(reader, unit, visitor).row(found),
        found=found,
        body=readable(event.body) if event is not None else "",
        is_open=found["state"] == "open",
        may_mend=visitor.may(Right.EXCEPTIONS_BOOK) and found["kind"] == exceptions.BLOCKED,
        may_dismiss=visitor.may(Right.EXCEPTIONS_DISMISS),
        tried=bool(tried),
        reasons=[reader.texts.gettext(one) for one in _REASONS],
        checks_again=found["type"] == LEDGER_CHECK and visitor.may(Right.JOBS_RUN),
        ways=ways_of(unit, visitor, reader.texts, found),
        note="" if found["state"] == "open" else note_of(unit, exception_id),
    )


@router.post("/exceptions/retry")
def retry_page(
    request: Request,
    visitor: Mender,
    unit: ReadOnlyUnit,
    state: Annotated[State, Form()] = "open",
    till: Annotated[str, Form(max_length=40)] = "",
    before: Annotated[int | None, Form(ge=1, le=MOST_NUMBER)] = None,
) -> Response:
    """Try to book every event of a page of the list that is not booked; each by itself, whatever the others do."""
    own = tills_of(unit, visitor.identity, till)
    rows = _listed(unit, state, own, before)[:PAGE_SIZE]
    waiting = [
        row["id"] for row in rows if row["state"] == "open" and row["kind"] == exceptions.BLOCKED
    ]
    now = request.app.state.business_clock.now()
    booked = left = 0
    # The oldest first: what a till recorded later may go by it.
    for number in sorted(waiting):
        try:
            problem = retry_now(request.app.state.database, visitor.identity, number, now)
        except DomainError as refusal:
            # Somebody else has settled it meanwhile: it was not booked here, and does not wait.
            if refusal.code != "exception_closed":
                raise
        else:
            booked += problem is None
            left += problem is not None
    chosen = "" if state == "open" else state
    after = {"state": chosen, "till": till, "before": before}
    return RedirectResponse(link("/exceptions", **after, booked=booked, left=left), status_code=303)


@router.post("/exceptions/{exception_id}/retry")
def retry_exception(
    request: Request, exception_id: NumberInPath, visitor: Mender, back: BackToList
) -> Response:
    """Try to book the event now; what still stands against it is said on its own page."""
    now = request.app.state.business_clock.now()
    problem = retry_now(request.app.state.database, visitor.identity, exception_id, now)
    if problem is None and back:
        return RedirectResponse(back, status_code=303)
    tried = 1 if problem is not None else None
    return RedirectResponse(link(f"/exceptions/{exception_id}", tried=tried), status_code=303)


@router.post("/exceptions/{exception_id}/dismiss")
def dismiss_exception(
    request: Request,
    exception_id: NumberInPath,
    visitor: Dismisser,
    unit: WriteUnit,
    back: BackToList,
    note: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Take note of it; the event stays in the journal, and what was found out in the audit trail."""
    now = request.app.state.business_clock.now()
    dismiss(unit, visitor.identity, exception_id, now, note.strip())
    return RedirectResponse(back or f"/exceptions/{exception_id}", status_code=303)
