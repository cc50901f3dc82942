"""The signs that drawn codes are made of, and their check sign.

There are 32 of them: digits and letters without I, L, O and U. What is read as one of these is taken for what it looks
like, so a code can be read over the telephone.
"""

from __future__ import annotations

from collections.abc import Sequence

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
VALUES = {sign: value for value, sign in enumerate(SIGNS)}
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None})
# x^5 + x^2 + 1, which no smaller polynomial divides: multiplying by x goes through all 31 values that are not nothing.
_FIELD = 0b100101


def read_signs(text: str) -> str:
    """A code as it is compared: upper case, without blanks and hyphens, lookalikes as the sign that is meant."""
    return text.strip().upper().translate(_READ_AS)


def in_signs(number: int, count: int) -> str:
    """A number below 32 to the power of `count` as so many signs."""
    return "".join([SIGNS[number >> 5 * place & 31] for place in range(count - 1, -1, -1)])


def from_signs(text: Sequence[str]) -> int:
    """The number that signs say; a KeyError for what is none."""
    number = 0
    for sign in text:
        number = number << 5 | VALUES[sign]
    return number


def check_sign(body: str) -> str:
    """The check sign behind these signs: it finds every wrong sign, and every swap of two within 30 signs.

    The body is read as a polynomial over the field of 32 elements; the sign is its value at a generator of the field.
    """
    total = 0
    for sign in body:
        total = (total ^ VALUES[sign]) << 1
        if total & 32:
            total ^= _FIELD
    return SIGNS[total]
