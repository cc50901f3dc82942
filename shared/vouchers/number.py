"""Numbers of gift cards: the prefix of their range, a serial number, digits nobody can guess, and a check digit.

They have 16 to 19 digits like other cards (ISO/IEC 7812) and end with that norm's check digit, so a single wrong digit
and almost every swap of two is noticed before anybody asks; and no card can be taken for a GTIN.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from shared.errors import DomainError

_SHORTEST, _LONGEST = 16, 19
_PREFIX = re.compile(r"[0-9]{2,8}")
_LEAST_GUESSES = 4


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Numbers that begin with `prefix`: then `serial_digits` that count, and `secret_digits` drawn by chance.

    `DomainError('giftcard_range_invalid')` unless they make a card's length, with at least four drawn digits.
    """

    prefix: str
    serial_digits: int
    secret_digits: int

    def __post_init__(self) -> None:
        fits = _SHORTEST <= self.length <= _LONGEST
        counts = self.serial_digits >= 1 and self.secret_digits >= _LEAST_GUESSES
        if not (_PREFIX.fullmatch(self.prefix) and fits and counts):
            raise DomainError("giftcard_range_invalid", {"prefix": self.prefix[:20]})

    @property
    def length(self) -> int:
        """Digits of a number, check digit included."""
        return len(self.prefix) + self.serial_digits + self.secret_digits + 1

    @property
    def size(self) -> int:
        """How many serial numbers there are: from 0 to one less."""
        return int(10**self.serial_digits)

    def number(self, serial: int, drawn: int) -> str:
        """The number with this serial number; `drawn` is a large number drawn by chance.

        `DomainError('giftcard_range_full')` beyond the last serial number.
        """
        if not 0 <= serial < self.size:
            raise DomainError("giftcard_range_full", {"prefix": self.prefix})
        secret = drawn % 10**self.secret_digits
        body = f"{self.prefix}{serial:0{self.serial_digits}d}{secret:0{self.secret_digits}d}"
        return body + check_digit(body)


def check_digit(body: str) -> str:
    """The check digit behind these digits (ISO/IEC 7812-1, annex B: modulo 10, every second digit doubled)."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def read_number(text: str) -> str:
    """A card's number as scanned or typed, without blanks and hyphens.

    `DomainError('giftcard_number_invalid')`, 400, unless it has a card's length and the right check digit.
    """
    digits = text.replace(" ", "").replace("-", "")
    sound = digits.isascii() and digits.isdigit() and _SHORTEST <= len(digits) <= _LONGEST
    if not sound or check_digit(digits[:-1]) != digits[-1]:
        raise DomainError("giftcard_number_invalid", {"number": text[:30]}, http_status=400)
    return digits
