"""What the shift screen shows, ready to show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShiftState:
    """`expected`, `counted` and `difference` are set when a shift was counted."""

    open: bool = False
    opened_at: str = ""
    opening_float: str = ""
    expected: str = ""
    counted: str = ""
    difference: str = ""
    receipt_number: str = ""
    notice: str = ""
