"""What can be wrong with a question to the audit trail, in words."""

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "audit_range_invalid": ErrorText("The first day lies after the last one.", "Swap the days."),
}
