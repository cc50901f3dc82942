"""The frame around every page: language and theme of the reader, navigation, and the answer itself."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from central_server.backoffice.assets import RESOURCES, Assets, load_assets
from central_server.backoffice.formats import Formats
from central_server.backoffice.navigation import groups_of
from central_server.backoffice.sessions import form_token
from central_server.backoffice.visitors import GATE_COOKIE, Visitor, cookie_of, find_visitor
from central_server.backoffice.words import ROLE_WORDS, word
from central_server.features.exceptions import service as exceptions
from central_server.features.releases.service import count_waiting
from central_server.features.tills.service import Till, TillState, list_tills
from central_server.platform.access import Right
from central_server.platform.translations import LANGUAGES, Texts, load_texts
from central_server.platform.unit_of_work import ReadUnit

THEMES = ("system", "light", "dark")
LANGUAGE_COOKIE = "tresen_language"
THEME_COOKIE = "tresen_theme"
_TEMPLATES = Path(__file__).parent / "templates"

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
)


@dataclass(frozen=True, slots=True)
class BackOffice:
    """What pages are made with; one per process, on `app.state.backoffice`."""

    assets: Assets
    texts: Mapping[str, Texts]
    templates: Environment


@functools.cache
def build_back_office() -> BackOffice:
    """Read templates, texts and files."""
    templates = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return BackOffice(load_assets(), load_texts(RESOURCES / "locale", "centre"), templates)


@dataclass(frozen=True, slots=True)
class Reader:
    """How the person in front of the screen reads: language, formats, theme."""

    texts: Texts
    formats: Formats
    theme: str

    @property
    def language(self) -> str:
        """Two letters."""
        return self.texts.language


def reader_of(request: Request, visitor: Visitor | None) -> Reader:
    """Language: the one chosen in this browser, else the person's own, else what the browser asks for."""
    back_office: BackOffice = request.app.state.backoffice
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        tag = chosen
        if visitor is not None and visitor.member.language[:2] == chosen:
            tag = visitor.member.language
    elif visitor is not None:
        tag = visitor.member.language
    else:
        tag = _accepted(request.headers.get("accept-language", ""))
    language = tag[:2] if tag[:2] in LANGUAGES else "en"
    theme = request.cookies.get(THEME_COOKIE, "system")
    return Reader(
        back_office.texts[language],
        Formats(tag if tag[:2] == language else language),
        theme if theme in THEMES else "system",
    )


def _accepted(header: str) -> str:
    for part in header.split(","):
        tag = part.partition(";")[0].strip()[:2].lower()
        if tag in LANGUAGES:
            return tag
    return "de"


def address_of(request: Request) -> str:
    """The address of this page, to come back to."""
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


@dataclass(frozen=True, slots=True)
class Attention:
    """How many tills, exceptions and releases wait for somebody, for the navigation."""

    tills: int = 0
    exceptions: int = 0
    releases: int = 0


def attention(unit: ReadUnit, visitor: Visitor, request: Request) -> Attention:
    """What waits in the stores of the visitor."""
    only = visitor.identity.only_stores()
    tills = list_tills(unit, only)
    now = request.app.state.system_clock.now()
    waiting = exceptions.open_by_till(unit)
    own = {till.till_id for till in tills}
    return Attention(
        tills=sum(needs_attention(till, now) for till in tills),
        releases=count_waiting(unit) if visitor.may(Right.RELEASES_DECIDE) else 0,
        exceptions=sum(n for till_id, n in waiting.items() if only is None or till_id in own),
    )


def first_place(visitor: Visitor) -> str:
    """Where somebody begins whose work is not the day's figures."""
    groups = groups_of(visitor.identity.rights - {Right.FIGURES_READ})
    return next((place.address for group in groups for place in group.places), "/settings")


def needs_attention(till: Till, now: Any) -> bool:
    """Whether somebody should look at a till: quarantined, or silent for an hour."""
    return till.state is TillState.QUARANTINED or till.is_unseen(now)


def render(
    request: Request,
    template: str,
    *,
    part: str = "",
    status: int = 200,
    waiting: Attention | None = None,
    gate: str | None = None,
    **content: Any,
) -> HTMLResponse:
    """A page in the reader's language. `part` is the navigation entry it belongs to, `gate` the sign-in cookie
    that is about to be set.
    """
    back_office: BackOffice = request.app.state.backoffice
    visitor = find_visitor(request)
    reader = reader_of(request, visitor)
    gate = gate or cookie_of(request, GATE_COOKIE)
    counts = waiting or Attention()
    page = back_office.templates.get_template(template).render(
        _=reader.texts.gettext,
        ngettext=reader.texts.ngettext,
        fmt=reader.formats,
        language=reader.language,
        theme=reader.theme,
        themes=THEMES,
        languages=LANGUAGES,
        asset=back_office.assets.url,
        icon=back_office.assets.icon,
        visitor=visitor,
        form_token=visitor.session.form_token
        if visitor is not None
        else (form_token(gate) if gate else ""),
        role_name=lambda role: word(reader.texts, ROLE_WORDS, role or ""),
        navigation=groups_of(visitor.identity.rights if visitor is not None else frozenset()),
        may=visitor.may if visitor is not None else lambda _right: False,
        Right=Right,
        part=part,
        counts={
            "tills": counts.tills,
            "exceptions": counts.exceptions,
            "releases": counts.releases,
        },
        here=address_of(request) if request.method == "GET" else "/",
        **content,
    )
    headers = {"Cache-Control": "no-store", **{a.decode(): b.decode() for a, b in _HEADERS}}
    headers["Content-Security-Policy"] = PAGE_POLICY
    return HTMLResponse(page, status_code=status, headers=headers)


class PageHeaders:
    """ASGI middleware: the headers that keep pages from being framed, sniffed or scripted."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                named = {name.lower(): value for name, value in headers}
                headers += [pair for pair in _HEADERS if pair[0] not in named]
                is_page = named.get(b"content-type", b"").startswith(b"text/html")
                if is_page and b"content-security-policy" not in named:
                    headers.append((b"content-security-policy", PAGE_POLICY.encode()))
                message["headers"] = headers
            await send(message)

        await self._app(scope, receive, with_headers)


def install_shell(app: FastAPI) -> None:
    """Give the app what pages need."""
    app.state.backoffice = build_back_office()
    app.add_middleware(PageHeaders)
