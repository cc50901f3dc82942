"""Texts of what is refused of gift cards."""

from __future__ import annotations

from central_server.platform.errors import ErrorText, ErrorTexts

_OTHER_CARD = "Take another card."

ERROR_TEXTS: ErrorTexts = {
    "giftcard_number_invalid": ErrorText(
        "{number} is no number of a gift card.", "Scan it, or type all of its digits again."
    ),
    "giftcard_unknown": ErrorText("There is no gift card with this number.", "Check the number."),
    "giftcard_not_sold": ErrorText("The card was never sold and holds nothing.", "Sell it first."),
    "giftcard_active": ErrorText("The card is sold and in use.", "Top it up instead."),
    "giftcard_blocked": ErrorText("The card is blocked.", "Ask head office."),
    "giftcard_replaced": ErrorText("Another card took over from this one.", _OTHER_CARD),
    "giftcard_expired": ErrorText("The card's last day is over.", _OTHER_CARD),
    "giftcard_short": ErrorText("The card holds {balance}.", "Take that, and the rest otherwise."),
    "giftcard_amount_invalid": ErrorText("The amount must be above zero.", "Type another one."),
    "giftcard_below_least": ErrorText("The card is sold with at least {least}.", "Take more."),
    "giftcard_above_most": ErrorText(
        "The card holds {balance}, and {most} at most.", "Take less, or a second card."
    ),
    "giftcard_currency_differs": ErrorText("The card is in {currency}.", _OTHER_CARD),
    "giftcard_request_differs": ErrorText(
        "Something else was asked under the same number.", "Ask again under a new one."
    ),
    "authorisation_currency_foreign": ErrorText(
        "The store takes {currency}.", "Pay in another way."
    ),
    "voucher_number_invalid": ErrorText(
        "{number} is no number of a voucher.", "Scan it, or type all of its signs again."
    ),
    "voucher_unknown": ErrorText("There is no voucher with this number.", "Check the number."),
    "voucher_not_booked": ErrorText(
        "The centre has not heard of this voucher yet.",
        "The till that issued it must send its receipts first.",
    ),
    "voucher_signature_invalid": ErrorText(
        "The voucher's code was not made by us.", "Do not take it, and tell head office."
    ),
    "voucher_blocked": ErrorText("The voucher is blocked.", "Ask head office."),
    "voucher_active": ErrorText("The voucher is not blocked."),
    "voucher_expired": ErrorText("The voucher's last day was {day}.", "Pay in another way."),
    "voucher_spent": ErrorText("The voucher is redeemed.", "Pay in another way."),
    "voucher_held": ErrorText(
        "The voucher is held for another receipt.", "Give it back there first."
    ),
    "voucher_other_customer": ErrorText(
        "The voucher is for another customer.", "Scan the card of the customer first."
    ),
    "voucher_currency_differs": ErrorText("The voucher is in {currency}.", "Pay in another way."),
    "voucher_no_payment": ErrorText(
        "The voucher is no payment: it takes {percent} % off a purchase.", "Enter it as a code."
    ),
    "voucher_batch_unknown": ErrorText("There is no such batch of vouchers."),
    "voucher_batch_nobody": ErrorText("Nobody is in that group."),
    "voucher_batch_invalid": ErrorText("A batch has 1 to {most} vouchers.", "Type another number."),
    "voucher_amount_invalid": ErrorText("The amount must be above zero.", "Type another one."),
    "voucher_type_unknown": ErrorText("There is no type {type}.", "voucher types lists them."),
    "voucher_type_invalid": ErrorText(
        "{type} is no type of a voucher.",
        "1 to 20 of A-Z, 0-9 and -; a single-purpose one has a rate.",
    ),
    "voucher_type_taken": ErrorText("There is a type {type} already.", "Choose another code."),
    "purse_short": ErrorText("There is {balance} to spend.", "Take that, and the rest otherwise."),
    "purse_amount_invalid": ErrorText("The amount must be above zero.", "Type another one."),
    "points_not_redeemable": ErrorText(
        "Nothing is paid with points in {currency}.", "Pay in another way."
    ),
    "customer_holds": ErrorText(
        "Something of customer {number} is held for a receipt.", "Try again in half an hour."
    ),
    "giftcard_range_invalid": ErrorText(
        "{prefix} makes no range of card numbers.",
        "16 to 19 digits in all: prefix, serial number, at least 4 drawn ones, check digit.",
    ),
    "giftcard_range_overlaps": ErrorText(
        "Range {prefix} begins the same way.", "Choose another prefix."
    ),
    "giftcard_range_unknown": ErrorText(
        "There is no range {prefix}.", "giftcard range lists them."
    ),
    "giftcard_range_full": ErrorText("Range {prefix} has no more numbers.", "Add another range."),
    "giftcard_limits_invalid": ErrorText(
        "{least} and {most} are no limits of a card.", "Least above zero, most not below it."
    ),
    "giftcard_count_invalid": ErrorText("1 to {most} cards are printed at once."),
}
