"""Quantities and the codes that goods carry: decimals, never floats; GTINs and in-store numbers; GS1 elements."""

from shared.quantity.gtin import check_digit, is_gtin, normal_gtin, with_check_digit
from shared.quantity.quantity import (
    format_quantity,
    from_thousandths,
    parse_quantity,
    to_thousandths,
)
from shared.quantity.scan_code import ScanCode, read_scan, without_symbology
from shared.quantity.typed import decimal_sign, read_typed

__all__ = [
    "ScanCode",
    "check_digit",
    "decimal_sign",
    "format_quantity",
    "from_thousandths",
    "is_gtin",
    "normal_gtin",
    "parse_quantity",
    "read_scan",
    "read_typed",
    "to_thousandths",
    "with_check_digit",
    "without_symbology",
]
