"""Customers as rules: their cards, and the words they are found by."""

from shared.customers.card import CustomerCardState, read_card_number
from shared.customers.finding import MOST_WORDS, asked_words, words_of

__all__ = ["MOST_WORDS", "CustomerCardState", "asked_words", "read_card_number", "words_of"]
