"""What can be wrong with a promotion, in words."""

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "promotion_stop_invalid": ErrorText(
        "A budget stop is above what the promotion has given already.", "Type a larger amount."
    ),
    "promotion_invalid": ErrorText("{path}: {message}."),
    "promotion_unknown": ErrorText(
        "There is no promotion {promotion}.", "List the promotions to see their ids."
    ),
    "promotion_draft_unknown": ErrorText(
        "There is no such draft of a promotion.", "Open the list of promotions."
    ),
    "promotion_draft_closed": ErrorText(
        "This draft was published or dropped already.", "Make a new one from the promotion."
    ),
    "promotion_draft_too_long": ErrorText("A promotion has at most {most} bytes."),
    "promotion_field_invalid": ErrorText(
        "The field {field} cannot be read.", "Write it as the help below it says."
    ),
    "promotion_case_empty": ErrorText(
        "A check needs one to {most} lines.", "Write quantity and article on each."
    ),
    "promotion_case_article": ErrorText("There is no article {sku}.", "Look its number up."),
    "promotion_case_price": ErrorText(
        "{sku} has no price there.", "Write the price behind its number."
    ),
    "promotion_case_invalid": ErrorText(
        "The field {field} of the check cannot be read.", "Write it as the help below it says."
    ),
    "promotion_case_unknown": ErrorText("There is no such check."),
    "promotion_cases_full": ErrorText("A promotion has at most {most} checks."),
    "promotion_check_failed": ErrorText(
        "The check »{name}« of {promotion} costs {found} {currency} and must cost {expected} {currency}"
        " (difference {difference}).",
        "Change the promotion or the check; nothing was released.",
    ),
    "promotion_reason_missing": ErrorText(
        "Nobody said why the promotion is stopped.", "Say it in a few words: stores will ask."
    ),
    "promotion_version_missing": ErrorText("Promotion {promotion} has no version {version}."),
}
