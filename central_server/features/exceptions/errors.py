"""Texts of the exceptions queue's errors."""

from __future__ import annotations

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "exception_unknown": ErrorText("There is no exception {id}.", "Reload the list."),
    "exception_closed": ErrorText("Exception {id} is closed already.", "Reload the list."),
}
