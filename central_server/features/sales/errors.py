"""What can be wrong when receipts are looked up, in words."""

from __future__ import annotations

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "receipt_unknown": ErrorText("There is no such receipt.", "Search for it by its number."),
    "mark_invalid": ErrorText("The mark of the page is malformed.", "Begin with the first page."),
}
