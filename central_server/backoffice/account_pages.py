"""`/settings`: what somebody does with the own account: password, second factor, sessions. And `/menu`, every place."""

from __future__ import annotations

from typing import Annotated, Any

import qrcode
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from central_server.backoffice import sessions
from central_server.backoffice.shell import attention, render
from central_server.backoffice.trail import note
from central_server.backoffice.visitors import FormVisitor, PageVisitor, Visitor
from central_server.features.audit.service import AuditChange, changed
from central_server.features.staff import second_factor
from central_server.features.staff.service import (
    LEAST_PASSWORD,
    set_password,
    verify_password,
)
from central_server.platform.one_time_codes import enrolment_address, shown_secret
from central_server.platform.translations import mark
from central_server.platform.unit_of_work import ReadOnlyUnit, ReadUnit, UnitOfWork, WriteUnit
from shared.errors import DomainError

router = APIRouter(include_in_schema=False)

_ISSUER = "Tresen"
_PROBLEMS = {
    "password_wrong": mark("The present password is not that one."),
    "password_too_short": mark("The new password is too short: use at least ten characters."),
    "password_too_long": mark("The new password is too long: use at most 256 characters."),
    "passwords_differ": mark("The new password was not repeated the same."),
    "second_factor_code_wrong": mark(
        "This code is not right or was used already. Wait for the app's next one."
    ),
}


@router.get("/settings")
def settings_page(request: Request, visitor: PageVisitor, unit: ReadOnlyUnit) -> HTMLResponse:
    """Language, theme, sessions, password, second factor."""
    return _page(request, visitor, unit)


@router.get("/menu")
def menu(request: Request, visitor: PageVisitor, unit: ReadOnlyUnit) -> HTMLResponse:
    """Every place of the visitor on one page: what the small screen's bar has no room for."""
    return render(request, "menu.html", part="menu", waiting=attention(unit, visitor, request))


@router.post("/settings/password")
def change_password(
    request: Request,
    visitor: FormVisitor,
    unit: WriteUnit,
    present: Annotated[str, Form(max_length=1024)] = "",
    password: Annotated[str, Form(max_length=1024)] = "",
    again: Annotated[str, Form(max_length=1024)] = "",
) -> Response:
    """Set another password; every session ends, this one too, and the person signs in anew."""
    number = visitor.member.staff_id
    guard = request.app.state.sign_in_guard
    address = request.client.host if request.client is not None else ""
    if not guard.allow(f"password {number}", address):
        raise DomainError("rate_limited", http_status=429)
    if verify_password(unit, number, present) is None:
        return _page(request, visitor, unit, problem="password_wrong")
    if password != again:
        return _page(request, visitor, unit, problem="passwords_differ")
    now = request.app.state.system_clock.now()
    try:
        set_password(unit, number, password, now)
    except DomainError as refusal:
        return _page(request, visitor, unit, problem=refusal.code)
    note(request, visitor, unit, AuditChange("password", "staff", number, {}, {}))
    sessions.close_all(unit, number)
    return RedirectResponse("/login?next=/settings", status_code=303)


@router.post("/settings/second-factor")
def offer_second_factor(request: Request, visitor: FormVisitor, unit: WriteUnit) -> Response:
    """A secret for the app, as a QR code; it counts when a code of it was entered."""
    state = request.app.state
    second_factor.offer(unit, state.sealing_key, visitor.member.staff_id, state.system_clock.now())
    return _page(request, visitor, unit)


@router.post("/settings/second-factor/confirm")
def confirm_second_factor(
    request: Request,
    visitor: FormVisitor,
    unit: WriteUnit,
    code: Annotated[str, Form(max_length=32)] = "",
) -> Response:
    """Switch it on; the recovery codes stand on this answer and never again."""
    state = request.app.state
    number, now = visitor.member.staff_id, state.system_clock.now()
    try:
        codes = second_factor.confirm(unit, state.sealing_key, number, code, now)
    except DomainError as refusal:
        return _page(request, visitor, unit, problem=refusal.code)
    note(request, visitor, unit, _switched(number, on=True))
    return _page(request, visitor, unit, codes=codes)


@router.post("/settings/second-factor/codes")
def renew_recovery_codes(
    request: Request,
    visitor: FormVisitor,
    unit: WriteUnit,
    code: Annotated[str, Form(max_length=32)] = "",
) -> Response:
    """Ten fresh recovery codes against a code of the app; the earlier ones end."""
    number = visitor.member.staff_id
    if not _proven(request, unit, number, code):
        return _page(request, visitor, unit, problem="second_factor_code_wrong")
    codes = second_factor.new_recovery_codes(unit, number)
    note(request, visitor, unit, AuditChange("recovery_codes", "staff", number, {}, {}))
    return _page(request, visitor, unit, codes=codes)


@router.post("/settings/second-factor/off")
def switch_off_second_factor(
    request: Request,
    visitor: FormVisitor,
    unit: WriteUnit,
    code: Annotated[str, Form(max_length=32)] = "",
) -> Response:
    """Switch it off against a code: a session left open must not be enough."""
    number = visitor.member.staff_id
    if not _proven(request, unit, number, code):
        return _page(request, visitor, unit, problem="second_factor_code_wrong")
    second_factor.switch_off(unit, number)
    note(request, visitor, unit, _switched(number, on=False))
    return RedirectResponse("/settings", status_code=303)


def _proven(request: Request, unit: UnitOfWork, number: str, code: str) -> bool:
    """Whether somebody has just typed a code that counts; each try is one of a few."""
    state = request.app.state
    now = state.system_clock.now()
    return _allowed(request, number) and second_factor.accept_code(
        unit, state.sealing_key, number, code, now
    )


def _allowed(request: Request, number: str) -> bool:
    address = request.client.host if request.client is not None else ""
    allowed: bool = request.app.state.sign_in_guard.allow(f"code {number}", address)
    return allowed


def _switched(number: str, *, on: bool) -> AuditChange:
    return changed("staff", number, {"second_factor": not on}, {"second_factor": on})


def qr_path(address: str) -> tuple[str, int]:
    """The dark modules of a QR code as the path of an SVG, and the code's width in modules with its quiet zone."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    code.add_data(address)
    code.make(fit=True)
    matrix = code.get_matrix()
    path = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark
    )
    return path, len(matrix)


def _page(
    request: Request,
    visitor: Visitor,
    unit: ReadUnit,
    problem: str = "",
    codes: list[str] | None = None,
) -> HTMLResponse:
    number = visitor.member.staff_id
    secret = second_factor.offered(unit, request.app.state.sealing_key, number)
    drawn: tuple[str, int] | None = None
    if secret is not None:
        drawn = qr_path(enrolment_address(secret, number, _ISSUER))
    content: dict[str, Any] = {
        "open_sessions": sessions.count_sessions(unit, number),
        "second_factor": second_factor.has_second_factor(unit, number),
        "codes_left": second_factor.recovery_codes_left(unit, number),
        "offered": shown_secret(secret) if secret is not None else "",
        "qr": drawn,
        "codes": codes or [],
        "least": LEAST_PASSWORD,
        "problem": _PROBLEMS.get(problem, ""),
        "problem_code": problem,
    }
    return render(
        request,
        "settings.html",
        part="settings",
        status=422 if problem else 200,
        waiting=attention(unit, visitor, request),
        **content,
    )
