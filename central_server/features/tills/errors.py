"""What can be wrong with a till, in words."""

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "till_id_invalid": ErrorText(
        "{value} is not a till id.", "Use 1 to 31 characters of A-Z, 0-9 and -, such as DE01-T1."
    ),
    "till_unknown": ErrorText("There is no till {till}.", "Join it with a one-time code first."),
    "till_exists": ErrorText("Till {till} exists already."),
    "till_elsewhere": ErrorText("Till {till} belongs to store {store}.", "Choose another till id."),
    "till_withdrawn": ErrorText(
        "Till {till} was withdrawn.", "Issue a new one-time code if it shall come back."
    ),
    "till_quarantined": ErrorText(
        "Till {till} is quarantined: two different journals were sent under its identity.",
        "Find both devices, compare their journals, then join one of them again with a new code.",
    ),
    "incarnation_wrong": ErrorText(
        "Till {till} speaks as incarnation {given}, and the current one is {current}.",
        "This device was replaced or restored from an old copy: join it again with a new code.",
    ),
    "code_unknown": ErrorText(
        "This one-time code is not valid.", "Check it for typing errors, or issue a new one."
    ),
    "code_expired": ErrorText("This one-time code has expired.", "Issue a new one."),
    "code_other_till": ErrorText(
        "This one-time code is for till {till}, not for {wanted}.", "Use the code of that till."
    ),
    "code_used": ErrorText("This one-time code was used already.", "Issue a new one."),
    "public_key_invalid": ErrorText("The till's public key is not an Ed25519 key."),
    "till_mode_invalid": ErrorText(
        "{value} is not a mode of a till.", "Use productive or training."
    ),
}
