"""What can be wrong with a webhook, in words."""

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "webhook_unknown": ErrorText("There is no such webhook."),
    "webhook_ended": ErrorText("This webhook has ended; nothing is told to it."),
    "webhook_name_missing": ErrorText("The webhook has no name.", "Say which system it is for."),
    "webhook_url_invalid": ErrorText(
        "{url} is no address that can be sent to.",
        "Give an https address without a user, a password or a fragment.",
    ),
    "webhook_target_inside": ErrorText(
        "{host} leads into a private network.",
        "Use an address on the internet, or add the host to TRESEN_WEBHOOK_ALLOWED_HOSTS.",
    ),
    "webhook_unreachable": ErrorText("{host} cannot be reached: {reason}."),
}
