"""What can be wrong with an API key, in words."""

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "key_invalid": ErrorText(
        "This API key is not valid.", "Check that it is complete, or ask head office for a new one."
    ),
    "key_unknown": ErrorText("There is no such key."),
    "key_name_missing": ErrorText("The key has no name.", "Say which system it is for."),
    "key_scope_missing": ErrorText("The key could do nothing.", "Choose at least one scope."),
    "key_scope_invalid": ErrorText("{value} is not a scope of keys.", "Choose from the list."),
}
