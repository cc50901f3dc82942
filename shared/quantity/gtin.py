"""GTIN check digits and the normal form in which a barcode is looked up (GS1 General Specifications, 7.9)."""

from __future__ import annotations

_LENGTHS = frozenset((8, 12, 13, 14))


def check_digit(payload: str) -> str:
    """The modulo-10 check digit of a GTIN without its last digit: weights 3, 1, 3 … from the right."""
    total = sum(
        int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(payload))
    )
    return str(-total % 10)


def with_check_digit(payload: str) -> str:
    """`payload` (7, 11, 12 or 13 digits) with its check digit appended."""
    return payload + check_digit(payload)


def is_gtin(code: str) -> bool:
    """Whether `code` is a GTIN-8, -12, -13 or -14 with the right check digit."""
    return looks_like_gtin(code) and code[-1] == check_digit(code[:-1])


def looks_like_gtin(code: str) -> bool:
    """Whether `code` has the length and digits of a GTIN, right or damaged."""
    return len(code) in _LENGTHS and code.isascii() and code.isdigit()


def normal_gtin(code: str) -> str:
    """The form in which codes are stored and compared: a GTIN-12 (UPC-A) becomes the GTIN-13 with a leading
    zero, a GTIN-14 whose first digit is 0 the GTIN-13 behind it; everything else stays as it is.
    """
    if not is_gtin(code):
        return code
    if len(code) == 12:
        return "0" + code
    if len(code) == 14 and code[0] == "0":
        return code[1:]
    return code
