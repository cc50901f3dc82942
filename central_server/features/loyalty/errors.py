"""Texts of what is refused of loyalty."""

from __future__ import annotations

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "loyalty_terms_invalid": ErrorText(
        "These are no terms of a purse.", "Days from 0 to 3660, months from 1 to 1200."
    ),
    "loyalty_worth_invalid": ErrorText(
        "Points and what they are worth must be above zero.", "Type other ones."
    ),
    "credit_limit_invalid": ErrorText("The limit must not be below zero.", "Type another one."),
    "credit_overpaid": ErrorText("Only {owed} are owed.", "Pay that much."),
    "loyalty_amount_invalid": ErrorText("The amount must be above zero.", "Type another one."),
}
