"""What a browser is shown when something is wrong: what, why, and what to do now."""

from __future__ import annotations

import re

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from central_server.backoffice.login import login_address
from central_server.backoffice.shell import address_of, render
from central_server.backoffice.visitors import find_visitor
from central_server.platform.errors import ErrorText
from central_server.platform.translations import mark
from shared.errors import EnvironmentProblem

_MACHINES = ("/api/", "/gateway/", "/metrics", "/healthz", "/readyz", "/static/")
_ERROR_ID = re.compile(r"\berror ([0-9a-f]{12})\b")

# Title, sentence and next step by code; by status for all others.
_TEXTS: dict[str, tuple[str, str]] = {
    "login_required": (
        mark("You are not signed in any more"),
        mark("Your session has ended. Nothing was changed. Sign in and repeat what you did."),
    ),
    "role_not_allowed": (
        mark("Your role does not allow this"),
        mark("Head office decides who may do this. Ask there if it is part of your work."),
    ),
    "role_without_pages": (
        mark("Your role has no pages at head office"),
        mark("Sign in at a till with your PIN. Head office gives out roles with pages."),
    ),
    "store_not_allowed": (
        mark("This store is not one of yours"),
        mark("You see the stores that are assigned to you. Head office assigns stores."),
    ),
    "form_token_wrong": (
        mark("The form was too old"),
        mark("Nothing was changed. Load the page again and repeat what you did."),
    ),
    "exception_closed": (
        mark("Somebody was quicker"),
        mark("This exception is closed already. Open it again to see who closed it and when."),
    ),
    "range_invalid": (
        mark("These dates make no period"),
        mark("Choose at most two years, with the first day first."),
    ),
    "database_busy": (
        mark("The centre is busy"),
        mark("Tills go on selling and nothing is lost. Try again in a moment."),
    ),
    "rate_limited": (mark("Too many attempts"), mark("Wait a minute and try again.")),
}
_BY_STATUS: dict[int, tuple[str, str]] = {
    400: (
        mark("This address cannot be read"),
        mark("Part of it is malformed. Start again from today's page."),
    ),
    403: (mark("This is not allowed"), mark("Ask head office if it is part of your work.")),
    404: (mark("There is nothing here"), mark("The address is wrong, or what was here is gone.")),
    405: (mark("This address takes forms only"), mark("Go back and use the button on the page.")),
    409: (
        mark("That is not possible now"),
        mark("Something has changed in the meantime. Load the page again."),
    ),
    413: (
        mark("This address cannot be read"),
        mark("Part of it is malformed. Start again from today's page."),
    ),
    422: (
        mark("This address cannot be read"),
        mark("Part of it is malformed. Start again from today's page."),
    ),
    503: (
        mark("The centre cannot answer just now"),
        mark("Tills go on selling and nothing is lost. Try again in a moment."),
    ),
}
_OURS = (
    mark("Something went wrong on our side"),
    mark(
        "Tills go on selling and nothing is lost. Try again; if it stays, give the id below to whoever runs the centre."
    ),
)


def error_page(request: Request, status: int, code: str, text: ErrorText) -> Response | None:
    """A page for a browser; None leaves programs to JSON."""
    if not _is_browser(request):
        return None
    if code == "login_required" and request.method == "GET":
        return RedirectResponse(login_address(address_of(request)), status_code=303)
    try:
        find_visitor(request)
    except EnvironmentProblem:
        request.state.visitor = None
    title, sentence = _TEXTS.get(code) or _BY_STATUS.get(status, _OURS)
    found = _ERROR_ID.search(text.message)
    return render(
        request,
        "error.html",
        status=status,
        code=code,
        title=title,
        sentence=sentence,
        error_id=found.group(1) if found else "",
        login=login_address("/"),
    )


def _is_browser(request: Request) -> bool:
    return not request.url.path.startswith(_MACHINES) and "text/html" in request.headers.get(
        "accept", ""
    )
