"""What can be wrong with a promotion, in words."""

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "promotion_invalid": ErrorText("{path}: {message}."),
    "promotion_unknown": ErrorText(
        "There is no promotion {promotion}.", "List the promotions to see their ids."
    ),
    "promotion_version_missing": ErrorText("Promotion {promotion} has no version {version}."),
}
