"""Card numbers become unreadable but for the last four digits; track data becomes nothing.

A full number is neither needed nor allowed at a till: it would be data that the card schemes' rules (PCI DSS) forbid to
keep, and that a log or a crash report would carry away.
"""

from __future__ import annotations

import re

from shared.identity.payment_cards import is_payment_card, passes_luhn

_SHOWN = 4
# What a number that comes masked may show besides: the issuer's six digits (PCI DSS 4.0, requirement 3.4.1).
_ISSUER = 6
_PAD = "f"
_MASK = "e"
# Digits in one piece or in groups, as a receipt prints a card number, perhaps with another number beside it.
_RUN = re.compile(r"(?<![\d*])\d(?:[ -]?\d){11,}(?!\d)")
_FEWEST, _MOST = 12, 19


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
    """A text in which whatever may be a card number is masked: 12 to 19 digits with the right check digit in one piece
    or filling a row of groups, and the number of a payment card in groups beside others.
    """
    return _RUN.sub(lambda found: _masked_run(found[0]), text)


def _masked_run(run: str) -> str:
    groups = list(re.finditer(r"\d+", run))
    shown = list(run)
    for first in range(len(groups)):
        for last in range(first, len(groups)):
            begin, end = groups[first].start(), groups[last].end()
            alone = first == last or (first == 0 and last == len(groups) - 1)
            if _is_card(run[begin:end], alone=alone):
                _hide(shown, begin, end)
    return "".join(shown)


def _is_card(part: str, *, alone: bool) -> bool:
    digits = "".join(c for c in part if c.isdigit())
    if not _FEWEST <= len(digits) <= _MOST:
        return False
    return passes_luhn(digits) if alone else is_payment_card(digits)


def _hide(shown: list[str], begin: int, end: int) -> None:
    places = [place for place in range(begin, end) if shown[place].isdigit() or shown[place] == "*"]
    for place in places[:-_SHOWN]:
        shown[place] = "*"
