"""What can be wrong with a member of staff, in words."""

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "staff_id_invalid": ErrorText(
        "{value} is not a staff number.", "Use 1 to 31 letters, digits and -."
    ),
    "staff_unknown": ErrorText("There is nobody with the staff number {staff}."),
    "staff_exists": ErrorText("The staff number {staff} is taken.", "Choose another one."),
    "role_unknown": ErrorText("{value} is not a role.", "Use one of: {roles}."),
    "pin_invalid": ErrorText("A PIN has {digits} digits here.", "Choose another PIN."),
    "pin_too_simple": ErrorText(
        "This PIN is too easy to guess.",
        "Avoid rows such as 123456 and repetitions such as 111111.",
    ),
    "password_too_short": ErrorText(
        "The password is too short.", "Use at least {least} characters."
    ),
    "password_too_long": ErrorText("The password is too long.", "Use at most 256 characters."),
    "language_unknown": ErrorText("{value} is not a language tag.", "Use a tag such as de or en."),
}
