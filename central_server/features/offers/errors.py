"""What can be wrong with an offer, in words."""

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "offer_unknown": ErrorText("There is no offer {offer}.", "List the offers to see their codes."),
    "offer_exists": ErrorText("Offer {offer} exists already."),
    "offer_code_invalid": ErrorText(
        "{value} is not an offer code.", "Use 1 to 31 characters of A-Z, 0-9 and -."
    ),
    "offer_name_missing": ErrorText("The offer has no name."),
    "offer_standard": ErrorText("The offer of the stores always holds."),
    "offer_kind_unknown": ErrorText(
        "{value} is not a kind of offer.", "Use store, web, catalogue or flyer."
    ),
    "offer_validity_empty": ErrorText("Offer {offer} would end before it begins."),
    "offer_not_valid": ErrorText("Offer {offer} does not hold at that time."),
}
