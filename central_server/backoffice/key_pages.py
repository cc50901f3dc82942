"""`/keys`: keys for other systems. The text of a key stands on the answer that issues it and never again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from central_server.backoffice.scope import scope_of
from central_server.backoffice.shell import attention, reader_of, render
from central_server.backoffice.trail import note
from central_server.backoffice.visitors import Visitor, looks, sends
from central_server.backoffice.words import RIGHT_WORDS, word
from central_server.features.audit.service import added, changed
from central_server.features.keys import service
from central_server.features.keys.service import ApiKey
from central_server.platform.access import KEY_SCOPES, Right
from central_server.platform.translations import mark
from central_server.platform.unit_of_work import ReadOnlyUnit, ReadUnit, WriteUnit
from shared.errors import DomainError

router = APIRouter(include_in_schema=False)

KeyReader = Annotated[Visitor, looks(Right.KEYS_WRITE)]
KeyKeeper = Annotated[Visitor, sends(Right.KEYS_WRITE)]

_PROBLEMS = {
    "key_name_missing": mark("Say which system the key is for."),
    "key_scope_missing": mark("Choose at least one thing that the key may do."),
}


@router.get("/keys")
def keys(request: Request, visitor: KeyReader, unit: ReadOnlyUnit) -> HTMLResponse:
    """All keys and the form for a new one."""
    return _page(request, visitor, unit)


@router.post("/keys")
def issue(
    request: Request,
    visitor: KeyKeeper,
    unit: WriteUnit,
    name: Annotated[str, Form(max_length=80)] = "",
    scope: Annotated[list[str] | None, Form()] = None,
    store: Annotated[list[str] | None, Form()] = None,
) -> HTMLResponse:
    """A new key, shown on this answer."""
    now = request.app.state.system_clock.now()
    try:
        key, text = service.issue_key(
            unit, name, scope or (), store or (), visitor.identity.staff_id, now
        )
    except DomainError as refusal:
        if refusal.code not in _PROBLEMS:
            raise
        return _page(request, visitor, unit, name=name, chosen=scope or [], problem=refusal.code)
    note(request, visitor, unit, added("api_key", key.key_id, _facts(key)))
    return _page(request, visitor, unit, issued=text, issued_name=key.name)


@router.post("/keys/{key_id}/revoke")
def revoke(request: Request, key_id: str, visitor: KeyKeeper, unit: WriteUnit) -> Response:
    """End a key; from now on its requests are refused."""
    before = service.get_key(unit, key_id)
    after = service.revoke_key(unit, key_id, request.app.state.system_clock.now())
    note(request, visitor, unit, changed("api_key", key_id, _facts(before), _facts(after)))
    return RedirectResponse("/keys", status_code=303)


def _facts(key: ApiKey) -> dict[str, object]:
    return {
        "name": key.name,
        "scopes": sorted(scope.value for scope in key.scopes),
        "stores": sorted(key.store_ids),
        "revoked": key.revoked_at is not None,
    }


def _page(
    request: Request,
    visitor: Visitor,
    unit: ReadUnit,
    *,
    issued: str = "",
    issued_name: str = "",
    name: str = "",
    chosen: list[str] | None = None,
    problem: str = "",
) -> HTMLResponse:
    reader = reader_of(request, visitor)
    scope = scope_of(unit, visitor, None)
    now = request.app.state.system_clock.now()

    def when(at: datetime | None) -> str:
        return reader.formats.moment(at, scope.zone) if at is not None else ""

    rows = [
        (
            key,
            [word(reader.texts, RIGHT_WORDS, one) for one in sorted(key.scopes)],
            when(key.issued_at),
            reader.formats.ago(key.used_at, now) if key.used_at is not None else "",
            when(key.revoked_at),
        )
        for key in service.list_keys(unit)
    ]
    return render(
        request,
        "keys.html",
        part="keys",
        status=422 if problem else 200,
        waiting=attention(unit, visitor, request),
        rows=rows,
        scopes=[(one.value, word(reader.texts, RIGHT_WORDS, one)) for one in sorted(KEY_SCOPES)],
        stores=scope.visible,
        issued=issued,
        issued_name=issued_name,
        name=name,
        chosen=chosen or [],
        problem=_PROBLEMS.get(problem, ""),
        problem_code=problem,
    )
