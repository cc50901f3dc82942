"""Texts of what the journal intake answers and of what the projection finds."""

from __future__ import annotations

from central_server.platform.errors import ErrorText, ErrorTexts

_LOOK = "Look at the event, mend the cause and press Retry."
_OVERSHOT = (
    "Tills without a network did not know of each other. The receipt is booked; dismiss this."
)
_ASK_STORE = "The receipt is booked; dismiss this, or ask the store how it came about."

ERROR_TEXTS: ErrorTexts = {
    "journal_gap": ErrorText("Events are missing before these.", "Send from {expected_seq} on."),
    "journal_hash_wrong": ErrorText(
        "Event {seq} does not continue the chain.",
        "Check the till's journal; nothing of the batch was stored.",
    ),
    "journal_batch_too_large": ErrorText(
        "The events of this batch have {bytes} bytes; {limit} are taken at once.",
        "Send fewer events at once.",
    ),
    "event_type_unknown": ErrorText(
        "This release does not know events of type {type}.", "Update the centre, then retry."
    ),
    "event_version_unknown": ErrorText(
        "The event has version {version}, this release reads up to {known}.",
        "Update the centre, then retry.",
    ),
    "event_body_malformed": ErrorText("The event's body cannot be read.", _LOOK),
    "event_field_wrong": ErrorText("Field {field} is missing or malformed.", _LOOK),
    "receipt_sums_differ": ErrorText("The sums of the receipt disagree: {part}.", _LOOK),
    "receipt_of_other_till": ErrorText("The receipt names another till ({till}).", _LOOK),
    "receipt_of_other_store": ErrorText(
        "The receipt names store {store} in {currency}, where this till is not.", _LOOK
    ),
    "receipt_number_gap": ErrorText(
        "Receipt number {got} came where {expected} was due.",
        "Ask the store; the receipt itself is booked.",
    ),
    "terminal_day_differs": ErrorText(
        "Till {till}: the card terminal closed its day with {terminal}, the journal has {journal} on cards.",
        "Compare the terminal's list with the receipts of the day; a payment may be on one of them only.",
    ),
    "external_ref_repeated": ErrorText(
        "Reference {ref} stands on receipt {other} already.",
        "Check whether one purchase was recorded twice; both receipts are booked.",
    ),
    "promotion_total_overshot": ErrorText(
        "Promotion {promotion} is used {used} times, {limit} were to be had.", _OVERSHOT
    ),
    "promotion_customer_overshot": ErrorText(
        "The customer used promotion {promotion} {used} times, {limit} were to be had.", _OVERSHOT
    ),
    "promotion_budget_overshot": ErrorText(
        "Promotion {promotion} has given {given}, its budget was {budget}.", _OVERSHOT
    ),
    "promotion_version_unknown": ErrorText(
        "Version {version} of promotion {promotion} was never published for this currency.",
        "Ask where the till has it from; the receipt is booked.",
    ),
    "promotion_priced_otherwise": ErrorText(
        "Priced again, promotion {promotion} gives other amounts (line: at the till / here, in {currency}): {lines}.",
        "The customer paid what the till said, and the receipt is booked. Check which release the till runs.",
    ),
    "promotion_pricing_unreadable": ErrorText(
        "What the receipt was priced with cannot be used: {field}.",
        "The receipt is booked as the till priced it. Check which release the till runs.",
    ),
    "code_overshot": ErrorText(
        "Code …{code} of promotion {promotion} was used {used} times, {limit} were to be had"
        " (before: receipt {first}).",
        _OVERSHOT,
    ),
    "code_used_unknown": ErrorText(
        "Code …{code} of promotion {promotion} was used, and there is no such code.",
        "Somebody may have made it up at a till without a network. The receipt is booked; ask the store.",
    ),
    "code_used_blocked": ErrorText(
        "Code …{code} of promotion {promotion} was used although it is blocked.", _ASK_STORE
    ),
    "code_used_out_of_time": ErrorText(
        "Code …{code} of promotion {promotion} was used before or after its time.", _ASK_STORE
    ),
    "code_used_by_other": ErrorText(
        "Code …{code} of promotion {promotion} was used for a customer whom it is not for.",
        _ASK_STORE,
    ),
    "return_origin_unknown": ErrorText(
        "Goods came back with receipt {receipt}, which is not known here.",
        "Ask the store; the receipt is booked.",
    ),
    "return_too_many": ErrorText(
        "More came back with receipt {receipt} than was bought and had not come back yet.",
        "Ask the store; the receipt is booked.",
    ),
    "return_refunded_otherwise": ErrorText(
        "Worked out again, other amounts go back for receipt {receipt} (line: at the till / here, in {currency}):"
        " {lines}.",
        "The customer got what the till said, and the receipt is booked. Check which release the till runs.",
    ),
    "giftcard_shortfall": ErrorText(
        "Gift card …{card} paid {amount} {currency} and did not have {lost} of it.",
        "The receipt is booked and the store bears the loss. Ask the store why the card was taken.",
    ),
    "giftcard_not_refunded": ErrorText(
        "{amount} {currency} could not be put back on gift card …{card}.",
        "The receipt is booked. Find the customer's card, and put the amount on it with giftcard refund.",
    ),
    "giftcard_not_loaded": ErrorText(
        "{amount} {currency} were paid for gift card …{card} and could not be put on it ({reason}).",
        "The receipt is booked. Find the customer, and put the amount on another card with giftcard refund.",
    ),
    "value_spent_before_return": ErrorText(
        "{amount} {currency} were paid back for …{card}, and {lost} of it had been spent.",
        "The receipt is booked and the store bears the loss. Ask the store why it was taken back.",
    ),
    "voucher_not_issued": ErrorText(
        "A voucher over {amount} {currency} (…{card}) was sold under a number that cannot be issued.",
        "The receipt is booked. Find the customer, and issue another one with voucher issue.",
    ),
    "purse_shortfall": ErrorText(
        "{purse} of the customer with the card …{card} paid {amount} {currency} and did not have {lost} of it.",
        "The receipt is booked and the store bears the loss. Ask the store why the card was taken.",
    ),
    "purse_not_refunded": ErrorText(
        "{amount} {currency} could not be put into {purse} of the customer with the card …{card}.",
        "The receipt is booked. Find the customer, and give the amount with loyalty grant.",
    ),
    "voucher_shortfall": ErrorText(
        "Voucher …{card} paid {amount} {currency} and did not have {lost} of it.",
        "The receipt is booked and the store bears the loss. Ask the store why the card was taken.",
    ),
    "voucher_not_refunded": ErrorText(
        "{amount} {currency} could not be put back on voucher …{card}.",
        "The receipt is booked. Find the customer, and issue another voucher.",
    ),
    "voucher_redeemed_before_return": ErrorText(
        "Of voucher …{card} {lost} {currency} were redeemed before its goods came back.",
        "The receipt is booked, and nobody is known who owes it. Ask the store why no less was refunded.",
    ),
    "event_without_projector": ErrorText(
        "This release cannot book {type}.", "Update the centre, then retry."
    ),
    "booking_refused": ErrorText("The database refused to book the event ({reason}).", _LOOK),
}
