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
    "write_off_amount_invalid": ErrorText("What is written off is more than nothing."),
    "write_off_reason_missing": ErrorText("A write-off needs a reason."),
    "write_off_kind_invalid": ErrorText("Only points that are owed and invoices are written off."),
    "write_off_too_much": ErrorText("That is more than is owed.", "Look at the debt again."),
    "write_off_differs": ErrorText("Something else was asked for under this id."),
    "write_off_unknown": ErrorText("Nothing was asked for under this id."),
    "write_off_same_person": ErrorText(
        "Above the limit somebody else has to agree.", "Ask a colleague who may write off."
    ),
    "write_off_decided": ErrorText("Somebody has decided already.", "Look at the list again."),
}
