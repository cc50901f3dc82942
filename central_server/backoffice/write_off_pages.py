"""`/values/write-offs`: what customers owe, written off by one person up to a limit, above it by two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from central_server.backoffice.formats import Formats
from central_server.backoffice.scope import link, scope_of
from central_server.backoffice.shell import attention, reader_of, render
from central_server.backoffice.value_pages import ValueReader, tabs
from central_server.backoffice.value_report import KIND_WORDS
from central_server.backoffice.visitors import Visitor, sends
from central_server.backoffice.words import WRITE_OFF_PROBLEMS, WRITE_OFF_STATES, word
from central_server.features.customers import finding
from central_server.features.customers.cards import named_by
from central_server.features.loyalty import write_off
from central_server.features.loyalty.write_off import AskedWriteOff, WriteOffState
from central_server.platform.access import Right
from central_server.platform.clock import new_id
from central_server.platform.unit_of_work import UnitOfWork, WriteUnit
from shared.errors import DomainError
from shared.ledger import AccountKind
from shared.money import currency as currency_of
from shared.money import parse_amount
from shared.quantity import read_typed

router = APIRouter(include_in_schema=False)

WriteOffMaker = Annotated[Visitor, sends(Right.WRITE_OFFS)]
_POINTS = "PTS-"
_LOOK = "write-off"


@dataclass(frozen=True, slots=True)
class DebtRow:
    """A debt with the form that writes it off: `amount` as a person types it, `limit` what one decides alone."""

    kind: str
    name: str
    unit: str
    shown: str
    amount: str
    limit: str


@dataclass(frozen=True, slots=True)
class WriteOffLine:
    """A row of the list; `decides` where the one who looks may say yes or no."""

    request_id: str
    when: str
    customer: str
    what: str
    amount: str
    reason: str
    asked_by: str
    decided_by: str
    state: str
    tone: str
    waits: bool
    decides: bool


@router.get("/values/write-offs")
def write_offs(
    request: Request,
    visitor: ValueReader,
    unit: WriteUnit,
    customer: Annotated[str, Query(max_length=40)] = "",
    problem: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """What was asked and what became of it; with `customer` what that customer owes. Looking at one is kept."""
    reader = reader_of(request, visitor)
    formats, texts = reader.formats, reader.texts
    now = request.app.state.business_clock.now()
    number, missing = _named(unit, customer)
    debts = []
    if number:
        finding.keep_looks(unit, [number], visitor.identity.staff_id, _LOOK, now)
        debts = [
            DebtRow(
                debt.kind.value,
                word(texts, KIND_WORDS, debt.kind.value),
                debt.unit_code,
                _shown(formats, debt.amount, debt.unit_code),
                _typed(formats, debt.amount, debt.unit_code),
                _shown(formats, write_off.limit_of(unit, debt.unit_code), debt.unit_code),
            )
            for debt in write_off.debts_of(unit, number)
        ]
    may = visitor.may(Right.WRITE_OFFS)
    zone = scope_of(unit, visitor, None).zone
    mine = visitor.identity.staff_id
    lines = [
        WriteOffLine(
            str(one.request_id),
            formats.moment(one.asked_at, zone),
            one.customer,
            word(texts, KIND_WORDS, one.kind.value),
            _shown(formats, one.amount, one.unit_code),
            one.reason,
            one.asked_by,
            one.decided_by,
            texts.gettext(WRITE_OFF_STATES[one.state.value][0]),
            WRITE_OFF_STATES[one.state.value][1],
            one.state is WriteOffState.ASKED,
            may and one.state is WriteOffState.ASKED and one.asked_by != mine,
        )
        for one in write_off.listed(unit)
    ]
    return render(
        request,
        "write_offs.html",
        part="values",
        status=404 if missing else 200,
        waiting=attention(unit, visitor, request),
        tabs=tabs(reader, "write-offs"),
        asked=customer.strip(),
        customer=number,
        missing=missing,
        problem=word(texts, WRITE_OFF_PROBLEMS, problem) if problem else "",
        debts=debts,
        waiting_lines=[line for line in lines if line.waits],
        lines=[line for line in lines if not line.waits],
        may_write=may,
        new_request=str(new_id(request.app.state.business_clock)),
    )


@router.post("/values/write-offs")
def ask(
    request: Request,
    visitor: WriteOffMaker,
    unit: WriteUnit,
    request_id: Annotated[UUID, Form()],
    customer: Annotated[str, Form(max_length=40)],
    kind: Annotated[str, Form(max_length=40)],
    unit_code: Annotated[str, Form(max_length=16)],
    amount: Annotated[str, Form(max_length=20)],
    reason: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Write a debt off, or let it wait for somebody else."""
    now = request.app.state.business_clock.now()
    number = named_by(unit, customer)
    if kind not in set(AccountKind):
        raise DomainError("write_off_kind_invalid", http_status=400)
    by = visitor.identity.staff_id
    try:
        wanted = _amount(amount, unit_code, reader_of(request, visitor).language)
        owed = AccountKind(kind)
        write_off.ask(
            unit, AskedWriteOff(request_id, number, owed, unit_code, wanted, reason, by), now
        )
    except DomainError as refusal:
        return _back(customer=number, problem=_early(refusal))
    return _back(customer=number)


@router.post("/values/write-offs/{request_id}/{decision}")
def decide(
    request: Request,
    request_id: UUID,
    decision: str,
    visitor: WriteOffMaker,
    unit: WriteUnit,
) -> Response:
    """Agree to what somebody else asked for, or refuse it."""
    if decision not in ("agree", "refuse"):
        raise DomainError("not_found", http_status=404)
    now = request.app.state.business_clock.now()
    by = visitor.identity.staff_id
    try:
        write_off.decide(unit, request_id, by, now, agree=decision == "agree")
    except DomainError as refusal:
        return _back(problem=_early(refusal))
    return _back()


def _early(refusal: DomainError) -> str:
    """The code of what was refused before anything was written; whatever else it is goes on."""
    if refusal.code not in WRITE_OFF_PROBLEMS:
        raise refusal
    return refusal.code


def _back(**fields: str) -> Response:
    return RedirectResponse(link("/values/write-offs", **fields), status_code=303)


def _named(unit: UnitOfWork, customer: str) -> tuple[str, bool]:
    """The number of the customer that was asked for, and whether there is none."""
    if not customer.strip():
        return "", False
    try:
        return named_by(unit, customer), False
    except DomainError:
        return "", True


def _shown(formats: Formats, amount: int, unit_code: str) -> str:
    return str(amount) if unit_code.startswith(_POINTS) else formats.money(amount, unit_code)


def _typed(formats: Formats, amount: int, unit_code: str) -> str:
    return str(amount) if unit_code.startswith(_POINTS) else formats.amount(amount, unit_code)


def _amount(text: str, unit_code: str, language: str) -> int:
    """An amount as typed; `DomainError`, 400: `write_off_amount_invalid`, `number_ambiguous`."""
    exponent = 0 if unit_code.startswith(_POINTS) else currency_of(unit_code).exponent
    try:
        return parse_amount(read_typed(text.strip(), language, exponent), exponent)
    except DomainError as refusal:
        if refusal.code == "number_ambiguous":
            raise
        raise DomainError("write_off_amount_invalid", http_status=400) from None
