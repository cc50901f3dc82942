"""`/stores/…`: adding a store, changing what tills and receipts say of it, and adding its tills."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from central_server.backoffice.shell import attention, render
from central_server.backoffice.trail import note
from central_server.backoffice.visitors import Visitor, looks, sends
from central_server.backoffice.words import STORE_PROBLEMS
from central_server.features.audit.service import AuditChange
from central_server.features.stock.service import add_branch
from central_server.features.stores import service
from central_server.features.stores.service import Store
from central_server.features.tills import service as tills
from central_server.platform.access import Right
from central_server.platform.unit_of_work import ReadOnlyUnit, ReadUnit, WriteUnit
from shared.errors import DomainError
from shared.identity import StoreId

router = APIRouter(include_in_schema=False)

StoreReader = Annotated[Visitor, looks(Right.STORES_WRITE)]
StoreKeeper = Annotated[Visitor, sends(Right.STORES_WRITE)]
Short = Annotated[str, Form(max_length=120)]
Lines = Annotated[str, Form(max_length=1_000)]


@dataclass(frozen=True, slots=True)
class GivenStore:
    """What the form of a store says that may change later."""

    name: Short = ""
    timezone: Short = "Europe/Berlin"
    address: Lines = ""
    vat_id: Short = ""
    header_lines: Lines = ""
    language: Short = "de"
    day_starts: Annotated[int, Form(ge=0, le=1439)] = 0


SentStore = Annotated[GivenStore, Depends()]
_NEW = {"store_id": "", "market": "DE", "currency": "EUR", **asdict(GivenStore())}


@router.get("/stores/new")
def new_store(request: Request, visitor: StoreReader, unit: ReadOnlyUnit) -> Response:
    """The form of a new store."""
    return _page(request, visitor, unit, None, _NEW)


@router.post("/stores/new")
def add_store(
    request: Request,
    visitor: StoreKeeper,
    unit: WriteUnit,
    sent: SentStore,
    store_id: Short = "",
    market: Short = "",
    currency: Short = "",
) -> Response:
    """Add a store with the place of its stock."""
    given = {"store_id": store_id, "market": market, "currency": currency, **asdict(sent)}
    now = request.app.state.system_clock.now()
    try:
        facts = _facts(given)
        new = Store(
            StoreId(store_id.strip()), market=market.strip(), currency=currency.strip(), **facts
        )
        made = service.add_store(unit, new, now)
        add_branch(unit, made, now)
    except DomainError as refusal:
        return _refused(request, visitor, unit, None, given, refusal)
    note(request, visitor, unit, AuditChange("added", "store", made.store_id, {}, _said(made)))
    return RedirectResponse(f"/stores/{made.store_id}?saved=1", status_code=303)


@router.get("/stores/{store_id}")
def store_page(
    request: Request, store_id: str, visitor: StoreReader, unit: ReadOnlyUnit
) -> Response:
    """What is said of a store, and its tills."""
    store = service.get_store(unit, store_id)
    return _page(request, visitor, unit, store, _given(store))


@router.post("/stores/{store_id}")
def change_store(
    request: Request, store_id: str, visitor: StoreKeeper, unit: WriteUnit, sent: SentStore
) -> Response:
    """Change it and tell its tills. Country and currency stay: receipts depend on them."""
    before = service.get_store(unit, store_id)
    kept = {"store_id": store_id, "market": before.market, "currency": before.currency}
    given = {**asdict(sent), **kept}
    try:
        after = service.change_store(unit, store_id, **_facts(given))
    except DomainError as refusal:
        return _refused(request, visitor, unit, before, given, refusal)
    change = AuditChange("changed", "store", store_id, _said(before), _said(after))
    note(request, visitor, unit, change)
    return RedirectResponse(f"/stores/{store_id}?saved=1", status_code=303)


@router.post("/stores/{store_id}/tills")
def add_till(
    request: Request,
    store_id: str,
    visitor: StoreKeeper,
    unit: WriteUnit,
    till_id: Short = "",
    till_name: Short = "",
    mode: Annotated[str, Form(max_length=20)] = "productive",
) -> Response:
    """Add a till; a device joins as it with a one-time code."""
    store = service.get_store(unit, store_id)
    now = request.app.state.system_clock.now()
    try:
        made = tills.add_till(
            unit, till_id.strip(), store.store_id, now, name=till_name.strip(), mode=mode
        )
    except DomainError as refusal:
        given = {**_given(store), "till_id": till_id, "till_name": till_name, "mode": mode}
        return _refused(request, visitor, unit, store, given, refusal)
    facts = {"store": store.store_id, "name": made.name}
    note(request, visitor, unit, AuditChange("added", "till", made.till_id, {}, facts))
    return RedirectResponse(f"/tills/{made.till_id}", status_code=303)


def _facts(given: dict[str, Any]) -> dict[str, Any]:
    if not given["name"].strip():
        raise DomainError("store_name_missing", http_status=400)
    return {
        "name": given["name"].strip(),
        "timezone": given["timezone"].strip(),
        "address": tuple(line.strip() for line in given["address"].splitlines() if line.strip()),
        "vat_id": given["vat_id"].strip(),
        "header_lines": tuple(line.strip() for line in given["header_lines"].splitlines()),
        "languages": (given["language"],),
        "day_starts_minutes": given["day_starts"],
    }


def _given(store: Store) -> dict[str, Any]:
    return {
        "store_id": store.store_id,
        "name": store.name,
        "market": store.market,
        "currency": store.currency,
        "timezone": store.timezone,
        "address": "\n".join(store.address),
        "vat_id": store.vat_id,
        "header_lines": "\n".join(store.header_lines),
        "language": store.languages[0],
        "day_starts": store.day_starts_minutes,
    }


def _said(store: Store) -> dict[str, Any]:
    return {name: value for name, value in _given(store).items() if name != "store_id"}


def _refused(
    request: Request,
    visitor: Visitor,
    unit: ReadUnit,
    store: Store | None,
    given: dict[str, Any],
    refusal: DomainError,
) -> Response:
    if refusal.code not in STORE_PROBLEMS:
        raise refusal
    return _page(request, visitor, unit, store, given, refusal.code)


def _page(
    request: Request,
    visitor: Visitor,
    unit: ReadUnit,
    store: Store | None,
    given: dict[str, Any],
    problem: str = "",
) -> Response:
    field, sentence = STORE_PROBLEMS.get(problem, ("", ""))
    return render(
        request,
        "store.html",
        part="tills",
        status=422 if problem else 200,
        waiting=attention(unit, visitor, request),
        store=store,
        given={"till_id": "", "till_name": "", "mode": "productive", **given},
        tills=tills.list_tills(unit, [store.store_id]) if store is not None else [],
        problem_field=field,
        problem=sentence,
        saved=request.query_params.get("saved") == "1",
        spoken=(("de", "Deutsch"), ("en", "English")),
    )
