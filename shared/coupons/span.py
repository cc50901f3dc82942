"""Codes that a printing house numbered: a prefix, a number with leading noughts from one to another, a check digit."""

from __future__ import annotations

from dataclasses import dataclass

from shared.catalogue.scan_rules import CheckDigit
from shared.coupons.drawn import fits_prefix
from shared.errors import DomainError
from shared.quantity import check_digit as gtin_digit
from shared.vouchers.number import check_digit as luhn_digit

MOST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers of `digits` digits from `first` to `last`, both included, behind `prefix`.

    `DomainError('code_form_invalid')`, 422, where they do not fit.
    """

    prefix: str
    digits: int
    first: int
    last: int
    check: CheckDigit = CheckDigit.NONE

    def __post_init__(self) -> None:
        fits = 1 <= self.digits <= MOST_DIGITS and 0 <= self.first <= self.last < 10**self.digits
        if not (fits and (not self.prefix or fits_prefix(self.prefix))):
            raise DomainError("code_form_invalid", {"prefix": self.prefix[:20]}, http_status=422)

    @property
    def length(self) -> int:
        """Signs of a code in all."""
        return len(self.prefix) + self.digits + (self.check is not CheckDigit.NONE)

    @property
    def size(self) -> int:
        """How many codes there are."""
        return self.last - self.first + 1

    def code(self, place: int) -> str:
        """The code at a place, from 0 on."""
        body = f"{self.prefix}{self.first + place:0{self.digits}d}"
        return body + self._check_of(body)

    def sound(self, code: str) -> bool:
        """Whether behind the prefix there are digits, with the check digit that belongs to them."""
        number = code[len(self.prefix) :]
        if not (number.isascii() and number.isdigit()):
            return False
        return self.check is CheckDigit.NONE or code[-1] == self._check_of(code[:-1])

    def place(self, code: str) -> int | None:
        """The place of a sound code; None if it is before the first or behind the last."""
        start = len(self.prefix)
        number = int(code[start : start + self.digits])
        return number - self.first if self.first <= number <= self.last else None

    def _check_of(self, body: str) -> str:
        digits = "".join(sign for sign in body if sign.isdigit())
        if self.check is CheckDigit.NONE:
            return ""
        return gtin_digit(digits) if self.check is CheckDigit.GTIN else luhn_digit(digits)
