"""Customers as rules: their cards, and the words they are found by."""

from shared.customers.card import CustomerCardState, read_card_number
from shared.customers.finding import MOST_WORDS, asked_words, words_of
from shared.customers.looks import FIRST_LOOK, CustomerLook, look_hash, look_of_event
from shared.customers.newcomer import (
    NEWCOMER_EVENT,
    NEWCOMER_PREFIX,
    Newcomer,
    SealedNewcomer,
    newcomer_facts,
    newcomer_of_event,
)

__all__ = [
    "FIRST_LOOK",
    "MOST_WORDS",
    "NEWCOMER_EVENT",
    "NEWCOMER_PREFIX",
    "CustomerCardState",
    "CustomerLook",
    "Newcomer",
    "SealedNewcomer",
    "asked_words",
    "look_hash",
    "look_of_event",
    "newcomer_facts",
    "newcomer_of_event",
    "read_card_number",
    "words_of",
]
