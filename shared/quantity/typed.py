"""Numbers as people type them, in the form of their language, read into the one plain form that programs know.

Everything that could be meant in two ways is refused: a thousand too much on a receipt costs more than typing again.
"""

from __future__ import annotations

import re

from shared.errors import DomainError

_BLANKS = re.compile(r"[\s\u00a0\u202f'\u2019]")
_NUMBER = re.compile(r"([-\u2212]?)([0-9.,]+)")
_GROUP = 3


def decimal_sign(language: str) -> str:
    """The sign before the decimals: a comma in German, a point elsewhere."""
    return "," if language.partition("-")[0] == "de" else "."


def read_typed(text: str, language: str, places: int) -> str:
    """`1.250,5` typed in German, `1,250.5` in English: both `1250.5`. `places` is how many decimals make sense.

    The other language's decimal sign is understood where it can mean nothing else (`0.5` in German).
    `DomainError('number_ambiguous')` where it can: `1.250` as a German quantity, `1,250` as a German price. What is no
    number at all comes back as it was, for the reader of amounts or quantities to refuse.
    """
    match = _NUMBER.fullmatch(_BLANKS.sub("", text))
    if match is None:
        return text
    minus, digits = "-" if match[1] else "", match[2]
    own = decimal_sign(language)
    other = "." if own == "," else ","
    if own in digits:
        # Of two different signs the last one is the decimal sign, whatever the language.
        point = max(own, other, key=digits.rfind)
    elif _groups(digits.split(other)):
        if digits.count(other) == 1 and places >= _GROUP:
            raise _ambiguous(text)
        return minus + digits.replace(other, "")
    else:
        point = other
    whole, _, decimals = digits.partition(point)
    pieces = whole.split(other if point == own else own)
    if not decimals.isdigit() or not (len(pieces) == 1 or _groups(pieces)):
        return text
    if len(decimals) == _GROUP > places and len(pieces) == 1:
        raise _ambiguous(text)
    return f"{minus}{''.join(pieces) or '0'}.{decimals}"


def _groups(pieces: list[str]) -> bool:
    """Whether these are the groups of a whole number: up to three digits, and then three each."""
    first, *rest = pieces
    if not rest:
        return first.isdigit()
    return 0 < len(first) <= _GROUP and first[0] != "0" and all(len(p) == _GROUP for p in rest)


def _ambiguous(text: str) -> DomainError:
    return DomainError("number_ambiguous", {"value": text.strip()[:40]}, http_status=400)
