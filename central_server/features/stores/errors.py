"""What can be wrong with a store or a rate, in words."""

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "offline_days_invalid": ErrorText("Tills may show customers for 0 to {most} days offline."),
    "store_id_invalid": ErrorText(
        "{value} is not a store id.", "Use 1 to 31 characters of A-Z, 0-9 and -, such as DE01."
    ),
    "store_unknown": ErrorText("There is no store {store}.", "List the stores to see their ids."),
    "store_name_missing": ErrorText("A store has a name.", "Type what it is called."),
    "store_exists": ErrorText("Store {store} exists already.", "Choose another id."),
    "timezone_unknown": ErrorText(
        "{value} is not a time zone.", "Use a name such as Europe/Berlin."
    ),
    "market_invalid": ErrorText(
        "{value} is not a country code.", "Use two capital letters such as DE, AT or GB."
    ),
    "currency_unknown": ErrorText(
        "The currency {value} is not known.", "Use its ISO code, such as EUR."
    ),
    "day_start_invalid": ErrorText(
        "A trading day cannot begin {minutes} minutes after midnight.", "Use 0 to 719."
    ),
    "rate_invalid": ErrorText(
        "{value} is not an exchange rate.", "Give a positive number with at most eight decimals."
    ),
    "rate_same_currency": ErrorText("{value} against itself needs no rate."),
}
