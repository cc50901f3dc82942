"""What can be wrong with a price, in words."""

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "price_missing": ErrorText(
        "Article {sku} has no price in store {store} at that time.", "Set a price first."
    ),
    "price_validity_overlaps": ErrorText(
        "Another price of {sku} holds during part of that time (from {from}).",
        "End the other price first, or choose a time that is free.",
    ),
    "price_validity_empty": ErrorText("The price of {sku} would end before it begins."),
    "price_backdated": ErrorText(
        "A price of {sku} held at {from} already; the past is not rewritten.",
        "Let the new price begin now or later.",
    ),
    "price_amount_invalid": ErrorText("A price cannot be negative.", "Give 0 or more."),
    "price_scope_invalid": ErrorText(
        "{value} is not a scope of prices.", "Use chain, market:DE or store:DE01."
    ),
    "amount_invalid": ErrorText("{value} is not an amount.", "Use digits and a point: 12.90."),
}
