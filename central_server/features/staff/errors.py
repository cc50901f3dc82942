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
    "staff_name_missing": ErrorText("The person has no name.", "Enter a name."),
    "staff_self": ErrorText(
        "You cannot do that to yourself.", "Ask somebody else at head office to do it."
    ),
    "staff_left": ErrorText("{staff} has left.", "Add the person anew under another number."),
    "password_wrong": ErrorText("The present password is not that one.", "Try again."),
    "second_factor_on": ErrorText("The second factor is on already.", "Switch it off first."),
    "second_factor_code_wrong": ErrorText(
        "The code is not right, or was used already.", "Wait for the app's next code."
    ),
    "language_unknown": ErrorText("{value} is not a language tag.", "Use a tag such as de or en."),
}
