"""Who looks at a page: finds the session behind a request, and refuses forms that come from elsewhere.

`session_provider` gives the same person to the JSON interface, or the program whose key stands in the header
`Authorization`. Requests of a session that change something need the form token there too, as `X-CSRF-Token`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Form, Request, Response

from central_server.backoffice.sessions import Session, find_session, form_token, touch_session
from central_server.features.keys.service import key_identity
from central_server.features.staff.service import StaffMember
from central_server.platform.access import Right, RightGate, StaffIdentity
from central_server.platform.security import same_token
from central_server.platform.unit_of_work import reading, writing
from shared.errors import DomainError

SESSION_COOKIE = "tresen_session"
GATE_COOKIE = "tresen_gate"
TOKEN_HEADER = "X-CSRF-Token"  # noqa: S105 - the header's name
_SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
_LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in and looks at a page."""

    session: Session
    identity: StaffIdentity

    @property
    def member(self) -> StaffMember:
        """The person."""
        return self.session.member

    def may(self, right: Right) -> bool:
        """Whether they have this right."""
        return self.identity.may(right)


def cookie_name(request: Request, name: str) -> str:
    """The cookie's name: with the prefix that ties it to host and encryption, outside this machine."""
    return f"__Host-{name}" if is_secure(request) else name


def is_loopback(request: Request) -> bool:
    """Whether the browser runs on this machine, as far as the address it used tells."""
    return (request.url.hostname or "") in _LOOPBACK


def is_secure(request: Request) -> bool:
    """Whether browsers speak TLS to this installation. A proxy may pass any Host on, so its setting counts first."""
    settings = request.app.state.settings
    told = settings.behind_tls_proxy or settings.tls_certificate is not None
    return told or not is_loopback(request)


def set_cookie(
    request: Request, response: Response, name: str, value: str, seconds: int | None = None
) -> None:
    """Set a cookie that scripts cannot read and other sites do not send along."""
    response.set_cookie(
        cookie_name(request, name),
        value,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )


def drop_cookie(request: Request, response: Response, name: str) -> None:
    """Let the browser forget a cookie."""
    response.delete_cookie(
        cookie_name(request, name),
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )


def cookie_of(request: Request, name: str) -> str | None:
    """The value that the browser sent."""
    return request.cookies.get(cookie_name(request, name)) or None


def find_visitor(request: Request) -> Visitor | None:
    """The visitor behind a request, looked up once per request."""
    if not hasattr(request.state, "visitor"):
        request.state.visitor = _look_up(request)
    found: Visitor | None = request.state.visitor
    return found


def _look_up(request: Request) -> Visitor | None:
    token = cookie_of(request, SESSION_COOKIE)
    if token is None:
        return None
    state = request.app.state
    now = state.system_clock.now()
    with reading(state.database) as unit:
        session = find_session(unit, token, now)
    if session is None:
        return None
    if session.needs_touch:
        with writing(state.database) as own:
            touch_session(own, session, now)
    return Visitor(session, session.member.identity())


def session_provider(request: Request) -> StaffIdentity | None:
    """The person behind a request of the JSON interface.

    `DomainError('form_token_wrong')`, 403, for a request that changes something without the session's token.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        state = request.app.state
        return key_identity(state.database, token.strip(), state.system_clock.now())
    visitor = find_visitor(request)
    if visitor is None:
        return None
    if request.method not in _SAFE:
        _check_origin(request)
        given = request.headers.get(TOKEN_HEADER, "")
        if not same_token(given, visitor.session.form_token):
            raise DomainError("form_token_wrong", http_status=403)
    return visitor.identity


def page_visitor(request: Request) -> Visitor:
    """The visitor of a page; `DomainError('login_required')`, 401, `('role_without_pages')`, 403."""
    visitor = find_visitor(request)
    if visitor is None:
        raise DomainError("login_required", http_status=401)
    if not visitor.may(Right.PAGES):
        role = visitor.member.role.value
        raise DomainError("role_without_pages", {"role": role}, http_status=403)
    return visitor


def form_visitor(request: Request, visitor: Visitor, form_token: str) -> Visitor:
    """The visitor who sends a form; `DomainError('form_token_wrong')`, 403, unless it is of this session."""
    _check_origin(request)
    if not same_token(form_token, visitor.session.form_token):
        raise DomainError("form_token_wrong", http_status=403)
    return visitor


def check_gate_form(request: Request, given: str) -> None:
    """Refuse a form of somebody not signed in that does not come from our own sign-in page."""
    _check_origin(request)
    gate = cookie_of(request, GATE_COOKIE)
    if gate is None or not same_token(given, form_token(gate)):
        raise DomainError("form_token_wrong", http_status=403)


def _check_origin(request: Request) -> None:
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise DomainError("form_token_wrong", http_status=403)


class PageGate(RightGate):
    """Lets visitors with the right look at a page."""

    def __call__(self, request: Request) -> Visitor:  # type: ignore[override]
        """The visitor; `DomainError`: `login_required`, `role_without_pages`, `role_not_allowed`."""
        visitor = page_visitor(request)
        visitor.identity.require(self.right)
        return visitor


class FormGate(RightGate):
    """Lets visitors with the right send a form of their own session."""

    def __call__(  # type: ignore[override]
        self, request: Request, form_token: Annotated[str, Form()] = ""
    ) -> Visitor:
        """The visitor; `DomainError` as a page, and `form_token_wrong`."""
        visitor = form_visitor(request, page_visitor(request), form_token)
        visitor.identity.require(self.right)
        return visitor


def looks(right: Right) -> Any:
    """For `Annotated[Visitor, …]`: somebody who looks at a page that needs the right."""
    return Depends(PageGate(right))


def sends(right: Right) -> Any:
    """For `Annotated[Visitor, …]`: somebody who sends a form that needs the right."""
    return Depends(FormGate(right))


PageVisitor = Annotated[Visitor, looks(Right.PAGES)]
FormVisitor = Annotated[Visitor, sends(Right.PAGES)]
