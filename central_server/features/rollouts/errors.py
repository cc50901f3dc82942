"""What can be wrong with a roll-out, in words."""

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "rollout_unknown": ErrorText("There is no such roll-out."),
    "rollout_open": ErrorText(
        "Another version of this setting is on its way.",
        "Give it to all tills or take it back first.",
    ),
    "rollout_tills_missing": ErrorText(
        "No till in service is among those named.", "Name tills or stores, or give a share."
    ),
    "rollout_till_unknown": ErrorText("{value} is neither a till nor a store."),
    "rollout_share_invalid": ErrorText("A share is 1 to 99 percent."),
    "rollout_hours_invalid": ErrorText("It goes on to all after 1 to {most} hours, or by hand."),
    "rollout_step_invalid": ErrorText(
        "That is not possible any more: the roll-out is at another step.", "Look at it again."
    ),
    "rollout_newer": ErrorText(
        "A newer version of this setting came after this one.", "Take the newest one back."
    ),
}
