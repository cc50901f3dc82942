"""Card numbers become unreadable but for the last four digits; track data becomes nothing.

A full number is neither needed nor allowed at a till: it would be data that the card schemes' rules (PCI DSS) forbid to
keep, and that a log or a crash report would carry away.
"""

from __future__ import annotations

import re

from shared.identity.payment_cards import passes_luhn

_SHOWN = 4
# What a number that comes masked may show besides: the issuer's six digits (PCI DSS 4.0, requirement 3.4.1).
_ISSUER = 6
_PAD = "f"
_MASK = "e"
# Digits as a receipt prints a card number: in one piece or in groups.
_RUN = re.compile(r"(?<![\d*])\d(?:[ -]?\d){11,18}(?!\d)")


def mask_packed(data: bytes) -> bytes:
    """A packed card number with all but its last four digits masked (`E`), as terminals mask them; one that comes
    masked keeps the issuer's digits too, where it shows them.
    """
    digits = data.hex()
    last = max(len(digits.rstrip(_PAD)) - _SHOWN, 0)
    first = _ISSUER if _MASK in digits[_ISSUER:last] else 0
    return bytes.fromhex(digits[:first] + _MASK * max(last - first, 0) + digits[max(last, first) :])


def blank(data: bytes) -> bytes:
    """Track data with nothing of it left but its length."""
    return b"\xee" * len(data)


def mask_text(text: str) -> str:
    """A text in which whatever may be a card number (12 to 19 digits with the right check digit) is masked."""
    return _RUN.sub(_masked_run, text)


def _masked_run(found: re.Match[str]) -> str:
    run = found[0]
    digits = [c for c in run if c.isdigit()]
    if not passes_luhn("".join(digits)):
        return run
    hide = len(digits) - _SHOWN
    shown = []
    for letter in run:
        if letter.isdigit() and hide > 0:
            hide -= 1
            shown.append("*")
        else:
            shown.append(letter)
    return "".join(shown)
