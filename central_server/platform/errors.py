"""How errors become answers: one JSON form for all of them, and no stack trace ever leaves the process.

`{"code", "message", "what_next", "params"}`. The texts come from the features (`ERROR_TEXTS` in their
`errors.py`), collected by `app`; an unknown code still answers with its code.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from shared.errors import DomainError, EnvironmentProblem, ErrorParam

log = structlog.get_logger(__name__)

RETRY_AFTER_SECONDS = 2


@dataclass(frozen=True, slots=True)
class ErrorText:
    """What happened, and what the reader can do now. Both may name the error's params in braces."""

    message: str
    what_next: str = ""


ErrorTexts = Mapping[str, ErrorText]
# Takes the path and the error and may answer itself, for instance with a page; None leaves it to JSON.
ErrorPage = Callable[[Request, int, str, ErrorText], Response | None]
# Takes a malformed request and the names of what is wrong in it.
KeepMalformed = Callable[[Request, Collection[str]], None]

PLATFORM_TEXTS: ErrorTexts = {
    "validation_failed": ErrorText(
        "The request is malformed.", "Correct the fields named in params and send it again."
    ),
    "unexpected": ErrorText(
        "Something went wrong on our side (error {id}).",
        "Try again; if it stays, give this error id to whoever runs the centre.",
    ),
    "mail_unreachable": ErrorText(
        "The mail server does not answer ({reason}).", "Check TRESEN_SMTP_HOST and the network."
    ),
    "mail_refused": ErrorText(
        "The mail server refused the mail with {code}.", "Check its addresses and TRESEN_SMTP_USER."
    ),
    "mail_address_invalid": ErrorText(
        "{address} is no mail address.", "Type it as name@place.example."
    ),
    "not_found": ErrorText("There is nothing at this address.", "Check the address."),
    "method_not_allowed": ErrorText("This address does not take {method} requests."),
    "request_too_large": ErrorText("The request is larger than is taken.", "Send less at once."),
    "http_error": ErrorText("The request was refused with status {status}."),
    "login_required": ErrorText("Nobody is signed in.", "Sign in and repeat the request."),
    "role_not_allowed": ErrorText(
        "The role {role} may not do this.", "Ask somebody with another role, or head office."
    ),
    "scope_missing": ErrorText(
        "This key may not do that: it lacks the scope {scope}.",
        "Ask head office for a key with that scope.",
    ),
    "store_not_allowed": ErrorText(
        "Store {store} is not one of yours.", "Choose one of your stores, or ask head office."
    ),
    "rate_limited": ErrorText("Too many attempts.", "Wait a minute and try again."),
    "clock_fixed": ErrorText(
        "The business clock of a productive centre cannot be moved.",
        "Use an installation with TRESEN_MODE=demo or test.",
    ),
    "clock_too_far": ErrorText("{days} days are too far.", "Stay within a hundred years."),
    "database_busy": ErrorText("The database is busy.", "Try again in a moment."),
    "database_unavailable": ErrorText(
        "The database cannot be reached.", "Check that it runs; then try again."
    ),
    "database_disk_full": ErrorText(
        "The disk of the database is full.", "Free space on it; nothing accepted so far is lost."
    ),
    "database_url_invalid": ErrorText(
        "TRESEN_DATABASE_URL cannot be used: {reason}.",
        "Give sqlite:////path/to/file.db or postgresql+psycopg://user:password@host/name.",
    ),
    "directory_unwritable": ErrorText(
        "The directory {path} cannot be made: {reason}.",
        "Set TRESEN_HOME to a directory that this user may write to.",
    ),
    "sealing_key_unreadable": ErrorText(
        "The key that seals secrets in the database cannot be read or written: {path}.",
        "Check the file and its owner; restore it from the backup if it is damaged.",
    ),
    "upload_unknown": ErrorText("There is no such file any more.", "Hand it in again."),
    "upload_unwritable": ErrorText(
        "The file cannot be kept: {reason}.",
        "Free space on the centre's disk, and check the folder.",
    ),
    "seal_broken": ErrorText(
        "What was sealed for {purpose} cannot be opened.",
        "Restore keys/sealing.key from the backup that belongs to the database.",
    ),
    "pin_key_unreadable": ErrorText(
        "The key of the PINs {path} is damaged or cannot be written.",
        "Put it back from the backup; without it every PIN must be set anew.",
    ),
    "signing_key_unreadable": ErrorText(
        "The centre's signing key {path} cannot be read.",
        "Put the key back from the backup; a new one means that every till joins again.",
    ),
}


class ErrorView(BaseModel):
    """What every refusal and every trouble is answered with; `code` never changes, the sentences may."""

    code: str
    message: str
    what_next: str
    params: dict[str, Any]


ERROR_RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": ErrorView, "description": "Refused"},
    "5XX": {"model": ErrorView, "description": "The centre or its surroundings are in trouble"},
}
"""For the description of the interface: the form of errors, which each route may answer."""


def error_body(code: str, params: Mapping[str, ErrorParam], texts: ErrorTexts) -> dict[str, object]:
    """The JSON form of an error."""
    text = texts.get(code) or ErrorText(code.replace("_", " ").capitalize() + ".")
    return {
        "code": code,
        "message": _fill(text.message, params),
        "what_next": _fill(text.what_next, params),
        "params": dict(params),
    }


def _fill(text: str, params: Mapping[str, ErrorParam]) -> str:
    for name, value in params.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def install_error_handlers(
    app: FastAPI,
    texts: ErrorTexts,
    page: ErrorPage | None = None,
    keep_malformed: KeepMalformed | None = None,
) -> None:
    """Let every error of the app be answered in the one form; `page` may answer browsers with HTML, `keep_malformed` is
    told of requests that are malformed.
    """

    def answer(
        request: Request,
        status: int,
        code: str,
        params: Mapping[str, ErrorParam],
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        body = error_body(code, params, texts)
        if page is not None:
            shown = ErrorText(str(body["message"]), str(body["what_next"]))
            own = page(request, status, code, shown)
            if own is not None:
                return own
        return JSONResponse(body, status_code=status, headers=dict(headers or {}))

    def domain(request: Request, error: Exception) -> Response:
        assert isinstance(error, DomainError)  # noqa: S101 - registered for this class only
        log.info("domain_error", code=error.code, status=error.http_status)
        return answer(request, error.http_status, error.code, error.params)

    def environment(request: Request, error: Exception) -> Response:
        assert isinstance(error, EnvironmentProblem)  # noqa: S101 - registered for this class only
        log.warning("environment_problem", code=error.code, cause=type(error.__cause__).__name__)
        retry = {"Retry-After": str(RETRY_AFTER_SECONDS)}
        return answer(request, 503, error.code, error.params, retry)

    def validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
        # Places and reasons only: the values themselves may be secrets or personal.
        fields = {
            ".".join(str(part) for part in problem["loc"]): str(problem["msg"])
            for problem in error.errors()[:20]
        }
        if keep_malformed is not None:
            keep_malformed(request, fields)
        return answer(request, 422, "validation_failed", fields)

    def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
        codes = {404: "not_found", 405: "method_not_allowed", 413: "request_too_large"}
        code = codes.get(error.status_code, "http_error")
        params: dict[str, ErrorParam] = {"status": error.status_code, "method": request.method}
        return answer(request, error.status_code, code, params, error.headers)

    def unexpected(request: Request, error: Exception) -> Response:
        error_id = secrets.token_hex(6)
        log.error("unexpected_error", error_id=error_id, path=request.url.path, exc_info=error)
        return answer(request, 500, "unexpected", {"id": error_id})

    app.add_exception_handler(DomainError, domain)
    app.add_exception_handler(EnvironmentProblem, environment)
    app.add_exception_handler(RequestValidationError, validation)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, unexpected)
