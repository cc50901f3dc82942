"""`/values/batches`: vouchers by the thousand for printing, issued in the background, and their codes as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from central_server.backoffice.long_files import file_of
from central_server.backoffice.scope import scope_of
from central_server.backoffice.shell import Reader, attention, reader_of, render
from central_server.backoffice.trail import note
from central_server.backoffice.visitors import Visitor, looks, sends
from central_server.backoffice.whom import one_each
from central_server.features.audit.service import AuditChange
from central_server.features.customers.group_repository import group_names
from central_server.features.instruments import batches, vouchers
from central_server.features.instruments.vouchers import Issue
from central_server.platform.access import Right
from central_server.platform.clock import new_id
from central_server.platform.database import Database
from central_server.platform.security import random_seed
from central_server.platform.unit_of_work import ReadOnlyUnit, ReadUnit, WriteUnit
from shared.errors import DomainError
from shared.money import Money, parse_amount
from shared.money import currency as money_unit
from shared.quantity import read_typed

router = APIRouter(include_in_schema=False)

BatchReader = Annotated[Visitor, looks(Right.VALUES_WRITE)]
BatchKeeper = Annotated[Visitor, sends(Right.VALUES_WRITE)]
_MOST_GROUPS = 200
_EMPTY = dict.fromkeys(("type", "store", "amount", "wanted", "bound", "group", "customers"), "")
_FIELDS = {
    "voucher_batch_invalid": "wanted",
    "voucher_amount_invalid": "amount",
    "voucher_type_unknown": "type",
    "voucher_currency_differs": "type",
    "store_unknown": "store",
    "voucher_batch_nobody": "group",
    "customer_unknown": "customers",
    "customer_card_blocked": "customers",
    "customer_card_replaced": "customers",
}


@router.get("/values/batches")
def batch_list(request: Request, visitor: BatchReader, unit: ReadOnlyUnit) -> Response:
    """The newest batches, how far they are, and the form for another one."""
    return _page(request, visitor, unit, {})


@router.post("/values/batches")
def ask_for_batch(
    request: Request,
    visitor: BatchKeeper,
    unit: WriteUnit,
    kind: Annotated[str, Form(alias="type", max_length=20)] = "",
    store: Annotated[str, Form(max_length=31)] = "",
    amount: Annotated[str, Form(max_length=16)] = "",
    wanted: Annotated[str, Form(max_length=12)] = "",
    bound: Annotated[str, Form(max_length=8)] = "",
    group: Annotated[str, Form(max_length=80)] = "",
    customers: Annotated[str, Form(max_length=20_000)] = "",
) -> Response:
    """Ask for a batch; the scheduler issues it."""
    state, reader = request.app.state, reader_of(request, visitor)
    given = {
        "type": kind, "store": store, "amount": amount, "wanted": wanted, "bound": bound,
        "group": group, "customers": customers,
    }  # fmt: skip
    today = scope_of(unit, visitor, None).today(state.business_clock.now())
    try:
        minor = _amount(unit, reader, kind, amount)
        named = one_each(unit, bound, group.strip(), customers)
        any_of = group.strip() if bound == "group" else ""
        asked = Issue(new_id(state.system_clock), kind, store, minor, today, group=any_of)
        number = wanted.strip()
        count = int(number) if number.isdecimal() and len(number) < 9 else 0
        who = visitor.identity.staff_id
        at = state.system_clock.now()
        batch = batches.ask(unit, asked, count, who, at, random_seed(), named)
    except DomainError as refusal:
        if refusal.code not in _FIELDS:
            raise
        return _page(request, visitor, unit, given, _FIELDS[refusal.code])
    facts = {"amount": batch.amount, "store": batch.store_id, "events": batch.wanted}
    note(
        request, visitor, unit,
        AuditChange("added", "voucher_batch", str(batch.batch_id), {}, facts),
    )  # fmt: skip
    return RedirectResponse("/values/batches", status_code=303)


@router.get("/values/batches/{batch_id}.csv")
def batch_file(request: Request, batch_id: UUID, visitor: BatchReader, unit: WriteUnit) -> Response:
    """Number, code to print, amount and last day of each voucher that is issued; written while it is read."""
    batch = batches.get_batch(unit, batch_id)
    facts = {"events": batch.made}
    note(request, visitor, unit, AuditChange("exported", "voucher_batch", str(batch_id), {}, facts))
    database: Database = request.app.state.database

    def lines() -> Iterator[list[str]]:
        yield ["number", "code", "amount", "currency", "expires_on", "customer"]
        for one in batches.vouchers_of(database, batch):
            last = one.expires_on.isoformat() if one.expires_on else ""
            amount = Money(one.amount, one.currency).plain()
            code, whose = one.facts.token(one.signature), one.customer or ""
            yield [one.number, code, amount, one.currency, last, whose]

    return file_of(lines(), "csv", f"vouchers-{batch_id}")


def _page(
    request: Request,
    visitor: Visitor,
    unit: ReadUnit,
    given: dict[str, str],
    wrong: str = "",
) -> Response:
    reader, scope = reader_of(request, visitor), scope_of(unit, visitor, None)
    kinds = {one.code: one for one in vouchers.list_types(unit)}
    found = batches.list_batches(unit)
    rows = [
        {
            "batch": one,
            "name": kinds[one.type_code].name,
            "amount": reader.formats.money(one.amount, kinds[one.type_code].currency),
            "store": scope.name_of(one.store_id),
            "asked": reader.formats.moment(one.asked_at, scope.zone),
            "left": _left(request, one),
        }
        for one in found
    ]
    return render(
        request,
        "batches.html",
        part="values",
        status=422 if wrong else 200,
        waiting=attention(unit, visitor, request),
        rows=rows,
        working=any(one.made < one.wanted for one in found),
        kinds=list(kinds.values()),
        stores=scope.visible,
        groups=group_names(unit, _MOST_GROUPS),
        given={**_EMPTY, **given},
        wrong=wrong,
        most=batches.MOST,
    )


def _left(request: Request, batch: batches.Batch) -> int:
    """About how many minutes are left at the pace so far; 0 where nothing can be said."""
    passed: timedelta = request.app.state.system_clock.now() - batch.asked_at
    if not batch.made or batch.made >= batch.wanted or passed <= timedelta(0):
        return 0
    left = passed * (batch.wanted - batch.made) // batch.made
    return max(1, left // timedelta(minutes=1))


def _amount(unit: ReadUnit, reader: Reader, kind: str, text: str) -> int:
    found = next((one for one in vouchers.list_types(unit) if one.code == kind), None)
    if found is None:
        raise DomainError("voucher_type_unknown", {"type": kind[:20]}, http_status=404)
    exponent = money_unit(found.currency).exponent
    try:
        return parse_amount(read_typed(text.strip(), reader.language, exponent), exponent)
    except DomainError:
        raise DomainError("voucher_amount_invalid", http_status=400) from None
