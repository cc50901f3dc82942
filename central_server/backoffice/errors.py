"""What can be wrong with a sign-in or a page, in words."""

from __future__ import annotations

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "form_token_wrong": ErrorText(
        "The form does not belong to this session.", "Load the page again and repeat what you did."
    ),
    "role_without_pages": ErrorText(
        "The role {role} has no pages at head office.",
        "Sign in at a till with your PIN, or ask head office for another role.",
    ),
    "sign_in_busy": ErrorText("Too many people are signing in at once.", "Try again in a moment."),
    "time_invalid": ErrorText("That is not a time.", "Use a day and a time of day."),
    "copy_unknown": ErrorText("There is no such copy.", "Open the till again."),
}
