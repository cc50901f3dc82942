"""Texts of what is refused of loyalty."""

from __future__ import annotations

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "loyalty_terms_invalid": ErrorText(
        "These are no terms of a purse.", "Days from 0 to 3660, months from 1 to 1200."
    ),
    "loyalty_amount_invalid": ErrorText("The amount must be above zero.", "Type another one."),
}
