"""What can be wrong with a release, in words."""

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "release_unknown": ErrorText("There is no such request."),
    "release_closed": ErrorText(
        "This request is decided already.", "Open it to see who decided, and how."
    ),
    "release_own": ErrorText(
        "You asked for this yourself.", "Another person has to release it: that is what it is for."
    ),
    "release_rule_unknown": ErrorText("{value} is not a rule of releases."),
}
