"""Telling payment cards from the chain's own: a payment card that is swiped or scanned by mistake must leave no trace.

The ranges of issuers are ISO/IEC 7812's, as the card schemes publish them. A number is taken for a payment card when
its issuer, its length and its check digit all say so.
"""

from __future__ import annotations

import re

# First digits as a range, and how many digits numbers of that issuer have.
_LONG = frozenset(range(12, 20))
_ISSUERS: tuple[tuple[str, str, frozenset[int]], ...] = (
    ("4", "4", frozenset((16, 18, 19))),  # Visa
    ("51", "55", frozenset((16,))),  # Mastercard
    ("2221", "2720", frozenset((16,))),
    ("34", "34", frozenset((15,))),  # American Express
    ("37", "37", frozenset((15,))),
    ("300", "305", frozenset(range(14, 20))),  # Diners Club
    ("3095", "3095", frozenset(range(14, 20))),
    ("36", "36", frozenset(range(14, 20))),
    ("38", "39", frozenset(range(14, 20))),
    ("3528", "3589", frozenset(range(16, 20))),  # JCB
    ("50", "50", _LONG),  # Maestro and girocard
    ("56", "58", _LONG),
    ("6304", "6304", _LONG),
    ("670", "679", _LONG),
    ("6011", "6011", frozenset(range(16, 20))),  # Discover
    ("644", "649", frozenset(range(16, 20))),
    ("65", "65", frozenset(range(16, 20))),
    ("62", "62", frozenset(range(16, 20))),  # UnionPay
    ("81", "81", frozenset(range(16, 20))),
)

# Digits, perhaps in groups; pairs are no groups of a card, but octets.
_DIGITS = re.compile(r"[0-9]{3,}(?:[ -][0-9]{3,})*")
_SHORTEST_CARD, _LONGEST_CARD = 12, 19


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_payment_card(number: str) -> bool:
    """Whether a number (digits, perhaps in groups) is that of a payment card."""
    digits = "".join(c for c in number if c not in " -")
    return (
        digits.isascii()
        and digits.isdigit()
        and any(
            len(digits) in lengths and first <= digits[: len(first)] <= last
            for first, last, lengths in _ISSUERS
        )
        and passes_luhn(digits)
    )


def mask_payment_cards(text: str) -> str:
    """The text with every run of digits that could be a payment card's number made unreadable."""
    return _DIGITS.sub(lambda run: _masked(run[0]), text)


def _masked(run: str) -> str:
    digits = "".join(c for c in run if c.isdigit())
    for begin in range(len(digits) - _SHORTEST_CARD + 1):
        for end in range(begin + _SHORTEST_CARD, min(begin + _LONGEST_CARD, len(digits)) + 1):
            if is_payment_card(digits[begin:end]):
                return "*" * len(run)
    return run


def may_be_issuer(prefix: str) -> bool:
    """Whether numbers that begin so may be payment cards: such a prefix is none for the chain's own cards."""
    return prefix.isdigit() and any(
        first[: len(prefix)] <= prefix[: len(first)] <= last[: len(prefix)]
        for first, last, _ in _ISSUERS
    )
