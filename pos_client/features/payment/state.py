"""What the payment screen shows, ready to show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PaymentState:
    """`due` is what is still to pay (or to pay out: `refund`); `receipt_number` is set once the receipt is complete."""

    total: str = ""
    given: str = ""
    due: str = ""
    change: str = ""
    refund: bool = False
    settled: bool = False
    receipt_number: str = ""
    notice: str = ""
