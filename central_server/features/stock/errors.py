"""What can be wrong with stock, in words."""

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "location_unknown": ErrorText("There is no location {location}.", "List the locations."),
    "location_exists": ErrorText("Location {location} exists already."),
    "location_id_invalid": ErrorText(
        "{value} is not a location id.", "Use 1 to 31 characters of A-Z, 0-9 and -."
    ),
    "location_kind_unknown": ErrorText(
        "{value} is not a kind of location.", "Use warehouse, branch or area."
    ),
    "quantity_invalid": ErrorText(
        "{value} is not a quantity.", "Use a number with at most three decimals."
    ),
}
