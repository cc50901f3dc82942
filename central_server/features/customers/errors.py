"""Texts of what is refused of customers and their cards."""

from __future__ import annotations

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "customer_unknown": ErrorText("No customer has this number.", "Check it, or search by name."),
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
