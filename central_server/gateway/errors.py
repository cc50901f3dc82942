"""What can be wrong with a request of a till, in words."""

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "signature_missing": ErrorText(
        "The request is not signed as tills sign.", "Join the till again, or update its program."
    ),
    "signature_wrong": ErrorText(
        "The signature does not fit the request.",
        "If this till was joined on another device, join it again with a new code.",
    ),
    "signature_stale": ErrorText(
        "The request was signed {seconds} seconds from the centre's time.",
        "Set the clock of this device right.",
    ),
    "nonce_used": ErrorText("This request was received before.", "Sign it anew."),
    "protocol_missing": ErrorText("The request names no protocol version.", "Update the till."),
    "protocol_unsupported": ErrorText(
        "Protocol {asked} is not served; the current one is {current}.", "Update the till."
    ),
    "authorisation_differs": ErrorText(
        "Something else was asked under the same id.", "Ask again under a new one."
    ),
    "authorisation_unknown": ErrorText(
        "No authorisation of this till has this id.", "Ask for it, or for another one."
    ),
    "feed_unknown": ErrorText("There is no feed {feed}."),
    "cursor_invalid": ErrorText("The cursor is not one of ours.", "Start again without a cursor."),
    "snapshot_required": ErrorText(
        "The till's position in feed {feed} is no longer served.", "Fetch a snapshot first."
    ),
    "snapshot_none": ErrorText(
        "There is no snapshot for market {market} yet.", "Try again in a minute."
    ),
    "snapshot_gone": ErrorText("This snapshot was replaced.", "Ask for the current one."),
    "snapshot_busy": ErrorText("Snapshots are being built already.", "Wait until that has ended."),
}
