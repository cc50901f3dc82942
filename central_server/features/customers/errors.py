"""Texts of what is refused of customers and their cards."""

from __future__ import annotations

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "customer_unknown": ErrorText("No customer has this number.", "Check it, or search by name."),
    "customer_name_missing": ErrorText("A customer needs a name."),
    "customer_field_too_long": ErrorText("Name, telephone number or mail address is too long."),
    "newcomer_unreadable": ErrorText(
        "The name of customer {number}, whom a till took down, cannot be read.",
        "Ask the person, enter the name, and dismiss this.",
    ),
    "newcomer_card_taken": ErrorText(
        "The card {card} that a till gave to the new customer {number} is somebody's already.",
        "Give the person another card, and dismiss this.",
    ),
    "customer_said_unknown": ErrorText(
        "A till wrote something down about customer {number}, whom nobody knows.",
        "Ask at the store, enter what was meant, and dismiss this.",
    ),
    "customer_said_unreadable": ErrorText(
        "What a till wrote down about customer {number} cannot be read.",
        "Ask at the store, enter what was meant, and dismiss this.",
    ),
    "customer_field_conflict": ErrorText(
        "Two people changed {field} of customer {number} at once. What arrived later holds.",
        "Look at both on the customer's page, correct what is wrong, and dismiss this.",
    ),
    "customer_field_unknown": ErrorText("Customers have no field {field}."),
    "customer_email_invalid": ErrorText("That is no mail address."),
    "customer_phone_invalid": ErrorText("That is no telephone number."),
    "note_empty": ErrorText("A note needs words."),
    "note_too_long": ErrorText("A note has at most {most} letters."),
    "person_key_invalid": ErrorText("A key of a person has 32 bytes."),
    "customer_same": ErrorText("Both numbers are those of customer {number}."),
    "customer_card_invalid": ErrorText(
        "{number} is no number of a card.", "4 to 40 of A-Z, 0-9 and -."
    ),
    "customer_card_unknown": ErrorText("There is no such card.", "Check the number."),
    "customer_card_taken": ErrorText("Card {card} is somebody's already.", "Take another card."),
    "customer_card_blocked": ErrorText("The card is blocked.", "Ask head office."),
    "customer_card_replaced": ErrorText("Another card took over from this one.", "Use that one."),
    "customer_card_active": ErrorText("The card is in use."),
}
