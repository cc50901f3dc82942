"""Reads what people type after commands: days, moments, lists. Everything else refuses with one clear sentence."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from getpass import getpass
from uuid import UUID

from central_server.app.composition import compose
from central_server.app.schema import make_ready
from central_server.platform.clock import new_id
from central_server.platform.observability import configure_logging
from central_server.platform.scheduler import JobContext
from central_server.platform.settings import Settings
from shared.errors import DomainError


@contextmanager
def opened_centre(settings: Settings) -> Iterator[JobContext]:
    """The centre for one command: opened, at this version's schema, and closed again."""
    configure_logging("warning" if settings.log_level == "info" else settings.log_level)
    context = compose(settings)
    try:
        make_ready(context)
        yield context
    finally:
        context.database.dispose()


def day(text: str) -> date:
    """`2026-07-01`; `DomainError('argument_invalid')`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise refuse(text, "a day such as 2026-07-01") from None


def moment(text: str) -> datetime:
    """`2026-07-01` (midnight UTC) or `2026-07-01T08:00+02:00`; `DomainError('argument_invalid')`."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise refuse(text, "a time such as 2026-07-01T08:00+02:00") from None
    return found if found.utcoffset() is not None else found.replace(tzinfo=UTC)


def refuse(value: str, wanted: str) -> DomainError:
    """The error for an argument that is not what it should be."""
    return DomainError("argument_invalid", {"value": value[:60], "wanted": wanted}, http_status=400)


def request_id(context: JobContext, given: str | None) -> UUID:
    """The id of a request as it was given, or a new one; `DomainError('argument_invalid')`."""
    if given is None:
        return new_id(context.system_clock)
    try:
        return UUID(given)
    except ValueError:
        raise refuse(given, "a UUID") from None


def ask_secret(question: str) -> str:
    """A secret from the terminal, unseen, or the first line of standard input where there is none."""
    if sys.stdin.isatty():
        return getpass(question)
    return sys.stdin.readline().rstrip("\r\n")
