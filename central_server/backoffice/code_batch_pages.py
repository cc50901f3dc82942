"""`/promotions/codes`: the batches of codes of a promotion, made, written out, blocked; and what became of one code.

Codes are asked for in the bodies of requests, so that no log of addresses has them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from central_server.backoffice.formats import DASH
from central_server.backoffice.long_files import file_of
from central_server.backoffice.scope import Scope, link, scope_of
from central_server.backoffice.shell import Reader, attention, reader_of, render
from central_server.backoffice.trail import note
from central_server.backoffice.visitors import Visitor, looks, sends
from central_server.backoffice.whom import one_each
from central_server.backoffice.words import BATCH_STATES, CODE_HOLD_STATES
from central_server.features.audit.service import AuditChange
from central_server.features.coupons import batches, repository, service
from central_server.features.coupons.batches import StoredBatch
from central_server.features.customers.group_repository import group_names
from central_server.features.promotions import catalogue
from central_server.platform.access import Right
from central_server.platform.clock import new_id
from central_server.platform.database import Database
from central_server.platform.security import random_key
from central_server.platform.unit_of_work import ReadOnlyUnit, ReadUnit, WriteUnit
from shared.catalogue.scan_rules import CheckDigit
from shared.coupons import (
    MOST_DRAWN,
    CodeBatch,
    CodeKind,
    DrawnForm,
    DrawnKeys,
    Span,
    literal_of,
)
from shared.errors import DomainError

router = APIRouter(include_in_schema=False)

CodeReader = Annotated[Visitor, looks(Right.PROMOTIONS_READ)]
CodeTaker = Annotated[Visitor, looks(Right.PROMOTIONS_WRITE)]
CodeKeeper = Annotated[Visitor, sends(Right.PROMOTIONS_WRITE)]
PromotionId = Annotated[str, Form(alias="id", max_length=100)]
Field = Annotated[str, Form(max_length=40)]
_MOST_GROUPS = 200
# What anybody can mean; years at the end of the calendar cannot be told in another zone.
_YEARS = range(2000, 2200)
_EMPTY = dict.fromkeys(("name", "prefix", "wanted", "first", "last", "starts", "ends"), "")
_USUAL = {
    **_EMPTY,
    **dict.fromkeys(("bound", "group", "customers", "back"), ""),
    "kind": "drawn",
    "signs": "12",
    "uses": "1",
    "check": "luhn",
}
# The field that a refusal is about.
_FIELDS = {
    "code_form_invalid": "prefix",
    "code_batch_bare": "prefix",
    "code_batch_size": "wanted",
    "code_batch_uses": "uses",
    "code_batch_times": "ends",
    "code_batch_moment": "ends",
    "code_batch_ended": "ends",
    "code_batch_numbers": "first",
    "code_batch_overlaps": "last",
    "voucher_batch_nobody": "group",
    "customer_unknown": "customers",
    "customer_card_blocked": "customers",
    "customer_card_replaced": "customers",
}


@router.get("/promotions/codes")
def batch_list(
    request: Request,
    visitor: CodeReader,
    unit: ReadOnlyUnit,
    promotion_id: Annotated[str, Query(alias="id", max_length=100)] = "",
    q: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    """The batches of a promotion, how far their codes are used, and the form for another one; `q`: only those whose
    name or prefix has that in it, or whose code that is, for who may look codes up.
    """
    return _page(request, visitor, unit, promotion_id, {}, q=q.strip())


@router.post("/promotions/codes")
def make_batch(
    request: Request,
    visitor: CodeKeeper,
    unit: WriteUnit,
    promotion_id: PromotionId = "",
    name: Annotated[str, Form(max_length=80)] = "",
    kind: Field = "",
    prefix: Field = "",
    signs: Field = "",
    wanted: Field = "",
    first: Field = "",
    last: Field = "",
    check: Field = "",
    uses: Field = "",
    starts: Field = "",
    ends: Field = "",
    bound: Field = "",
    group: Annotated[str, Form(max_length=80)] = "",
    customers: Annotated[str, Form(max_length=20_000)] = "",
    back: Field = "",
) -> Response:
    """Make a batch. However large it is, it is there at once: its codes follow from it."""
    given = {
        "name": name, "kind": kind, "prefix": prefix, "signs": signs, "wanted": wanted,
        "first": first, "last": last, "check": check, "uses": uses, "starts": starts, "ends": ends,
        "bound": bound, "group": group, "customers": customers, "back": back,
    }  # fmt: skip
    catalogue.get_promotion(unit, promotion_id)
    try:
        owners = one_each(unit, bound, group.strip(), customers)
        zone = ZoneInfo(scope_of(unit, visitor, None).zone)
        batch_id = new_id(request.app.state.system_clock)
        wish = _wish(batch_id, promotion_id, given, owners, zone)
        at = request.app.state.business_clock.now()
        who = visitor.identity.staff_id
        made = batches.make(unit, wish, who, at, owners, back_on_return=back == "1")
    except DomainError as refusal:
        if refusal.code not in _FIELDS:
            raise
        return _page(request, visitor, unit, promotion_id, given, refusal)
    facts = {"promotion": promotion_id, "name": made.codes.name, "events": made.codes.size}
    change = AuditChange("added", "code_batch", str(made.batch_id), {}, facts)
    note(request, visitor, unit, change)
    return _back(promotion_id)


@router.get("/promotions/codes/{batch_id}.{kind}")
def batch_file(
    request: Request, batch_id: UUID, kind: str, visitor: CodeTaker, unit: WriteUnit
) -> Response:
    """Every code of a batch with whose it is, as CSV or spreadsheet, written while it is read."""
    batch = batches.get(unit, batch_id)
    database: Database = request.app.state.database

    def rows() -> Iterator[tuple[str, ...]]:
        yield ("code", "customer")
        yield from batches.written_out(database, batch)

    answer = file_of(rows(), kind, f"codes-{batch_id}")
    facts = {"events": batch.codes.size}
    note(request, visitor, unit, AuditChange("exported", "code_batch", str(batch_id), {}, facts))
    return answer


@router.post("/promotions/codes/{batch_id}/block")
def block_batch(
    request: Request,
    batch_id: UUID,
    visitor: CodeKeeper,
    unit: WriteUnit,
    on: Field = "",
) -> Response:
    """Block a whole batch, or let it count again."""
    at = request.app.state.business_clock.now()
    batch = batches.block(unit, batch_id, at, on=on == "1")
    action = "blocked" if on == "1" else "unblocked"
    note(request, visitor, unit, AuditChange(action, "code_batch", str(batch_id), {}, {}))
    return _back(batch.codes.promotion)


@router.post("/promotions/codes/find")
def find_code(
    request: Request,
    visitor: CodeKeeper,
    unit: ReadOnlyUnit,
    promotion_id: PromotionId = "",
    code: Field = "",
) -> Response:
    """What became of a code: its state, when and where it was used, by which receipt."""
    return _page(request, visitor, unit, promotion_id, {}, code=code)


@router.post("/promotions/codes/block-code")
def block_code(
    request: Request,
    visitor: CodeKeeper,
    unit: WriteUnit,
    promotion_id: PromotionId = "",
    code: Field = "",
    on: Field = "",
) -> Response:
    """Block one code, or let it count again."""
    at = request.app.state.business_clock.now()
    found = service.block_code(unit, code, at, on=on == "1")
    action = "blocked" if on == "1" else "unblocked"
    facts = {"promotion": found.found.batch.promotion}
    shown = f"…{found.found.code[-4:]} ({found.batch.batch_id})"
    note(request, visitor, unit, AuditChange(action, "code", shown, {}, facts))
    return _page(request, visitor, unit, promotion_id, {}, code=code)


def _wish(
    batch_id: UUID, promotion_id: str, given: Mapping[str, str], owners: list[str], zone: ZoneInfo
) -> CodeBatch:
    """The batch that was asked for; `DomainError` as forms and batches raise it."""
    prefix = given["prefix"].strip().upper()
    size, keys = len(owners) or _number(given["wanted"]), None
    form: DrawnForm | Span
    if given["kind"] == CodeKind.SPAN:
        first, last = given["first"].strip(), given["last"].strip()
        # Noughts in front count, so a shorter number says nothing certain of the codes.
        if len(first) != len(last) or not 0 <= _number(first) <= _number(last):
            raise DomainError("code_batch_numbers", http_status=422)
        check = (
            CheckDigit(given["check"]) if given["check"] in tuple(CheckDigit) else CheckDigit.NONE
        )
        form = Span(prefix, len(last), _number(first), _number(last), check)
        size = form.size
        if owners and len(owners) != size:
            raise DomainError("code_batch_size", http_status=422)
    else:
        form = DrawnForm(prefix, _number(given["signs"]))
        keys = DrawnKeys(random_key(), random_key())
    return CodeBatch(
        batch_id,
        promotion_id,
        given["name"].strip() or prefix,
        form,
        size,
        _number(given["uses"]),
        keys,
        _moment(given["starts"], zone),
        _moment(given["ends"], zone),
        given["group"].strip() if given["bound"] == "group" else "",
        bool(owners),
    )


def _number(text: str) -> int:
    typed = text.strip()
    return int(typed) if typed.isascii() and typed.isdecimal() else -1


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    if not text.strip():
        return None
    try:
        moment = datetime.fromisoformat(text.strip()).replace(tzinfo=zone)
    except ValueError:
        raise DomainError("code_batch_moment", http_status=422) from None
    if moment.year not in _YEARS:
        raise DomainError("code_batch_moment", http_status=422)
    return moment


def _back(promotion_id: str) -> Response:
    return RedirectResponse(link("/promotions/codes", id=promotion_id), status_code=303)


def _page(
    request: Request,
    visitor: Visitor,
    unit: ReadUnit,
    promotion_id: str,
    given: Mapping[str, str],
    refusal: DomainError | None = None,
    code: str = "",
    q: str = "",
) -> Response:
    reader, scope = reader_of(request, visitor), scope_of(unit, visitor, None)
    one = catalogue.get_promotion(unit, promotion_id)
    found = batches.of_promotion(unit, promotion_id, q)
    used = repository.used_codes(unit, [batch.batch_id for batch in found])
    now = request.app.state.business_clock.now()
    wrong = _FIELDS[refusal.code] if refusal is not None else ""
    # A whole code that was typed into the search leads to its batch, and to what became of it.
    whole = q if not found and visitor.may(Right.PROMOTIONS_WRITE) else ""
    file, problem = _file(unit, code or whole, reader, scope)
    if whole and file is not None and file["promotion"] == promotion_id:
        found = [batches.get(unit, file["batch"].batch_id)]
        used = repository.used_codes(unit, [batch.batch_id for batch in found])
    return render(
        request,
        "code_batches.html",
        part="promotions",
        status=422 if wrong or (problem and not whole) else 200,
        waiting=attention(unit, visitor, request),
        one=one,
        word=literal_of(promotion_id),
        asks=literal_of(promotion_id) in one.newest.body.upper(),
        rows=[_row(batch, used.get(batch.batch_id, (0, 0)), reader, scope, now) for batch in found],
        groups=group_names(unit, _MOST_GROUPS),
        given={**_USUAL, **given},
        wrong=wrong,
        about={"batch": "", "promotion": "", **(refusal.params if refusal is not None else {})},
        most=MOST_DRAWN,
        most_uses=batches.MOST_USES,
        code=code or (whole if file is not None else ""),
        q=q,
        file=file,
        elsewhere=_elsewhere(unit, file, promotion_id),
        mistyped=bool(whole) and problem == "code_mistyped",
        problem="" if whole else problem,
    )


def _row(
    batch: StoredBatch, used: tuple[int, int], reader: Reader, scope: Scope, now: datetime
) -> dict[str, object]:
    codes, formats = batch.codes, reader.formats
    state = "counts"
    if codes.blocked:
        state = "blocked"
    elif codes.ends_at is not None and codes.ends_at <= now:
        state = "ended"
    elif codes.starts_at is not None and codes.starts_at > now:
        state = "planned"
    return {
        "batch": batch,
        "codes": codes,
        "state": reader.texts.gettext(BATCH_STATES[state][0]),
        "tone": BATCH_STATES[state][1],
        "looks": codes.form.prefix + "…" if codes.kind is CodeKind.DRAWN else codes.code(0) + " …",
        "used": formats.whole(used[0]),
        "size": formats.whole(codes.size),
        "blocked": used[1],
        "begins": formats.beginning(codes.starts_at, scope.zone) if codes.starts_at else DASH,
        "ends": formats.ending(codes.ends_at, scope.zone) if codes.ends_at else DASH,
        "made": formats.moment(batch.made_at, scope.zone),
    }


def _file(
    unit: ReadUnit, code: str, reader: Reader, scope: Scope
) -> tuple[dict[str, Any] | None, str]:
    """What is known of a code, and the refusal's code where there is none."""
    if not code.strip():
        return None, ""
    try:
        file = service.look_up(unit, code)
    except DomainError as refusal:
        return None, refusal.code
    uses = file.found.batch.uses
    history = [
        {
            "state": CODE_HOLD_STATES[hold.state],
            "at": reader.formats.moment(hold.ended_at or hold.asked_at, scope.zone),
            "store": scope.name_of(hold.store_id),
            "till": hold.till_id,
            "receipt": hold.receipt,
            "address": link("/receipts", number=hold.receipt) if hold.receipt else "",
            "alone": hold.alone,
        }
        for hold in file.history
    ]
    return {
        "code": file.found.code,
        "batch": file.batch.codes,
        "promotion": file.batch.codes.promotion,
        "owner": file.owner,
        "blocked": file.state.blocked_at is not None or file.batch.codes.blocked,
        "own_block": file.state.blocked_at is not None,
        "used": file.state.used,
        "uses": uses,
        "spent": file.state.used >= uses,
        "history": history,
    }, ""


def _elsewhere(
    unit: ReadUnit, file: Mapping[str, Any] | None, promotion_id: str
) -> tuple[str, str] | None:
    """Name and page of the promotion whose code it is, where that is not this one."""
    if file is None or file["promotion"] == promotion_id:
        return None
    other = str(file["promotion"])
    found = catalogue.find_promotion(unit, other)
    return found.newest.name if found is not None else other, link("/promotions/codes", id=other)
