"""Signing in and out, and what a person chooses for this browser: language and theme."""

from __future__ import annotations

import threading
from typing import Annotated
from urllib.parse import quote, urlsplit

import structlog
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from central_server.backoffice import sessions
from central_server.backoffice.shell import (
    LANGUAGE_COOKIE,
    THEME_COOKIE,
    THEMES,
    render,
)
from central_server.backoffice.visitors import (
    GATE_COOKIE,
    SESSION_COOKIE,
    FormVisitor,
    check_gate_form,
    cookie_of,
    drop_cookie,
    find_visitor,
    form_visitor,
    is_loopback,
    is_secure,
    set_cookie,
)
from central_server.features.staff.second_factor import accept_code, has_second_factor
from central_server.features.staff.service import StaffMember, verify_password
from central_server.platform.access import Right
from central_server.platform.security import RateLimiter, random_token
from central_server.platform.translations import LANGUAGES
from central_server.platform.unit_of_work import WriteUnit, reading, writing
from shared.errors import DomainError
from shared.identity import Clock

log = structlog.get_logger(__name__)

TRIES_PER_NUMBER = 5
TRIES_PER_ADDRESS = 20
_YEAR_SECONDS = 365 * 86_400
# Each check takes 64 MiB and a good part of a processor; more at once would starve the tills.
_CHECKS_AT_ONCE = 2
_WAIT_SECONDS = 5


class SignInGuard:
    """Limits guessing per staff number and per address, and how many passwords are checked at once."""

    def __init__(self, clock: Clock) -> None:
        self._numbers = RateLimiter(clock, TRIES_PER_NUMBER)
        self._addresses = RateLimiter(clock, TRIES_PER_ADDRESS)
        self._seats = threading.BoundedSemaphore(_CHECKS_AT_ONCE)

    def allow(self, number: str, address: str) -> bool:
        """Whether one more try is allowed now; known and unknown numbers are counted alike."""
        by_address = self._addresses.allow(address)
        return self._numbers.allow(number) and by_address

    def check(self, request: Request, number: str, password: str) -> StaffMember | None:
        """The person whose password this is; `DomainError('sign_in_busy')`, 503, if no seat gets free."""
        if not self._seats.acquire(timeout=_WAIT_SECONDS):
            raise DomainError("sign_in_busy", http_status=503)
        try:
            with reading(request.app.state.database) as unit:
                return verify_password(unit, number, password)
        finally:
            self._seats.release()


router = APIRouter(include_in_schema=False)


@router.get("/login")
def login_page(request: Request) -> Response:
    """The form; somebody who is signed in already is sent on."""
    target = own_address(request.query_params.get("next", ""))
    visitor = find_visitor(request)
    if visitor is not None and visitor.may(Right.PAGES):
        return RedirectResponse(target, status_code=303)
    return _login_form(request, target)


@router.post("/login")
def sign_in(
    request: Request,
    number: Annotated[str, Form(max_length=64)] = "",
    password: Annotated[str, Form(max_length=1024)] = "",
    target: Annotated[str, Form(alias="next", max_length=2000)] = "",
    form_token: Annotated[str, Form(max_length=128)] = "",
) -> Response:
    """Open a session. Unknown number, wrong password and somebody without one get the same answer."""
    target = own_address(target)
    number = number.strip()
    try:
        check_gate_form(request, form_token)
    except DomainError:
        return _login_form(request, target, number, problem="expired", status=403)
    guard: SignInGuard = request.app.state.sign_in_guard
    address = request.client.host if request.client is not None else ""
    if not guard.allow(number, address):
        log.warning("sign_in_limited")
        return _login_form(request, target, number, problem="limited", status=429)
    member = guard.check(request, number, password)
    if member is None:
        log.info("sign_in_refused")
        return _login_form(request, target, number, problem="wrong", status=403)
    if not member.identity().may(Right.PAGES):
        log.info("sign_in_without_pages", role=member.role.value)
        return render(request, "no_pages.html", status=403, role=member.role.value)
    with writing(request.app.state.database) as unit:
        asks_code = has_second_factor(unit, member.staff_id)
        token = sessions.open_session(
            unit,
            member.staff_id,
            request.app.state.system_clock.now(),
            cookie_of(request, SESSION_COOKIE),
            awaits_code=asks_code,
        )
    if asks_code:
        response = RedirectResponse(f"/login/code?next={quote(target, safe='/')}", status_code=303)
        set_cookie(request, response, SESSION_COOKIE, token)
        return response
    return _signed_in(request, member, token, target)


@router.get("/login/code")
def code_page(request: Request) -> Response:
    """The form for the code of the second factor; without a right password before it there is none."""
    target = own_address(request.query_params.get("next", ""))
    if _awaiting(request) is None:
        return RedirectResponse(login_address(target), status_code=303)
    return _code_form(request, target)


@router.post("/login/code")
def check_code(
    request: Request,
    code: Annotated[str, Form(max_length=64)] = "",
    target: Annotated[str, Form(alias="next", max_length=2000)] = "",
    form_token: Annotated[str, Form(max_length=128)] = "",
) -> Response:
    """Open the session if the code is the app's or a recovery code; each counts once."""
    target = own_address(target)
    check_gate_form(request, form_token)
    member = _awaiting(request)
    if member is None:
        return RedirectResponse(login_address(target), status_code=303)
    state = request.app.state
    guard: SignInGuard = state.sign_in_guard
    address = request.client.host if request.client is not None else ""
    if not guard.allow(f"code {member.staff_id}", address):
        log.warning("sign_in_limited")
        return _code_form(request, target, problem="limited", status=429)
    now = state.system_clock.now()
    with writing(state.database) as unit:
        right = accept_code(unit, state.sealing_key, member.staff_id, code, now)
        token = (
            sessions.open_session(unit, member.staff_id, now, cookie_of(request, SESSION_COOKIE))
            if right
            else None
        )
    if token is None:
        log.info("second_factor_refused")
        return _code_form(request, target, problem="wrong", status=403)
    return _signed_in(request, member, token, target)


def _awaiting(request: Request) -> StaffMember | None:
    token = cookie_of(request, SESSION_COOKIE)
    if token is None:
        return None
    with reading(request.app.state.database) as unit:
        return sessions.awaiting_code(unit, token, request.app.state.system_clock.now())


def _code_form(request: Request, target: str, problem: str = "", status: int = 200) -> HTMLResponse:
    return render(request, "login_code.html", status=status, target=target, problem=problem)


def _signed_in(request: Request, member: StaffMember, token: str, target: str) -> Response:
    log.info("signed_in", role=member.role.value)
    response = RedirectResponse(target, status_code=303)
    set_cookie(request, response, SESSION_COOKIE, token)
    drop_cookie(request, response, GATE_COOKIE)
    return response


@router.post("/logout")
def sign_out(request: Request, visitor: FormVisitor, unit: WriteUnit) -> Response:
    """End this session."""
    sessions.close_session(unit, visitor.session)
    return _signed_out(request)


@router.post("/logout/everywhere")
def sign_out_everywhere(request: Request, visitor: FormVisitor, unit: WriteUnit) -> Response:
    """End every session of this person, on all devices."""
    sessions.close_all(unit, visitor.member.staff_id)
    return _signed_out(request)


@router.post("/preferences")
def choose(
    request: Request,
    language: Annotated[str, Form()] = "",
    theme: Annotated[str, Form()] = "",
    here: Annotated[str, Form(max_length=2000)] = "",
    form_token: Annotated[str, Form()] = "",
) -> Response:
    """Keep language or theme for this browser and come back to the page."""
    visitor = find_visitor(request)
    if visitor is not None:
        form_visitor(request, visitor, form_token)
    else:
        check_gate_form(request, form_token)
    response = RedirectResponse(own_address(here), status_code=303)
    for name, value, known in (
        (LANGUAGE_COOKIE, language, LANGUAGES),
        (THEME_COOKIE, theme, THEMES),
    ):
        if value in known:
            response.set_cookie(
                name,
                value,
                max_age=_YEAR_SECONDS,
                httponly=True,
                samesite="lax",
                secure=is_secure(request),
            )
    return response


def login_address(address: str) -> str:
    """Where to sign in so as to come back to `address`."""
    return "/login" if address == "/" else f"/login?next={quote(address, safe='/')}"


def own_address(given: str) -> str:
    """`given` if it is an address of these pages, else the first page: nobody is sent elsewhere."""
    parts = urlsplit(given)
    safe = given.startswith("/") and not given.startswith(("//", "/\\"))
    clean = all(ord(letter) > 32 and letter != "\\" for letter in given)
    return given if safe and clean and not parts.scheme and not parts.netloc else "/"


def _login_form(
    request: Request, target: str, number: str = "", problem: str = "", status: int = 200
) -> Response:
    gate = cookie_of(request, GATE_COOKIE)
    fresh = None if gate else random_token()
    response = render(
        request,
        "login.html",
        status=status,
        target=target,
        number=number,
        problem=problem,
        gate=fresh,
        open_line=not is_loopback(request) and request.url.scheme != "https",
    )
    if fresh is not None:
        set_cookie(request, response, GATE_COOKIE, fresh)
    if status == 429:
        response.headers["Retry-After"] = "60"
    return response


def _signed_out(request: Request) -> Response:
    response = RedirectResponse("/login", status_code=303)
    drop_cookie(request, response, SESSION_COOKIE)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
