"""`/plan`: what each store is meant to sell in each month of a year."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from central_server.backoffice.scope import Scope, link, scope_of
from central_server.backoffice.shell import Reader, attention, reader_of, render
from central_server.backoffice.trail import note
from central_server.backoffice.visitors import Visitor, looks, sends
from central_server.features.audit.service import AuditChange
from central_server.features.reporting import cell_repository, plans
from central_server.features.reporting.periods import Grain, Period
from central_server.features.stores.service import Store
from central_server.platform.access import Right
from central_server.platform.translations import mark
from central_server.platform.unit_of_work import ReadOnlyUnit, ReadUnit, UnitOfWork, WriteUnit
from shared.errors import DomainError
from shared.money import currency, round_half_up
from shared.quantity import read_typed

router = APIRouter(include_in_schema=False)

PlanReader = Annotated[Visitor, looks(Right.FIGURES_READ)]
PlanKeeper = Annotated[Visitor, sends(Right.PLANS_WRITE)]
Year = Annotated[int, Query(ge=2000, le=2100)]
_WHOLE = re.compile(r"([0-9]{1,12})(?:\.0+)?")
_PROBLEMS = {
    "plan_invalid": mark("»{value}« is no whole amount without a sign."),
    "number_ambiguous": mark("»{value}« can be read in two ways. Write it without thousands."),
}
_NOTHING: Mapping[str, str] = {}


async def sent_months(request: Request) -> Mapping[str, str]:
    """The fields of the form as text; long ones are cut."""
    form = await request.form()
    return {name: value[:40] for name, value in form.items() if isinstance(value, str)}


SentMonths = Annotated[Mapping[str, str], Depends(sent_months)]


@dataclass(frozen=True, slots=True)
class PlanCell:
    """A month of a store: the field's name and value, and what was sold a year before."""

    name: str
    value: str
    before: str
    month: str


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A store with its twelve months and their sum."""

    store_id: str
    name: str
    currency: str
    cells: tuple[PlanCell, ...]
    total: str


@router.get("/plan")
def plan_page(
    request: Request, visitor: PlanReader, unit: ReadOnlyUnit, year: Year | None = None
) -> Response:
    """The plans of a year, in whole units of each store's currency, beside what was sold a year before."""
    return plan_answer(request, visitor, unit, year)


@router.post("/plan")
def keep_plan(
    request: Request, visitor: PlanKeeper, unit: WriteUnit, fields: SentMonths, year: Year
) -> Response:
    """Keep the months that were changed; an empty field takes a plan away."""
    scope = scope_of(unit, visitor, "")
    try:
        changes = _read(fields, scope, year, reader_of(request, visitor).language)
    except DomainError as refusal:
        problem = amount_problem(reader_of(request, visitor), refusal)
        return plan_answer(request, visitor, unit, year, fields, problem=problem)
    keep_months(request, visitor, unit, changes)
    return RedirectResponse(link("/plan", year=year, saved=1), status_code=303)


def keep_months(
    request: Request,
    visitor: Visitor,
    unit: UnitOfWork,
    changes: Mapping[tuple[str, date], int | None],
) -> None:
    """Keep plans by store and month in minor units, None for none any more; what changed is written down."""
    now = request.app.state.system_clock.now()
    for (store_id, month), amount in changes.items():
        before = plans.set_plan(unit, store_id, month, amount, visitor.identity.staff_id, now)
        if before != amount:
            was = {} if before is None else {"amount": before}
            becomes = {} if amount is None else {"amount": amount}
            key = f"{store_id} {month:%Y-%m}"
            note(request, visitor, unit, AuditChange("changed", "plan", key, was, becomes))


def plan_answer(
    request: Request,
    visitor: Visitor,
    unit: ReadUnit,
    year: int | None,
    given: Mapping[str, str] = _NOTHING,
    misread: Sequence[object] = (),
    problem: str = "",
    sheets: Sequence[str] = (),
) -> Response:
    """The page; `given` is what was typed and cannot be kept for a `problem`, `misread` what is wrong in a file, of
    whose `sheets` one has to be chosen.
    """
    reader = reader_of(request, visitor)
    scope = scope_of(unit, visitor, "")
    shown = year or scope.today(request.app.state.business_clock.now()).year
    months = [date(shown, number, 1) for number in range(1, 13)]
    return render(
        request,
        "plan.html",
        part="plan",
        waiting=attention(unit, visitor, request),
        status=422 if given or misread else 200,
        year=shown,
        months=[reader.formats.month(month).split(" ")[0] for month in months],
        rows=[_row(unit, reader, store, months, given) for store in scope.visible],
        previous=link("/plan", year=shown - 1) if shown > 2000 else "",
        following=link("/plan", year=shown + 1) if shown < 2100 else "",
        problem=problem,
        misread=misread,
        sheets=sheets,
        saved=request.query_params.get("saved") == "1",
    )


def _row(
    unit: ReadUnit, reader: Reader, store: Store, months: list[date], given: Mapping[str, str]
) -> PlanRow:
    found = plans.plans_of_year(unit, months[0].year, [store.store_id])
    before = [Period(Grain.MONTH, month).year_before() for month in months]
    sold = cell_repository.sums_by(
        unit.connection, "sales", "period", (before, [store.store_id], store.currency)
    )
    scale = 10 ** currency(store.currency).exponent
    cells = []
    for month, old in zip(months, before, strict=True):
        name = f"{store.store_id}.{month.month}"
        amount = found.get((store.store_id, month.month))
        value = given.get(name, "" if amount is None else str(amount // scale))
        gross = sold[old.first]["gross"] if old.first in sold else 0
        cells.append(
            PlanCell(
                name,
                value,
                reader.formats.whole(round_half_up(Decimal(gross) / scale)) if gross else "",
                reader.formats.month(month),
            )
        )
    total = sum(found.values())
    return PlanRow(
        store.store_id,
        store.name,
        store.currency,
        tuple(cells),
        reader.formats.whole(total // scale) if total else "",
    )


def _read(
    fields: Mapping[str, str], scope: Scope, year: int, language: str
) -> dict[tuple[str, date], int | None]:
    """What the form says of the visitor's own stores; `DomainError` as `read_amount`."""
    found: dict[tuple[str, date], int | None] = {}
    for store in scope.visible:
        for number in range(1, 13):
            text = fields.get(f"{store.store_id}.{number}")
            if text is not None:
                month = date(year, number, 1)
                found[store.store_id, month] = read_amount(text, store.currency, language)
    return found


def read_amount(text: str, code: str, language: str) -> int | None:
    """A whole amount as it is typed in this language, in minor units; None for nothing.

    `DomainError`, 400: `plan_invalid` for what is no whole amount, `number_ambiguous` for what may be another one.
    """
    if not text.strip():
        return None
    return whole_amount(read_typed(text.strip(), language, currency(code).exponent), code, text)


def whole_amount(number: str, code: str, text: str) -> int:
    """A plain number without decimals, or with zeros for them, in minor units. `DomainError('plan_invalid')`, 400,
    names it as it was written, which is `text`.
    """
    match = _WHOLE.fullmatch(number)
    if match is None:
        raise DomainError("plan_invalid", {"most": 0, "value": text.strip()[:40]}, http_status=400)
    scale: int = 10 ** currency(code).exponent
    return int(match[1]) * scale


def amount_problem(reader: Reader, refusal: DomainError) -> str:
    """What is wrong with an amount, for people; any other refusal goes on to who asked."""
    if refusal.code not in _PROBLEMS:
        raise refusal
    return reader.texts.gettext(_PROBLEMS[refusal.code], value=refusal.params["value"])
