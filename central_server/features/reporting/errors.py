"""What can be wrong with a question about figures, in words."""

from __future__ import annotations

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "range_invalid": ErrorText(
        "These dates make no period.", "Choose at most {most} days, with the first day first."
    ),
    "report_mail_unknown": ErrorText(
        "This report is not there.", "Look for it in the list of reports by mail."
    ),
    "report_mail_invalid": ErrorText(
        "The report is not complete.", "Give it a name and one to {most} mail addresses."
    ),
    "team_too_small": ErrorText(
        "There are no figures of this team.",
        "Figures are shown of teams of {least} people and more.",
    ),
    "plan_invalid": ErrorText(
        "This is no plan.", "Enter an amount from 0 to {most}, or nothing to take the plan away."
    ),
}
