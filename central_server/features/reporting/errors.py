"""What can be wrong with a question about figures, in words."""

from __future__ import annotations

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "range_invalid": ErrorText(
        "These dates make no period.", "Choose at most {most} days, with the first day first."
    ),
}
