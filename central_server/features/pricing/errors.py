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
    "change_unknown": ErrorText("There is no such change of prices."),
    "change_closed": ErrorText("This change is past that.", "Open it to see what became of it."),
    "change_empty": ErrorText("Nothing would change.", "Choose other articles or another rule."),
    "change_too_large": ErrorText(
        "{count} prices are too many at once; {most} go.", "Choose fewer articles."
    ),
    "change_over": ErrorText("The time of this change is over.", "Make a new one."),
    "price_before_missing": ErrorText("There is no price to start from.", "Set a price first."),
    "price_below_zero": ErrorText("The price would be below zero.", "Take less off."),
    "reduction_without_reference": ErrorText(
        "No price held in the last 30 days, so nothing can be called reduced.",
        "Do not advertise it.",
    ),
    "reduction_not_real": ErrorText(
        "The new price is not below the lowest of the last 30 days ({reference}).",
        "Take more off, or do not call it reduced.",
    ),
    "price_amount_invalid": ErrorText("A price cannot be negative.", "Give 0 or more."),
    "price_scope_invalid": ErrorText(
        "{value} is not a scope of prices.", "Use chain, market:DE or store:DE01."
    ),
    "amount_invalid": ErrorText("{value} is not an amount.", "Use digits and a point: 12.90."),
}
