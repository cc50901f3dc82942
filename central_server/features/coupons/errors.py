"""Texts of what is refused of codes of batches."""

from __future__ import annotations

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "code_form_invalid": ErrorText(
        "There is no such form of codes.",
        "A prefix has 1 to 12 digits and letters without I, L and O; numbers have 1 to 12 digits.",
    ),
    "code_batch_size": ErrorText("A batch has 1 to {most} codes.", "Type another number."),
    "code_batch_uses": ErrorText("A code works 1 to {most} times.", "Type another number."),
    "code_batch_times": ErrorText("The end is not after the beginning.", "Type another day."),
    "code_batch_ended": ErrorText("The batch would have ended already.", "Type another day."),
    "code_batch_numbers": ErrorText(
        "Both numbers have equally many digits, 1 to 12, and the last is not below the first.",
        "Type noughts in front of the shorter one.",
    ),
    "code_batch_overlaps": ErrorText(
        "Some of these numbers are in the batch {batch} of promotion {promotion} already.",
        "Choose other numbers or another prefix.",
    ),
    "code_batch_moment": ErrorText("That is no day and time."),
    "code_batch_bare": ErrorText(
        "Such codes would be taken for cards or vouchers.", "Choose another prefix or length."
    ),
    "code_batch_unknown": ErrorText("There is no such batch of codes."),
    "code_mistyped": ErrorText("A sign of {code} is wrong.", "Scan it, or type it again."),
    "promotion_code_unknown": ErrorText("There is no code {code}.", "Check every sign."),
    "code_blocked": ErrorText("The code is blocked."),
    "code_early": ErrorText("The code counts from {day} on."),
    "promotion_code_expired": ErrorText("The code counted until {day}."),
    "code_other_customer": ErrorText(
        "The code is for another customer.", "Put the customer on the receipt first."
    ),
    "code_exhausted": ErrorText("The code was used on {day} in {store} (receipt {receipt})."),
    "code_kept": ErrorText(
        "The code is on a receipt at till {till}.", "Finish or give up that receipt first."
    ),
    "code_given_back": ErrorText("The code was taken off this receipt.", "Scan it again."),
    "code_differs": ErrorText(
        "Something else was asked under the same number.", "Ask again under a new one."
    ),
    "codes_alone_invalid": ErrorText("0 to {most} codes for each receipt."),
}
